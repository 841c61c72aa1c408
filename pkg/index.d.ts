/// <reference lib="esnext.disposable" />
export * from './dist/types.js';
