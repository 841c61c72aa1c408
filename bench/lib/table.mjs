// @ts-check

/**
 * Lines of aligned columns: the first to the left, the others to the right.
 * @param {string[][]} rows
 */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (/** @type {string[]} */ row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  ');
  return rows.map((row) => `  ${line(row).trimEnd()}`).join('\n');
}

/**
 * @param {{ title: string, unit: 'µs' | 'ns' | 'ms' }} series
 * @param {import('./plan.mjs').Result[]} results
 */
export function seriesTable({ title, unit }, results) {
  const number = (/** @type {number | undefined} */ value, digits = 2) => value?.toFixed(digits) ?? '';
  const rows = results.map(({ engine, p10, p50, of }) => [
    engine,
    number(p10, unit === 'ns' ? 0 : 1),
    number(p50, unit === 'ns' ? 0 : 1),
    number(of.raw?.p10),
    number(of.raw?.p50),
    number(of.jose?.p10),
    number(of.jose?.p50),
  ]);
  const heads = ['', `p10 ${unit}`, `p50 ${unit}`, 'of raw p10', 'p50', 'of jose p10', 'p50'];
  // A column that says nothing is left out.
  const kept = heads.map((_, column) => column === 0 || rows.some((row) => row[column] !== ''));
  const cut = (/** @type {string[]} */ row) => row.filter((_, column) => kept[column]);
  return `\n  ${title}\n${table([heads, ...rows].map(cut))}`;
}
