// @ts-check

/**
 * One check for each size that has a budget.
 * @returns {Promise<import('./counts.mjs').Outcome>}
 */
export async function size() {
  const { isOverBudget, measureAll, sizeTable } = await import('../size/measure.mjs');
  const sizes = await measureAll();
  const limited = sizes.filter(({ budget }) => budget !== undefined);
  const over = limited.filter(isOverBudget);
  const complaints = over.map(({ name, gzip, budget }) => `${name}: ${gzip} bytes gzipped, budget ${budget}`);
  const passed = limited.length - over.length;
  return { passed, failed: over.length, skipped: 0, output: `${sizeTable(sizes)}\n`, complaints };
}
