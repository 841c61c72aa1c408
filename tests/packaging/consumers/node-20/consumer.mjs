// @ts-check
import { fileURLToPath } from 'node:url';
import { uses } from '../node/uses.mjs';

/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'Node',
  kind: 'server',
  tool: 'node',
  node: '20.20.2',
  project: fileURLToPath(new URL('../node/project', import.meta.url)),
  uses,
};
