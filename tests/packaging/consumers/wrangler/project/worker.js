import fixture from './fixture.js';
import { outcomeOf } from './check.js';

export default {
  async fetch() {
    return Response.json(await outcomeOf(fixture));
  },
};
