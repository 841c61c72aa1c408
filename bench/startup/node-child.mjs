// @ts-check
// A fresh process: imports one engine, verifies one token, and says how long that took.

import process from 'node:process';
import { text } from 'node:stream/consumers';

const setting = JSON.parse(await text(process.stdin));
const began = performance.now();
const { firstToken } = await import(`./${process.argv[2]}.mjs`);
const claims = await firstToken(setting);
process.stdout.write(JSON.stringify({ milliseconds: performance.now() - began, sub: claims.sub }));
