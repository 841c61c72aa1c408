// @ts-check
/** @typedef {import('../../support/context.mjs').Context} Context */

const READY = /Local: +(http:\S+)[^]*Ready in/;
const ON_LOOPBACK = ['--hostname=127.0.0.1', '--port=0'];

/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'Next.js',
  kind: 'framework',
  tool: 'next',
  uses: {
    'Turbopack, production': production('--turbopack'),
    'Turbopack, development server': development('--turbopack'),
    'webpack, production': production('--webpack'),
    'webpack, development server': development('--webpack'),
  },
};

/** @param {string} bundler */
function production(bundler) {
  return async (/** @type {Context} */ context) => {
    await context.run('next', ['build', bundler]);
    const { match } = await context.start('next', ['start', ...ON_LOOPBACK], READY);
    await look(context, match[1]);
  };
}

/** @param {string} bundler */
function development(bundler) {
  return async (/** @type {Context} */ context) => {
    const { match } = await context.start('next', ['dev', bundler, ...ON_LOOPBACK], READY);
    await look(context, match[1]);
  };
}

/**
 * The server's routes on both runtimes, the page as the server rendered it, and the same in a browser.
 * @param {Context} context
 * @param {string} url
 */
async function look({ judge, visit }, url) {
  judge(await (await fetch(new URL('node', url))).json());
  judge(await (await fetch(new URL('edge', url))).json());
  const html = await (await fetch(url)).text();
  judge((/<output>(.*?)<\/output>/.exec(html)?.[1] ?? html).replaceAll('&quot;', '"'));
  await visit(url);
}
