// @ts-check
// The plot: for each happening, the busiest minute over the number of isolates, a line for each set of tiers.

/** @typedef {import('./planet.mjs').Row} Row */

const PANEL = { width: 270, height: 200 };
const MARGIN = { left: 58, right: 24, top: 112, bottom: 40 };
const GAP = { x: 62, y: 62 };
const COLUMNS = 3;
const COLORS = ['#b3261e', '#c77700', '#1a66c2', '#1b7f4b', '#6b4fbb'];
const LIMIT = 100;
/** Below this a minute is drawn as this: a logarithm has no zero. */
const LEAST = 0.5;

/**
 * @param {Row[]} all
 * @returns {string} an SVG
 */
export function plot(all) {
  const rows = all.filter(({ client }) => client === 'unlimited');
  const happenings = [...new Set(rows.map(({ happening }) => happening))];
  const tiers = [...new Set(rows.map((row) => row.tiers))];
  const sizes = [...new Set(rows.map(({ isolates }) => isolates))].sort((a, b) => a - b);
  const top = 10 ** Math.ceil(Math.log10(Math.max(LIMIT, ...rows.map(({ peak }) => peak))));
  const x = scale(sizes[0], sizes[sizes.length - 1], 0, PANEL.width);
  const y = scale(LEAST, top, PANEL.height, 0);
  const panels = happenings.map((happening, at) => {
    const left = MARGIN.left + (at % COLUMNS) * (PANEL.width + GAP.x);
    const upper = MARGIN.top + Math.floor(at / COLUMNS) * (PANEL.height + GAP.y);
    const lines = tiers.map((name, number) => {
      const points = sizes.map((size) => {
        const row = rows.find((one) => one.happening === happening && one.tiers === name && one.isolates === size);
        return /** @type {const} */ ([x(size), y(Math.max(LEAST, row?.peak ?? 0))]);
      });
      return series(points, COLORS[number]);
    });
    return `<g transform="translate(${left} ${upper})">${axes(happening, sizes, top, x, y)}${lines.join('')}</g>`;
  });
  const width = MARGIN.left + COLUMNS * (PANEL.width + GAP.x) - GAP.x + MARGIN.right;
  const height = MARGIN.top + Math.ceil(happenings.length / COLUMNS) * (PANEL.height + GAP.y) - GAP.y + MARGIN.bottom;
  return frame(width, height, [heading(), legend(tiers), ...panels]);
}

/** A logarithmic scale. @param {number} from @param {number} to @param {number} first @param {number} last */
function scale(from, to, first, last) {
  const span = Math.log(to / from) || 1;
  return (/** @type {number} */ value) =>
    Math.round((first + (Math.log(value / from) / span) * (last - first)) * 10) / 10;
}

/** @param {(readonly [number, number])[]} points @param {string} color */
function series(points, color) {
  const path = points.map(([across, down]) => `${across},${down}`).join(' ');
  const dots = points.map(([across, down]) => `<circle cx="${across}" cy="${down}" r="3.5"/>`).join('');
  return `<g fill="${color}"><polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>${dots}</g>`;
}

/**
 * @param {string} title
 * @param {number[]} sizes
 * @param {number} top
 * @param {(value: number) => number} x
 * @param {(value: number) => number} y
 */
function axes(title, sizes, top, x, y) {
  const { width, height } = PANEL;
  const powers = Array.from({ length: Math.round(Math.log10(top)) + 1 }, (_, power) => 10 ** power);
  const grid = powers.map(
    (value) =>
      `<line x1="0" x2="${width}" y1="${y(value)}" y2="${y(value)}" stroke="#e2e2e2"/>` +
      `<text x="-8" y="${y(value) + 4}" text-anchor="end">${amount(value)}</text>`,
  );
  const ticks = sizes.map(
    (size) => `<text x="${x(size)}" y="${height + 18}" text-anchor="middle">${amount(size)}</text>`,
  );
  return (
    grid.join('') +
    `<line x1="0" x2="${width}" y1="${y(LIMIT)}" y2="${y(LIMIT)}" stroke="#222" stroke-dasharray="5 4"/>` +
    `<line x1="0" x2="${width}" y1="${height}" y2="${height}" stroke="#888"/>` +
    ticks.join('') +
    `<text x="0" y="-10" font-size="14" font-weight="600">${title}</text>`
  );
}

/** @param {number} value */
const amount = (value) => (value >= 1e6 ? `${value / 1e6} M` : value >= 1e4 ? `${value / 1e3} k` : String(value));

const heading = () =>
  `<text x="${MARGIN.left}" y="26" font-size="16" font-weight="600">Key-set requests that the service sees in the busiest minute</text>` +
  `<text x="${MARGIN.left}" y="46">over isolates a site, 330 sites, without a limiter; dashed: the service's limit of ${LIMIT} a minute for one client</text>`;

/** @param {string[]} tiers */
function legend(tiers) {
  let across = MARGIN.left;
  const entries = tiers.map((name, number) => {
    const entry = `<circle cx="${across + 5}" cy="64" r="5" fill="${COLORS[number]}"/><text x="${across + 15}" y="68">${name}</text>`;
    across += 38 + name.length * 6.4;
    return entry;
  });
  return entries.join('');
}

/** @param {number} width @param {number} height @param {string[]} parts */
function frame(width, height, parts) {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="system-ui, sans-serif" font-size="12" fill="#222">
<rect width="100%" height="100%" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}
