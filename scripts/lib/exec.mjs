// @ts-check
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import process from 'node:process';
import { root } from './paths.mjs';
import { Problem } from './problem.mjs';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] default: the repository
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [limit] milliseconds until it is ended; default 20 minutes
 * @property {boolean} [echo] shows its output as it comes; default false
 *
 * @typedef {object} RunResult
 * @property {boolean} ok ended by itself, with status 0
 * @property {number | null} status
 * @property {string} output standard output and error, as they came
 * @property {boolean} timedOut
 */

/** Process groups under way; each holds one child and what that has started. @type {Set<number>} */
const groups = new Set();

/**
 * Runs a command to its end. It gets a process group of its own, so that ending it ends what it started as well.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function run(command, args, options = {}) {
  const { cwd = root, env = process.env, limit = 20 * 60_000, echo = false } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let timedOut = false;
    const collect = (/** @type {Buffer} */ chunk) => {
      output += chunk;
      if (echo) process.stdout.write(chunk);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, limit);
    if (child.pid) groups.add(child.pid);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new Problem(`${command} could not be started: ${error.message}`));
    });
    // What it left behind (browsers do) must not outlive it, nor keep its output open.
    child.on('exit', () => endGroup(child.pid, 'SIGKILL'));
    child.on('close', (status) => {
      clearTimeout(timer);
      if (child.pid) groups.delete(child.pid);
      resolve({ ok: status === 0 && !timedOut, status, output, timedOut });
    });
  });
}

/**
 * Runs a command that has to succeed; if it does not, its output is in the message.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 */
export async function must(command, args, options) {
  const { ok, status, output, timedOut } = await run(command, args, options);
  if (ok) return output;
  const how = timedOut ? 'took too long' : `ended with status ${status}`;
  throw new Problem(`${output.trimEnd()}\n\n\`${[command, ...args].join(' ')}\` ${how}`);
}

/**
 * What a quick command prints; undefined if it cannot be run or fails.
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function ask(command, args, env = process.env) {
  const { status, stdout } = spawnSync(command, args, {
    cwd: root,
    env,
    encoding: 'utf8',
    timeout: 30_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 */
function endGroup(pid, signal) {
  if (!pid) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Everybody in it has ended by itself.
  }
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    // Groups of their own do not get the terminal's Ctrl-C.
    for (const pid of groups) endGroup(pid, 'SIGTERM');
    if (groups.size > 0 || process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
  });
}
