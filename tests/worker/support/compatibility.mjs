// @ts-check
import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('workerd/package.json');

/** The newest compatibility date that this workerd knows: it is in its version. */
const CURRENT = version.replace(/^1\.(\d{4})(\d\d)(\d\d)\..*$/, '$1-$2-$3');

/** An old Worker and a new one, each with and without Node's API. */
export const COMPATIBILITY = ['2024-01-01', CURRENT].flatMap((compatibilityDate) =>
  [[], ['nodejs_compat']].map((compatibilityFlags) => ({
    name: [compatibilityDate, ...compatibilityFlags].join(' with '),
    options: { compatibilityDate, compatibilityFlags },
  })),
);
