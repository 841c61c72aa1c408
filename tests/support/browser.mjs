// @ts-check
import { chromium } from 'playwright-core';
import { CHROMIUM_ARGUMENTS, findChromium } from '../../scripts/setup/browsers.mjs';

/**
 * The one Chromium that the suites drive, headless.
 * @param {{ args?: string[] }} [more] arguments beside the usual ones
 */
export const launchBrowser = ({ args = [] } = {}) =>
  chromium.launch({ executablePath: findChromium(), args: [...CHROMIUM_ARGUMENTS, ...args] });
