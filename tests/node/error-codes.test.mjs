// @ts-check
// The codes stand in Rust, which gives them, in the types, in the README and in the guide. This holds them together.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
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

test('what JavaScript says where the wasm is not loaded, it says in the words of the table', async () => {
  const table = read('src/error/fault.rs');
  const loading = read('pkg/lib/load.js');
  const messages = [...all(loading, /'(the wasm is [^']+)'/g), ...all(loading, /"(the content [^"]+)"/g)];
  assert.equal(messages.length, 2);
  for (const message of messages) assert.ok(table.includes(`"${message}"`), message);
  const { TEXTS } = await import('../../pkg/lib/unverified-reply.js');
  const routes = read('src/service/routes.rs').split('\n');
  for (const row of TEXTS.filter((text) => !routes.includes(text))) {
    const [code, message] = row.split('|');
    assert.ok(given.includes(code), code);
    for (const part of message.split(/(?<=needed): /)) assert.ok(table.includes(`"${part}"`), part);
  }
});

test('what JavaScript raises by number is the row that it means', async () => {
  const { CHECKS } = await import('../../pkg/dist/texts.js');
  const numbers = /** @type {Record<string, number>} */ (await import('../../pkg/dist/web/numbers.js'));
  const rows = /** @type {[string, RegExp][]} */ ([
    ['SIGNATURE_INVALID', /^signature_invalid\|/],
    ['KEY_IMPORT_FAILED', /^key_invalid\|.*: its numbers are no key\|/],
    ['ENGINE_FAILED', /^environment_unsupported\|.*crypto\.subtle/],
    ['UNAVAILABLE', /^jwks_unavailable\|/],
    ['NOT_JSON', /^jwks_invalid\|.*: it is not JSON\|/],
    ['TOO_LARGE', /^jwks_invalid\|.*: it is over 512 KiB\|/],
    ['CONTENT_TYPE', /^jwks_invalid\|.*: its content type is not JSON\|/],
    ['DISPOSED', /^disposed\|/],
    ['NO_KEY', /^jwks_invalid\|.*: it holds no usable key\|/],
  ]);
  for (const [name, row] of rows) assert.match(CHECKS()[numbers[name]], row, name);
});

test('what the client raises by code and words has a row', () => {
  const { rows } = between(read('src/error/fault.rs'), 'const FLOW = {', 'const ELSEWHERE')
    .split('\n')
    .reduce(
      (found, line) => {
        const code = /^ {4}(\w+) "/.exec(line)?.[1] ?? found.code;
        return { code, rows: [...found.rows, `${code}|${line}`] };
      },
      { code: '', rows: /** @type {string[]} */ ([]) },
    );
  const folder = new URL('../../src/web/', import.meta.url);
  const sources = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const raised = sources.flatMap((name) =>
    [...read(`src/web/${name}`).matchAll(/(?:raise\(|\.texts, |\(texts, |\.end\()'(\w+)'(?:, '([^']*)')?/g)].map(
      ([, ...row]) => row,
    ),
  );
  assert.ok(raised.length >= 9, String(raised));
  for (const [code, words = ''] of raised) {
    assert.ok(
      code === 'disposed' || rows.some((row) => row.startsWith(`${code}|`) && row.includes(words)),
      `${code} ${words}`,
    );
  }
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
