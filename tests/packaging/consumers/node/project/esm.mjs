import { readFileSync } from 'node:fs';
import { outcomeOf } from './check.mjs';

const fixture = JSON.parse(readFileSync(new URL('fixture.json', import.meta.url), 'utf8'));
console.log(JSON.stringify(await outcomeOf(fixture)));
