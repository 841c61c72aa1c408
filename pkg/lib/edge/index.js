// @ts-check
export { authenticate } from './authenticate.js';
export { preflight, withCors } from './cors.js';
export { forwardRequest } from './forward-request.js';
export { createSessionExchanger } from './session-exchanger.js';
