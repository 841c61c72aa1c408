// @ts-check
export * from './verifier.workerd.js';
export * from './lib/edge/index.js';
