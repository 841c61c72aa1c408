import fixture from './fixture.js';
import { outcomeOf } from './check.js';

outcomeOf(fixture).then(postMessage);
