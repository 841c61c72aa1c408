import { outcomeOf } from './check.js';
import fixture from './fixture.js';

console.log(JSON.stringify(await outcomeOf(fixture)));
