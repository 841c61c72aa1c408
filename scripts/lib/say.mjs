// @ts-check
import process from 'node:process';

const colours = process.stdout.isTTY && !process.env.NO_COLOR;

/** @param {string} text */
export const bold = (text) => (colours ? `\x1b[1m${text}\x1b[0m` : text);

/** @param {string} text */
export const dim = (text) => (colours ? `\x1b[2m${text}\x1b[0m` : text);

/** @param {string} text */
export const say = (text) => console.log(text);

/** @param {number} milliseconds */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/**
 * Says what is done and about how long it takes, does it, and says how long it took.
 * @template T
 * @param {string} what
 * @param {string} estimate e.g. `about 10 s`
 * @param {() => Promise<T> | T} action
 * @returns {Promise<T>}
 */
export async function step(what, estimate, action) {
  const began = performance.now();
  say(`${bold('→')} ${what} (${estimate})`);
  const result = await action();
  say(dim(`  done in ${duration(performance.now() - began)}`));
  return result;
}
