// @ts-check
// `npm run bench -- --planet`: runs the model for several sizes, makes tables and a plot of what it prints.

import { writeFileSync } from 'node:fs';
import { run } from '../../scripts/lib/exec.mjs';
import { Problem } from '../../scripts/lib/problem.mjs';
import { bold, say } from '../../scripts/lib/say.mjs';
import { setUpBuild } from '../../scripts/setup/index.mjs';
import { writeReport } from '../lib/report.mjs';
import { table } from '../lib/table.mjs';
import { plot } from './plot.mjs';

/**
 * @typedef {object} Row one run of the model; times are minutes
 * @property {number} isolates a site
 * @property {string} happening
 * @property {string} tiers
 * @property {'unlimited' | 'worker' | 'site'} client whom the limiter takes for one
 * @property {number} mean requests a minute that the service sees
 * @property {number} peak in the busiest minute
 * @property {number} site_peak of one site in its busiest minute
 * @property {number} limited requests refused because of the limit
 * @property {number} good requests to the guarded routes
 * @property {number} unserved good ones that were refused
 * @property {number[]} by_minute
 */

const SIZES = '1,10,100,1000';
/** A million isolates' lives take a while. */
const LIMIT = 30 * 60_000;

/**
 * `--isolates` may be a list, `--plot` names an SVG file that is written; all others go to the model as they are.
 * @param {string[]} args
 */
export async function planet(args) {
  const { isolates = SIZES, plot: file, ...others } = pairs(args);
  const flags = Object.entries(others).flatMap(([name, value]) => [`--${name}`, value]);
  await setUpBuild();
  /** @type {Row[]} */
  const rows = [];
  for (const size of isolates.split(',')) {
    const found = await model(['--isolates', size, ...flags]);
    say(`\n${bold(`${size} isolates a site`)}\n${tables(found)}`);
    rows.push(...found);
  }
  if (file) writeFileSync(file, plot(rows));
  say(`\nwritten to ${writeReport({ options: { isolates, ...others }, rows }, 'planet')}${file ? ` and ${file}` : ''}`);
}

/** @param {string[]} args @returns {Record<string, string>} */
function pairs(args) {
  if (args.length % 2 !== 0 || args.some((arg, at) => at % 2 === 0 && !arg.startsWith('--'))) {
    throw new Problem('--planet takes pairs: --name value. bench/scale/README.md lists them.');
  }
  return Object.fromEntries(
    Array.from({ length: args.length / 2 }, (_, at) => [args[2 * at].slice(2), args[2 * at + 1]]),
  );
}

/** @param {string[]} flags @returns {Promise<Row[]>} */
async function model(flags) {
  const cargo = [
    'run',
    '--quiet',
    '--profile',
    'planet',
    '--features',
    'rust-crypto',
    '--example',
    'planet',
    '--',
    ...flags,
  ];
  const { ok, output } = await run('cargo', cargo, { limit: LIMIT });
  if (!ok) throw new Problem(`the model did not run:\n${output}`);
  const lines = output.split('\n').filter((line) => line.includes('\t'));
  const names = lines[0].split('\t');
  return lines.slice(1).map((line) => {
    const values = line.split('\t').map((text, at) => valueOf(names[at], text));
    return /** @type {any} */ (Object.fromEntries(names.map((name, at) => [name, values[at]])));
  });
}

/** @param {string} name @param {string} text */
function valueOf(name, text) {
  if (['happening', 'tiers', 'client'].includes(name)) return text;
  return name === 'by_minute' ? text.split(' ').map(Number) : Number(text);
}

/** @template T @param {T[]} values */
const distinct = (values) => [...new Set(values)];

/** @param {Row[]} rows */
function tables(rows) {
  const happenings = distinct(rows.map(({ happening }) => happening));
  const tiers = distinct(rows.map((row) => row.tiers));
  /** @param {string} title @param {string} client @param {(row: Row) => string} cell */
  const one = (title, client, cell) => {
    const lines = tiers.map((name) => [
      name,
      ...happenings.map((happening) => {
        const row = rows.find((each) => each.tiers === name && each.happening === happening && each.client === client);
        return row ? cell(row) : '';
      }),
    ]);
    return `\n  ${title}\n${table([['', ...happenings], ...lines])}`;
  };
  const unserved = (/** @type {Row} */ row) => `${((100 * row.unserved) / row.good).toFixed(2)} %`;
  return [
    one('requests a minute that the service sees: mean / busiest minute', 'unlimited', ({ mean, peak }) =>
      [mean, peak].map(short).join(' / '),
    ),
    one('of one site in its busiest minute', 'unlimited', (row) => short(row.site_peak)),
    one('good requests not served, the whole Worker being one client', 'worker', unserved),
    one('good requests not served, each site being a client', 'site', unserved),
  ].join('\n');
}

/** @param {number} value */
function short(value) {
  return value < 10 ? String(Number(value.toFixed(1))) : Math.round(value).toLocaleString('en-US').replaceAll(',', ' ');
}
