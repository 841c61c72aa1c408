// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import process from 'node:process';

const READY_LIMIT = 90_000;
const STOP_LIMIT = 5_000;

/**
 * Starts a server and waits until its output says that it is ready.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, ready: RegExp }} options
 * @returns {Promise<{ match: RegExpExecArray, output: () => string, stop: () => Promise<void> }>} what `ready` matched
 */
export async function startProcess(command, args, { cwd, env, ready }) {
  // A group of its own, so that what it starts ends with it.
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const send = (/** @type {NodeJS.Signals} */ signal) => {
    try {
      if (child.pid) process.kill(-child.pid, signal);
    } catch {
      // Everybody in the group has ended.
    }
  };
  const kill = () => send('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise((resolve) => child.once('close', () => resolve(undefined)));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));

  const stop = async () => {
    send('SIGINT');
    const timer = setTimeout(kill, STOP_LIMIT);
    await ended;
    clearTimeout(timer);
    kill();
    process.off('exit', kill);
  };
  const match = await waitFor(child, () => ready.exec(withoutColours(output)), READY_LIMIT).catch(async (error) => {
    await stop();
    throw new Error(`\`${[command, ...args].join(' ')}\` ${error.message}\n${output}`);
  });
  return { match, output: () => withoutColours(output), stop };
}

/** @param {string} text */
const withoutColours = (text) => text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '');

/**
 * @template T
 * @param {import('node:child_process').ChildProcess} child
 * @param {() => T | null} look
 * @param {number} limit milliseconds
 * @returns {Promise<T>}
 */
async function waitFor(child, look, limit) {
  /** @type {Error | undefined} */
  let failure;
  child.once('error', (error) => (failure = error));
  for (const until = Date.now() + limit; Date.now() < until;) {
    const found = look();
    if (found !== null) return found;
    if (failure) throw new Error(`could not be started: ${failure.message}`);
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended with status ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`was not ready after ${limit / 1000} s`);
}

/** A port that nobody listens on, for servers that cannot choose one themselves and say which. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}
