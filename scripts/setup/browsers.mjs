// @ts-check
import { existsSync } from 'node:fs';
import { env } from 'node:process';
import { ask } from '../lib/exec.mjs';
import { Problem } from '../lib/problem.mjs';
import { geckodriver, setUpCargoTool } from './cargo-tools.mjs';
import { installPackages, isExecutable, onPath } from './system.mjs';

/** For any headless run: nothing asks the network, and root may run it. */
export const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const CHROMIUM_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The Chromium to be tested with: CHROMIUM_PATH, or what is installed. */
export function findChromium() {
  if (env.CHROMIUM_PATH) {
    if (isExecutable(env.CHROMIUM_PATH)) return env.CHROMIUM_PATH;
    throw new Problem(`CHROMIUM_PATH is ${env.CHROMIUM_PATH}, which is no program that can be run.`);
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  return onPath(...names) ?? CHROMIUM_PLACES.find(isExecutable);
}

/** Chromium and the driver of the same version; CHROMIUM_PATH tells the suites where it is. */
export async function setUpChromium() {
  if (!findChromium() || !onPath('chromedriver')) {
    await installPackages({
      what: 'Chromium or its driver',
      why: 'the browser tests need both',
      estimate: 'about 1 min',
      debian: ['chromium', 'chromium-driver'],
      ubuntu: ['chromium-browser', 'chromium-chromedriver'],
      elsewhere: 'Chromium and chromedriver of the same version',
    });
  }
  const chromium = findChromium();
  const driver = onPath('chromedriver');
  if (!chromium || !driver) throw new Problem('Chromium and chromedriver cannot be found on the PATH: install both.');
  const versions = [chromium, driver].map(majorVersion);
  if (versions[0] !== versions[1]) {
    throw new Problem(
      `${chromium} has version ${versions[0]} and ${driver} version ${versions[1]}: install a driver of the same version.`,
    );
  }
  env.CHROMIUM_PATH = chromium;
}

/** @param {string} program */
function majorVersion(program) {
  const version = /(\d+)\.\d+/.exec(ask(program, ['--version']) ?? '')?.[1];
  if (!version) throw new Problem(`${program} does not tell its version: reinstall it.`);
  return version;
}

/** Firefox and its driver; FIREFOX_PATH tells where it is. */
export async function setUpFirefox() {
  if (!onPath('firefox', 'firefox-esr')) {
    await installPackages({
      what: 'Firefox',
      why: '`npm run test:browsers` needs it',
      estimate: 'about 1 min',
      debian: ['firefox-esr'],
      ubuntu: ['firefox'],
      elsewhere: 'Firefox',
    });
  }
  env.FIREFOX_PATH = onPath('firefox', 'firefox-esr');
  if (!onPath('geckodriver')) await setUpCargoTool(geckodriver);
}

/** Where distributions put the browser that WebKit's driver drives. */
const MINI_BROWSERS = [
  '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
  '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.0/MiniBrowser',
  '/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
  '/usr/lib/aarch64-linux-gnu/webkit2gtk-4.0/MiniBrowser',
  '/usr/libexec/webkit2gtk-4.1/MiniBrowser',
  '/usr/lib/webkit2gtk-4.1/MiniBrowser',
];

/**
 * WebKit, its driver, and a display for it.
 * @returns {Promise<{ driver: string, browser: string }>}
 */
export async function setUpWebKit() {
  const find = () => ({
    driver: onPath('WebKitWebDriver'),
    browser: MINI_BROWSERS.find(existsSync),
    display: onPath('xvfb-run') && onPath('xauth'),
  });
  if (!Object.values(find()).every(Boolean)) {
    await installPackages({
      what: 'WebKit, its driver or a display for it',
      why: '`npm run test:browsers` needs them',
      estimate: 'about 1 min',
      debian: ['webkit2gtk-driver', 'xvfb', 'xauth'],
      elsewhere: 'WebKitGTK with WebKitWebDriver and MiniBrowser, xvfb-run and xauth',
    });
  }
  const { driver, browser } = find();
  if (!driver || !browser) throw new Problem('WebKitWebDriver or its MiniBrowser cannot be found: install WebKitGTK.');
  return { driver, browser };
}
