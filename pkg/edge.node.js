// @ts-check
export * from './verifier.node.js';
export * from './lib/edge/index.js';
