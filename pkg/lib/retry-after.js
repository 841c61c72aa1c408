// @ts-check
export { retryAfter } from '../dist/web/retry-after.js';
