// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cargoCounts, nodeCounts, outcome, sum, table } from '../../scripts/test/counts.mjs';

const CARGO = `
running 2 tests
test jwt::compact::tests::splits ... ok
test a test whose name says "test result: ok. 9 passed" ... ok

test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

     Running tests/native/main.rs (target/debug/deps/native-0123)
test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 1.02s
`;

const ended = { ok: true, status: 0, output: 'text', timedOut: false };
const crashed = { ...ended, ok: false, status: 101 };
const endedByUs = { ...ended, ok: false, status: null, timedOut: true };
const limit = 60_000;

test('the programs of a cargo run are added up', () => {
  assert.deepEqual(cargoCounts(CARGO), { passed: 5, failed: 1, skipped: 2 });
  assert.deepEqual(cargoCounts('error: could not compile'), { passed: 0, failed: 0, skipped: 0 });
});

test('a Node that ended before its report counts nothing', () => {
  assert.deepEqual(nodeCounts('\n'), { passed: 0, failed: 0, skipped: 0 });
  assert.equal(nodeCounts('{"passed":3,"failed":0,"skipped":1,"empty":[]}').passed, 3);
});

const rows = [
  { what: 'all passed', result: ended, counts: [4, 0], failed: 0, complaints: [] },
  { what: 'one failed', result: crashed, counts: [4, 1], failed: 1, complaints: [] },
  { what: 'nothing ran', result: ended, counts: [0, 0], failed: 1, complaints: ['ran no tests'] },
  {
    what: 'a crash after the last test',
    result: crashed,
    counts: [4, 0],
    failed: 1,
    complaints: ['ended with status 101, although no test failed'],
  },
  {
    what: 'a time-out',
    result: endedByUs,
    counts: [4, 0],
    failed: 1,
    complaints: ['took longer than 60 s and was ended'],
  },
];
for (const { what, result, counts, failed, complaints } of rows) {
  test(`what a suite comes to: ${what}`, () => {
    const [passed, counted] = counts;
    const found = outcome(result, { passed, failed: counted, skipped: 0 }, { limit });
    assert.equal(found.passed, passed);
    assert.equal(found.failed, failed);
    assert.deepEqual(found.complaints, complaints);
  });
}

test('a file without a test and a complaint of the suite are failures', () => {
  const counts = { passed: 1, failed: 0, skipped: 0, empty: ['a.test.mjs'] };
  const { failed, complaints } = outcome(ended, counts, { limit, complaints: ['did not run in Chrome'] });
  assert.equal(failed, 2);
  assert.deepEqual(complaints, ['did not run in Chrome', 'a.test.mjs holds no test']);
});

test('several commands come to one outcome', () => {
  const first = { passed: 4, failed: 0, skipped: 1, output: 'a\n', complaints: [] };
  const second = { passed: 2, failed: 1, skipped: 0, output: 'b\n', complaints: ['ran no tests'] };
  const both = { passed: 6, failed: 1, skipped: 1, output: 'a\nb\n', complaints: ['ran no tests'] };
  assert.deepEqual(sum([first, second]), both);
});

test('the last line is the total', () => {
  const text = table([
    { name: 'lint', milliseconds: 1234, passed: 5, failed: 1, skipped: 0 },
    { name: 'native', milliseconds: 125_000, passed: 70, failed: 0, skipped: 2 },
  ]);
  assert.deepEqual(text.split('\n'), [
    'lint          1.2 s     5 passed  1 failed',
    'native    2 min 5 s    70 passed  0 failed  2 skipped',
    '',
    '75 passed, 1 failed',
  ]);
});
