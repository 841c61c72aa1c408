// @ts-check
// A page of WebKit's that was never loaded is tried again; a test that fails is not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hangsAtLoading } from '../../scripts/test/rust.mjs';

const NEVER_LOADED = 'Loading scripts...Failed to detect test as having been run. It might have timed out.\n';
const PASSED = 'test result: ok. 11 passed; 0 failed; 0 ignored; 0 filtered out\n';

for (const [output, hangs] of /** @type {const} */ ([
  [NEVER_LOADED, true],
  [PASSED + NEVER_LOADED, true],
  [PASSED, false],
  [`test it ... FAIL\n${NEVER_LOADED}`, false],
  [`test result: FAILED. 10 passed; 1 failed; 0 ignored\n${NEVER_LOADED}`, false],
  ['error: could not compile\n', false],
])) {
  test(`${hangs ? 'hangs' : 'does not hang'}: ${JSON.stringify(output).slice(0, 60)}`, () => {
    assert.equal(hangsAtLoading(output), hangs);
  });
}
