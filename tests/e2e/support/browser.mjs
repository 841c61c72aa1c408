// @ts-check
import { chromium } from 'playwright-core';
import { findChromium } from '../../../scripts/setup/browsers.mjs';

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run'];

export const launchBrowser = () => chromium.launch({ executablePath: findChromium(), args: ARGUMENTS });
