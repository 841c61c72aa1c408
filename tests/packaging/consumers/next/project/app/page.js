import fixture from '../fixture.js';
import { outcomeOf } from '../check.js';
import { Browser } from './browser.js';

// Rendered on the server for every request, with the package; and again in the browser.
export const dynamic = 'force-dynamic';

export default async function Page() {
  return (
    <>
      <output>{JSON.stringify(await outcomeOf(fixture))}</output>
      <Browser />
    </>
  );
}
