// @ts-check
export * from './verifier.edge-light.js';
export * from './lib/edge/index.js';
