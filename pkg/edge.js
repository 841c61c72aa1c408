// @ts-check
export * from './verifier.js';
export * from './lib/edge/index.js';
