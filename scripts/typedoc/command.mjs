// @ts-check
import { inRoot } from '../lib/paths.mjs';

/**
 * Arguments for Node that run TypeDoc. It has a TypeScript of its own (package.json beside this file), and looks for it from
 * where it lies itself.
 * @param {...string} options
 */
export const typedoc = (...options) => [
  inRoot('scripts', 'typedoc', 'node_modules', 'typedoc', 'bin', 'typedoc'),
  '--options',
  inRoot('scripts', 'typedoc', 'typedoc.config.mjs'),
  ...options,
];
