// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { env } from 'node:process';
import { run } from '../lib/exec.mjs';
import { scratch } from '../lib/paths.mjs';
import { CHROMIUM_ARGUMENTS, setUpWebKit } from '../setup/browsers.mjs';
import { cargoCounts, outcome, sum } from './counts.mjs';
import { startProxy } from './few-connections.mjs';

/** @typedef {{ limit: number }} Limit milliseconds */

/** Unit tests, tests/native and the examples in the documentation, with the signature checks in Rust. @param {Limit} limit */
export async function native({ limit }) {
  const args = ['test', '--features=rust-crypto', '--no-fail-fast'];
  const result = await run('cargo', args, { limit });
  return outcome(result, cargoCounts(result.output), { limit });
}

/**
 * The wasm test programs, with what each needs: those of the client, and that of Rust programs. One that does not say where it
 * runs, runs wherever it is asked to.
 */
const TESTS = [['--test=wasm*'], ['--no-default-features', '--features=remote', '--test=remote*']];

/** A page of tests loads in a second, or never. */
const LOADING = { pageLoad: 30_000 };

/** @param {Limit} limit */
export const wasmInNode = ({ limit }) => wasmPack(['--node'], { limit });

/** @param {Limit} limit */
export const wasmInChromium = ({ limit }) =>
  throughProxy(({ address }) =>
    wasmPack(['--headless', '--chrome'], {
      limit,
      browser: 'Chrome',
      capabilities: {
        timeouts: LOADING,
        'goog:chromeOptions': {
          binary: env.CHROMIUM_PATH,
          args: [
            '--headless=new',
            ...CHROMIUM_ARGUMENTS,
            `proxy-server=http://${address}`,
            'proxy-bypass-list=<-loopback>',
          ],
        },
      },
    }),
  );

/** @param {Limit} limit */
export const wasmInFirefox = ({ limit }) =>
  throughProxy(({ port }) =>
    wasmPack(['--headless', '--firefox'], {
      limit,
      browser: 'Firefox',
      capabilities: {
        timeouts: LOADING,
        'moz:firefoxOptions': {
          binary: env.FIREFOX_PATH,
          args: ['-headless'],
          prefs: {
            'network.proxy.type': 1,
            'network.proxy.http': '127.0.0.1',
            'network.proxy.http_port': port,
            'network.proxy.allow_hijacking_localhost': true,
          },
        },
      },
    }),
  );

/**
 * WebKit's driver takes the place of Safari's, which wasm-pack refuses outside of macOS; so cargo is asked directly. It asks
 * servers of its own machine itself, whatever proxy it is given.
 * @param {Limit} limit
 */
export async function wasmInWebKit({ limit }) {
  const { driver, browser } = await setUpWebKit();
  const capabilities = { 'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] } };
  const variables = {
    ...environment('WebKit', capabilities),
    SAFARIDRIVER: driver,
    WASM_BINDGEN_TEST_ONLY_WEB: '1',
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: 'wasm-bindgen-test-runner',
  };
  return each(async (tests) => {
    const cargo = ['cargo', 'test', '--target=wasm32-unknown-unknown', ...tests];
    for (let attempt = 1; ; attempt += 1) {
      const result = await run('xvfb-run', ['--auto-servernum', ...cargo], { limit, env: variables });
      if (attempt === ATTEMPTS || !hangsAtLoading(result.output)) return judge(result, 'Safari', limit);
    }
  });
}

/** How often WebKit may fail to load a page before that counts. */
const ATTEMPTS = 4;

/**
 * Whether a page of tests was never loaded, and nothing else is wrong. The test runner's server has four threads, and now and
 * then gives a connection to one that is busy with another: then the page waits for ever, before any test has begun.
 * @param {string} output
 */
export const hangsAtLoading = (output) =>
  output.includes('Failed to detect test as having been run') &&
  !/^test .* FAIL|test result: FAILED|\b[1-9]\d* failed;/m.test(output);

/**
 * @template T
 * @param {(proxy: { port: number, address: string }) => Promise<T>} action
 */
async function throughProxy(action) {
  const proxy = await startProxy();
  try {
    return await action(proxy);
  } finally {
    proxy.stop();
  }
}

/**
 * @param {string[]} where
 * @param {Limit & { browser?: string, capabilities?: object }} options
 */
async function wasmPack(where, { limit, browser, capabilities }) {
  return each(async (tests) => {
    const args = ['test', ...where, '--mode=no-install', '--', ...tests];
    const result = await run('wasm-pack', args, { limit, env: environment(browser ?? 'Node', capabilities) });
    return judge(result, browser, limit);
  });
}

/**
 * All test programs, one set of features after the other.
 * @param {(tests: string[]) => Promise<import('./counts.mjs').Outcome>} runTests
 */
async function each(runTests) {
  const outcomes = [];
  for (const tests of TESTS) outcomes.push(await runTests(tests));
  return sum(outcomes);
}

/**
 * @param {import('../lib/exec.mjs').RunResult} result
 * @param {string | undefined} browser
 * @param {number} limit
 */
function judge(result, browser, limit) {
  // A driver of another browser on the PATH or in the environment is taken without a word, and the tests pass in it.
  const ranThere = !browser || result.output.includes(`Running headless tests in ${browser} `);
  const complaints = ranThere ? [] : [`did not run in ${browser}`];
  return outcome(result, cargoCounts(result.output), { limit, complaints });
}

/**
 * The environment without what would send the test runner elsewhere, and with the browser's settings.
 * @param {string} name
 * @param {object} [capabilities] of WebDriver
 */
function environment(name, capabilities) {
  const diverts = /^(?:(?:CHROME|GECKO|SAFARI|MSEDGE)DRIVER|WASM_BINDGEN|NO_HEADLESS|CARGO_BUILD_TARGET)/;
  const kept = Object.entries(env).filter(([variable]) => !diverts.test(variable));
  if (!capabilities) return Object.fromEntries(kept);
  const file = join(scratch, `webdriver-${name.toLowerCase()}.json`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(capabilities));
  return {
    ...Object.fromEntries(kept),
    WASM_BINDGEN_USE_BROWSER: '1',
    WASM_BINDGEN_TEST_WEBDRIVER_JSON: file,
    WASM_BINDGEN_TEST_TIMEOUT: '60',
  };
}
