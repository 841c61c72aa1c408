#!/usr/bin/env node
// @ts-check
// `npm start`: everything on loopback, behind one address.

import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import process, { env } from 'node:process';
import { parseArgs } from 'node:util';
import { appFolder, buildApp } from './build/app.mjs';
import { buildPackage } from './build/package.mjs';
import { Problem, runCommand } from './lib/problem.mjs';
import { bold, duration, say } from './lib/say.mjs';
import { setUpBuild } from './setup/index.mjs';

const DEFAULT_PORT = 4200;
const STOP_LIMIT = 5_000;

await runCommand(async () => {
  const began = performance.now();
  const { port, app } = chosen();
  // Before the set-up, which may take minutes.
  await requireFree(port);
  await setUpBuild();
  await buildPackage();
  if (app.dir === appFolder) await buildApp();
  const { stack, stop } = await startEverything(port, app);
  say(`\nReady after ${duration(performance.now() - began)}:\n\n  ${bold(stack.appUrl)}\n`);
  for (const { username, password, roles } of stack.accounts) {
    say(`  sign in as ${username} with ${password} (${roles.join(', ')})`);
  }
  say('\nCtrl-C ends it.');
  await untilSignal();
  await stop();
});

/**
 * The port, from `--port` or PORT, and the page: the demo's, or what `--app` names, a folder or the address of a server.
 * @returns {{ port: number, app: import('../www/server/stack.mjs').App }}
 */
function chosen() {
  const { values } = parseArgs({ options: { port: { type: 'string' }, app: { type: 'string' } }, strict: true });
  const text = values.port ?? env.PORT ?? String(DEFAULT_PORT);
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new Problem(`the port must be a number up to 65535, but it is ${text}.`);
  if (/^http:\/\/[^/]+\/?$/.test(values.app ?? ''))
    return { port, app: { url: String(values.app).replace(/\/$/, '') } };
  const dir = values.app === undefined ? appFolder : resolve(values.app);
  if (values.app !== undefined && !existsSync(join(dir, 'index.html')))
    throw new Problem(`${dir} holds no index.html: give \`--app\` the folder of a built page, or an http address.`);
  return { port, app: { dir } };
}

/** @param {number} port */
async function requireFree(port) {
  const server = createServer();
  await new Promise((resolve, reject) => {
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => reject(explain(error, port)));
    server.listen(port, '127.0.0.1', () => server.close(resolve));
  });
}

/**
 * @param {NodeJS.ErrnoException} error
 * @param {number} port
 */
function explain(error, port) {
  const advice = 'choose another one with `npm start -- --port 4300`.';
  if (error.code === 'EADDRINUSE')
    return new Problem(`port ${port} is taken by another program: end that, or ${advice}`);
  if (error.code === 'EACCES') return new Problem(`port ${port} may not be opened by this user: ${advice}`);
  return error;
}

/**
 * @param {number} port
 * @param {import('../www/server/stack.mjs').App} app
 */
async function startEverything(port, app) {
  // These need the npm packages.
  const { startStack } = await import('../www/server/stack.mjs');
  const { startWorker } = await import('../www/worker/start.mjs');
  const stack = await startStack({ app, host: 'localhost', ports: { apex: port } }).catch((error) => {
    throw explain(error, port);
  });
  const worker = await startWorker(stack);
  stack.setWorker(worker.url);
  return { stack, stop: () => Promise.all([stack.close(), worker.stop()]) };
}

/** Resolves at the first signal to end. A clean-up that hangs, or a person who asks again, ends the process at once. */
function untilSignal() {
  return new Promise((resolve) => {
    let first = Infinity;
    const end = () => {
      first = Math.min(first, Date.now());
      // One Ctrl-C may come twice, from the terminal and from npm.
      if (Date.now() - first > 1_000) process.exit(1);
      setTimeout(() => process.exit(1), STOP_LIMIT).unref();
      resolve(undefined);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
  });
}
