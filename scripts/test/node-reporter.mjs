// @ts-check
// A reporter for `node --test`: one line of JSON with the counts. Node's own summary counts a file without a test as passed.

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} [empty] files without a test
 */

/** @param {AsyncIterable<any>} source */
export default async function* report(source) {
  /** @type {Counts & { empty: string[] }} */
  const counts = { passed: 0, failed: 0, skipped: 0, empty: [] };
  for await (const { type, data } of source) {
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite') continue;
    if (type === 'test:fail') counts.failed += 1;
    else if (isFile(data)) counts.empty.push(data.name);
    else if (data.skip !== undefined || data.todo !== undefined) counts.skipped += 1;
    else counts.passed += 1;
  }
  yield `${JSON.stringify(counts)}\n`;
}

/**
 * A file shows up as a test of its own name if there is none in it.
 * @param {{ name: string, nesting: number, file?: string }} test
 */
function isFile({ name, nesting, file }) {
  return nesting === 0 && /\.test\.mjs$/.test(name) && (file === undefined || file.endsWith(name));
}
