// @ts-check
// The public declarations of every entry. Whatever is not documented, and a link that leads nowhere, fails.
import { readFileSync } from 'node:fs';
import { inRoot } from '../lib/paths.mjs';

const { exports } = JSON.parse(readFileSync(inRoot('pkg', 'package.json'), 'utf8'));

/**
 * The declarations of an entry; of the first host, if they stand there: all hosts have the same.
 * @param {any} target of a subpath in `exports`
 * @returns {string | undefined}
 */
const declarations = (target) =>
  typeof target === 'string' || !target
    ? undefined
    : (target.types ?? Object.values(target).map(declarations).find(Boolean));

const entryPoints = Object.values(exports)
  .map(declarations)
  .filter((path) => path !== undefined)
  .map((path) => inRoot('pkg', path));

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'bixarena-auth-client',
  entryPoints,
  tsconfig: inRoot('scripts', 'typedoc', 'tsconfig.json'),
  out: inRoot('target', 'docs'),
  readme: inRoot('pkg', 'README.md'),
  // Positions in declarations would be links into a repository.
  disableSources: true,
  treatWarningsAsErrors: true,
  validation: { notExported: true, invalidLink: true, notDocumented: true, rewrittenLink: true },
  requiredToBeDocumented: [
    'Class',
    'Interface',
    'TypeAlias',
    'Function',
    'Variable',
    'Property',
    'Method',
    'Accessor',
    'Constructor',
  ],
};
