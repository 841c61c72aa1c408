import fixture from '../../fixture.js';
import { outcomeOf } from '../../check.js';

export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';

export const GET = async () => Response.json(await outcomeOf(fixture));
