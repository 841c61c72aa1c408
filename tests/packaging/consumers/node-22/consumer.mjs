// @ts-check
import { fileURLToPath } from 'node:url';
import { uses } from '../node/uses.mjs';

/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'Node',
  kind: 'server',
  tool: 'node',
  node: '22.23.3',
  project: fileURLToPath(new URL('../node/project', import.meta.url)),
  uses,
};
