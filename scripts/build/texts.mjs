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

/** Stands between what the rows of a group have in common and what each of them adds. */
const MARK = '^';

/**
 * The module that has them. Rows that begin alike are written as a group: 40 bytes less, compressed, and half as long otherwise.
 * @param {Record<string, string[]>} texts
 */
export const textsModule = (texts) =>
  [
    `/** Made when they are needed first: most programs start without a fault. @param {string} groups */
function rows(groups) {
  /** @type {string[]} */
  let made;
  return () => (made ??= groups.split('\\n').flatMap(ungroup));
}

/** @param {string} group */
function ungroup(group) {
  const [head, ...tails] = group.split('${MARK}');
  return tails.map((tail) => head + tail);
}
`,
    ...Object.entries(texts).map(
      ([name, rows]) => `export const ${name} = /* @__PURE__ */ rows(\`${groups(rows)}\`);\n`,
    ),
  ].join('\n');

/**
 * @param {string[]} rows each is a code, a message whose particulars follow a colon, and more
 */
function groups(rows) {
  const found = /** @type {string[][]} */ ([]);
  for (const row of rows) {
    if (/[\^`\\$]/.test(row)) throw new Error(`a text must hold none of ^ \` \\ $: ${row}`);
    const [, head = '', tail = row] = /^(.*?)(: .*|\|[^|]*)$/.exec(row) ?? [];
    if (found.at(-1)?.[0] === head) found.at(-1)?.push(tail);
    else found.push([head, tail]);
  }
  return found.map((group) => group.join(MARK)).join('\n');
}

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
