// @ts-check
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import process from 'node:process';
import { Problem } from './problem.mjs';

/** A lock whose holder has not been heard of for this long is nobody's; milliseconds. */
const STALE = 60_000;
const HEARTBEAT = 10_000;
const PAUSE = 250;

/**
 * Does something while no other process does it. The lock is a file; one that a killed process left behind is taken over.
 * @template T
 * @param {string} path
 * @param {() => Promise<T> | T} action
 * @param {{ limit?: number, onWait?: () => void }} [options] milliseconds to wait at most; told once, when it has to wait
 * @returns {Promise<T>}
 */
export async function withLock(path, action, { limit = 30 * 60_000, onWait } = {}) {
  mkdirSync(dirname(path), { recursive: true });
  const until = Date.now() + limit;
  for (let waited = false; !take(path); waited = true) {
    if (Date.now() > until) {
      throw new Problem(`waited too long for ${path}: if no other set-up or build is running, delete that file`);
    }
    if (!waited) onWait?.();
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  const beat = setInterval(() => isOurs(path) && utimesSync(path, new Date(), new Date()), HEARTBEAT);
  const leave = () => isOurs(path) && rmSync(path, { force: true });
  process.once('exit', leave);
  try {
    return await action();
  } finally {
    clearInterval(beat);
    process.off('exit', leave);
    leave();
  }
}

const holder = `${process.pid} ${hostname()}`;

/** @param {string} path */
function take(path) {
  try {
    // Linked, not written in place: nobody ever sees a lock without its holder.
    const own = `${path}.${process.pid}`;
    writeFileSync(own, holder);
    try {
      linkSync(own, path);
    } finally {
      rmSync(own);
    }
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  if (isAbandoned(path)) rmSync(path, { force: true });
  return false;
}

/** @param {string} path */
function isOurs(path) {
  return existsSync(path) && readFileSync(path, 'utf8') === holder;
}

/** @param {string} path */
function isAbandoned(path) {
  try {
    if (Date.now() - statSync(path).mtimeMs > STALE) return true;
    const [pid, host] = readFileSync(path, 'utf8').split(' ');
    return host === hostname() && !isAlive(Number(pid));
  } catch {
    return false;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
