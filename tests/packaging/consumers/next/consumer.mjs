// @ts-check
import { rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** @typedef {import('../../support/context.mjs').Context} Context */

const READY = /Local: +(http:\S+)[^]*Ready in/;
const ON_LOOPBACK = ['--hostname=127.0.0.1', '--port=0'];
const ATTEMPTS = 20;

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
    clean(context);
    await context.run('next', ['build', bundler]);
    const { match } = await context.start('next', ['start', ...ON_LOOPBACK], READY);
    await look(context, match[1]);
  };
}

/** @param {string} bundler */
function development(bundler) {
  return async (/** @type {Context} */ context) => {
    clean(context);
    const { match } = await context.start('next', ['dev', bundler, ...ON_LOOPBACK], READY);
    await answers(match[1]);
    await look(context, match[1]);
  };
}

/**
 * The development server begins anew, and drops its connections, when the output of another run vanishes below it.
 * @param {Context} context
 */
const clean = ({ path }) => rmSync(path('.next'), { recursive: true, force: true });

/**
 * Waits until a development server keeps a connection: it says that it is ready before it has looked at its files.
 * @param {string} url
 */
async function answers(url) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await (await fetch(url)).text();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await setTimeout(1000);
    }
  }
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
