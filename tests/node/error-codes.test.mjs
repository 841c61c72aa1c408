// @ts-check
// The codes stand in Rust, which gives them, in the types, in the README and in the guide. This holds them together.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/** @param {string} path from the root */
const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The part of a text between two others, which have to be there. */
function between(/** @type {string} */ text, /** @type {string} */ start, /** @type {string} */ end) {
  const from = text.indexOf(start);
  const to = text.indexOf(end, from + start.length);
  assert.ok(from >= 0 && to >= 0, `there is no ${start} … ${end}`);
  return text.slice(from + start.length, to);
}

/** Every first group of a pattern. */
const all = (/** @type {string} */ text, /** @type {RegExp} */ pattern) =>
  [...text.matchAll(pattern)].map((match) => match[1]);

/** The list in src/error/fault.rs; a unit test there holds the table to it. */
const given = all(between(read('src/error/fault.rs'), '\npub(crate) const CODES', '\n];\n'), /^ {4}"(\w+)",$/gm);

test('src/error/fault.rs lists codes, each once', () => {
  assert.equal(given.length, 36);
  assert.deepEqual([...new Set(given)], given);
});

test('what JavaScript says by itself, it says in the words of the table', async () => {
  const { failure } = await import('../../pkg/lib/auth-user.js');
  const table = read('src/error/fault.rs');
  const own = all(read('pkg/lib/auth-user.js'), /^ {2}(\w+): '[^']+',$/gm);
  assert.ok(own.length > 8, 'the messages were found');
  const messages = own.map((code) => failure(/** @type {any} */ (code)).message);
  const loading = read('pkg/lib/load.js');
  messages.push(...all(loading, /'(the wasm is [^']+)'/g), ...all(loading, /"(the content [^"]+)"/g));
  assert.equal(messages.length, own.length + 2);
  for (const message of messages) assert.ok(table.includes(`"${message}"`), message);
});

test('the type AuthErrorCode is the same list, with a word on each', () => {
  const union = between(read('src/web/types.d.ts'), 'export type AuthErrorCode =\n', "';\n") + "'\n";
  assert.deepEqual(all(union, /^ {2}\/\*\* .+\. \*\/\n {2}\| '(\w+)'$/gm), given);
});

test("the README's table has the same list, and says what to do about each", () => {
  const rows = between(read('README.md'), '\n## Error codes\n', '\n## ')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  assert.deepEqual(
    rows.map((cells) => cells[1]),
    given.map((code) => `\`${code}\``),
  );
  for (const [, code, meaning, remedy] of rows) assert.ok(meaning && remedy, `${code} lacks a text`);
});

test('docs/errors.md has a section on each, and says what to do', () => {
  const sections = read('docs/errors.md').split(/^### /m).slice(1);
  assert.deepEqual(
    sections.map((section) => section.split('\n')[0]),
    given.map((code) => `\`${code}\``),
  );
  for (const section of sections) assert.match(section, /^`\w+`\n\n[^\n*][^]*\n\n\*\*What to do:\*\* \S/, section);
});
