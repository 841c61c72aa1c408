// @ts-check
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';

/**
 * Waits for a condition, five seconds at most.
 *
 * @param {() => boolean | Promise<boolean>} condition
 */
export async function until(condition) {
  const end = Date.now() + 5000;
  while (!(await condition())) {
    if (Date.now() > end) assert.fail(`still not true after 5 s: ${condition}`);
    await setTimeout(5);
  }
}
