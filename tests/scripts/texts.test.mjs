// @ts-check
// The build: the texts of the crate leave the wasm, and come out as JavaScript.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { takeTexts, textsModule } from '../../scripts/build/texts.mjs';

const folder = mkdtempSync(join(tmpdir(), 'texts-'));
after(() => rmSync(folder, { recursive: true }));

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** @param {string} name @param {string} text */
function custom(name, text) {
  const content = [name.length, ...Buffer.from(name + text)];
  assert.ok(content.length < 0x4000);
  // Two octets of LEB128, so that a length of more than one is read, too.
  return [0, (content.length & 0x7f) | 0x80, content.length >> 7, ...content];
}

/** @param {number[]} octets */
function wasmFile(octets) {
  const file = join(folder, 'module.wasm');
  writeFileSync(file, Uint8Array.from(octets));
  return file;
}

const ROWS = ['a_code|what is wrong: this|x', 'a_code|what is wrong: that|', 'another|it is: so: really|', 'last||'];

/** @param {Record<string, string[]>} texts */
const load = (texts) => import(`data:text/javascript,${encodeURIComponent(textsModule(texts))}`);

test('takes the sections of texts out of a wasm file, and nothing else', () => {
  const file = wasmFile([...HEADER, ...custom('kept', 'k'), ...custom('text.ROWS', `${ROWS.join('\n')}\n`), 1, 1, 0]);
  assert.deepEqual(takeTexts(file), { ROWS });
  assert.deepEqual([...readFileSync(file)], [...HEADER, ...custom('kept', 'k'), 1, 1, 0]);
  assert.ok(WebAssembly.validate(readFileSync(file)));
  assert.deepEqual(takeTexts(file), {});
});

test('writes a module that has the rows again, word for word', async () => {
  const made = await load({ ROWS, MORE: ['token|/token|'] });
  assert.deepEqual([made.ROWS(), made.MORE()], [ROWS, ['token|/token|']]);
  assert.equal(made.ROWS(), made.ROWS());
});

test('complains of a text that it could not give back', () => {
  assert.throws(() => textsModule({ ROWS: ['a|b^c|'] }), /\^/);
});
