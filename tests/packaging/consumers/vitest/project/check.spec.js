import { expect, test } from 'vitest';
import { outcomeOf } from './check.js';
import fixture from './fixture.js';

test('the package works in a simulated page', async () => {
  expect(window.document).toBeDefined();
  expect(await outcomeOf(fixture)).toEqual({
    main: { subject: expect.any(String), tampered: 'signature_invalid' },
    verifier: { subject: expect.any(String), tampered: 'signature_invalid' },
    client: 'unknown',
  });
});
