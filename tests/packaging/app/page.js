// @ts-check
// The application of a browser's page: the outcome becomes `window.outcome`.

// @ts-ignore made for each run
import fixture from './fixture.js';
import { outcomeOf } from './check.js';

outcomeOf(fixture).then((outcome) => Object.assign(globalThis, { outcome }));
