// @ts-check
import { fileURLToPath } from 'node:url';
import { uses } from '../node/uses.mjs';

/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'Node',
  kind: 'server',
  tool: 'node',
  node: '24.21.0',
  project: fileURLToPath(new URL('../node/project', import.meta.url)),
  uses,
};
