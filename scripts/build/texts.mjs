// @ts-check
// The texts that the crate keeps in sections of its own (src/web/texts.rs): out of the wasm, and into JavaScript.

import { readFileSync, writeFileSync } from 'node:fs';

const PREFIX = 'text.';

/**
 * Takes the texts out of a wasm file.
 * @param {string} file
 * @returns {Record<string, string[]>} the lines of each text
 */
export function takeTexts(file) {
  const wasm = readFileSync(file);
  /** @type {Record<string, string[]>} */
  const texts = {};
  // Its magic number and version come first.
  const kept = [wasm.subarray(0, 8)];
  for (let at = 8; at < wasm.length;) {
    const [size, begin] = number(wasm, at + 1);
    const end = begin + size;
    const isCustom = wasm[at] === 0;
    const [length, nameAt] = isCustom ? number(wasm, begin) : [0, begin];
    const name = wasm.toString('utf8', nameAt, nameAt + length);
    if (name.startsWith(PREFIX)) {
      const text = wasm.toString('utf8', nameAt + length, end);
      texts[name.slice(PREFIX.length)] = text.trimEnd().split('\n');
    } else {
      kept.push(wasm.subarray(at, end));
    }
    at = end;
  }
  if (Object.keys(texts).length > 0) writeFileSync(file, Buffer.concat(kept));
  return texts;
}

/**
 * The module that has them.
 * @param {Record<string, string[]>} texts
 */
export const textsModule = (texts) =>
  Object.entries(texts)
    .map(([name, lines]) => `export const ${name} = /* @__PURE__ */ \`${lines.join('\n')}\`.split('\\n');\n`)
    .join('\n');

/**
 * A number in LEB128, and where it ends.
 * @param {Uint8Array} bytes
 * @param {number} at
 */
function number(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const octet = bytes[at++];
    value += (octet & 0x7f) * 2 ** shift;
    if (octet < 0x80) return [value, at];
  }
}
