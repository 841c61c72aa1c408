// @ts-check
import { uses } from './uses.mjs';

/** Those with a pinned version stand in the matrix. @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'Node, the one of the tests',
  kind: 'server',
  tool: 'node',
  isUnlisted: true,
  quick: true,
  uses,
};
