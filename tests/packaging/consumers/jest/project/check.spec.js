const { outcomeOf } = require('./check.cjs');
const fixture = require('./fixture.json');

test('the package works here', async () => {
  expect(await outcomeOf(fixture)).toEqual({
    main: { subject: expect.any(String), tampered: 'signature_invalid' },
    verifier: { subject: expect.any(String), tampered: 'signature_invalid' },
    client: 'unknown',
  });
});
