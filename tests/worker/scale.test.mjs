// @ts-check
// A guarded route in workerd while its key set's service fails, hangs, rotates and restarts, and under a flood of tokens.
// What happens on a cold start stands in jwks.test.mjs.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';
import { endAll, publish, serve, strangerToken, tokenOf, until } from './support/key-server.mjs';

const ENTRY = fileURLToPath(new URL('support/scale-worker.mjs', import.meta.url));
const LIMIT = { timeout: 120_000 };

/** @type {(() => Promise<unknown>)[]} */
let ends = [];
afterEach(async () => {
  await Promise.all([endAll(), ...ends.map((end) => end())]);
  ends = [];
});

/** What a key server does with a request: it is told its number, from 1. @typedef {Parameters<typeof serve>[0]} Answer */
/** @typedef {import('./support/key-server.mjs').Outgoing} Outgoing */

/** @param {...string} kids @returns {Answer} */
const publishes =
  (...kids) =>
  (response) =>
    publish(response, ...kids);
/** @param {number} status @param {Record<string, string>} [headers] @returns {Answer} */
const fails = (status, headers) => (response) => void response.writeHead(status, headers).end();
/** @type {Answer} */
const hangs = () => {};

/**
 * A Worker and its key server.
 * @param {Answer} answer
 * @param {import('bixarena-auth-client/edge').JwksCacheOptions} [cache]
 */
async function setUp(answer, cache = {}) {
  const keys = Object.assign(await serve((response, number) => keys.answer(response, number)), { answer });
  const worker = await startWorkerd({ entry: ENTRY, bindings: { JWKS_URL: keys.url, JWKS_CACHE: cache } });
  ends.push(worker.stop);
  /** @param {string} token @param {AbortSignal} [signal] */
  const ask = async (token, signal = AbortSignal.timeout(60_000)) => {
    const response = await fetch(worker.url, { headers: { authorization: `Bearer ${token}` }, signal });
    const { sub, code } = await response.json();
    return { status: response.status, sub, code, retryAfter: response.headers.get('retry-after') };
  };
  /** @param {number} seconds */
  const advance = async (seconds) => void (await (await fetch(`${worker.url}/advance?seconds=${seconds}`)).text());
  return { keys, ask, advance };
}

const ok = (sub = 'somebody') => ({ status: 200, sub, code: undefined, retryAfter: null });
const unknownKey = { status: 401, sub: undefined, code: 'key_not_found', retryAfter: null };

/** @param {{ status: number, code: string, retryAfter: string | null }} answer */
function assertUnavailable({ status, code, retryAfter }) {
  assert.deepEqual([status, code], [503, 'jwks_unavailable']);
  assert.match(retryAfter ?? 'no Retry-After', /^[1-9]\d*$/);
}

/**
 * So many requests, a hundred at a time.
 * @template T
 * @param {number} count
 * @param {(at: number) => Promise<T>} send
 */
async function flood(count, send) {
  /** @type {T[]} */
  const answers = [];
  let next = 0;
  const lane = async () => {
    while (next < count) answers.push(await send(next++));
  };
  await Promise.all(Array.from({ length: 100 }, lane));
  return answers;
}

/** The distinct ones. @param {unknown[]} answers */
const kinds = (answers) =>
  [...new Set(answers.map((answer) => JSON.stringify(answer)))].map((text) => JSON.parse(text));
const asJson = (/** @type {unknown} */ value) => JSON.parse(JSON.stringify(value));

describe('10 000 tokens with unknown keys', LIMIT, () => {
  it('cause one fetch a cooldown, and known tokens are served all the while', async () => {
    const { keys, ask, advance } = await setUp(publishes('rsa-1'), { timeout: 60 });
    assert.deepEqual(await ask(tokenOf('rsa-1')), ok());
    for (const fetches of [2, 3]) {
      await advance(30);
      /** @type {Outgoing | undefined} */
      let held;
      keys.answer = (response) => void (held = response);
      const strangers = flood(5_000, () => ask(strangerToken()));
      await until(() => held !== undefined);
      // The fetch lasts until they have been answered: known tokens do not wait for it.
      const known = await flood(200, (at) => ask(tokenOf('rsa-1', `user-${at % 50}`)));
      assert.deepEqual([...new Set(known.map(({ status }) => status))], [200]);
      publishes('rsa-1')(/** @type {any} */ (held), fetches);
      assert.deepEqual(kinds(await strangers), [asJson(unknownKey)]);
      assert.deepEqual(await ask(tokenOf('rsa-1', 'later')), ok('later'));
      assert.equal(keys.count(), fetches);
    }
  });
});

describe('a service that is down', LIMIT, () => {
  it('for longer than the lifetime is not missed until the stale limit, then 503 says when to retry', async () => {
    const { keys, ask, advance } = await setUp(publishes('rsa-1'));
    assert.deepEqual(await ask(tokenOf('rsa-1')), ok());
    keys.answer = fails(503);
    // At 601, 1201, 2401 and 3590 seconds after the set came.
    for (const seconds of [601, 600, 1200, 1189]) {
      await advance(seconds);
      assert.deepEqual(kinds(await flood(20, (at) => ask(tokenOf('rsa-1', `user-${at}`)))).length, 20);
      assert.deepEqual(await ask(tokenOf('rsa-1')), ok());
    }
    await advance(11);
    assertUnavailable(await ask(tokenOf('rsa-1')));
    const before = keys.count();
    for (const answer of await flood(300, () => ask(tokenOf('rsa-1')))) assertUnavailable(answer);
    assert.equal(keys.count(), before, 'nobody asks before the time that Retry-After says');
    keys.answer = publishes('rsa-1');
    await advance(30);
    assert.deepEqual(await ask(tokenOf('rsa-1')), ok());
  });

  it('and says for how long: the guarded route says the same', async () => {
    const { keys, ask, advance } = await setUp(fails(429, { 'retry-after': '50' }));
    const refused = { status: 503, sub: undefined, code: 'jwks_unavailable' };
    assert.deepEqual(await ask(tokenOf('rsa-1')), { ...refused, retryAfter: '50' });
    await advance(20);
    const { retryAfter, ...rest } = await ask(tokenOf('rsa-1'));
    assert.deepEqual(rest, refused);
    assert.ok(Number(retryAfter) > 20 && Number(retryAfter) <= 30, `Retry-After: ${retryAfter}`);
    assert.equal(keys.count(), 1);
    keys.answer = publishes('rsa-1');
    await advance(30);
    assert.deepEqual(await ask(tokenOf('rsa-1')), ok());
  });
});

describe('a service that hangs', LIMIT, () => {
  it('on a cold start: everybody is answered, with three fetches at most', async () => {
    const { keys, ask } = await setUp(hangs, { timeout: 1 });
    for (const answer of await flood(300, () => ask(tokenOf('rsa-1')))) assertUnavailable(answer);
    assert.ok(keys.count() <= 3, `${keys.count()} fetches`);
  });

  it('with an old set at hand: everybody is served', async () => {
    const { keys, ask, advance } = await setUp(publishes('rsa-1'), { timeout: 1 });
    assert.deepEqual(await ask(tokenOf('rsa-1')), ok());
    keys.answer = hangs;
    await advance(1201);
    const answers = await flood(100, (at) => ask(tokenOf('rsa-1', `user-${at % 30}`)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.ok(keys.count() <= 4, `${keys.count()} fetches`);
  });
});

describe('new keys', LIMIT, () => {
  it('beside the old one are taken within the cooldown, and the old one stays', async () => {
    const { keys, ask, advance } = await setUp(publishes('rsa-1'));
    assert.deepEqual(await ask(tokenOf('rsa-1')), ok());
    keys.answer = publishes('rsa-2', 'rsa-1');
    assert.deepEqual(await ask(tokenOf('rsa-2')), unknownKey);
    await advance(30);
    assert.deepEqual(kinds(await flood(100, () => ask(tokenOf('rsa-2')))), [asJson(ok())]);
    assert.deepEqual(await ask(tokenOf('rsa-1')), ok());
    assert.equal(keys.count(), 2);
  });

  it('in place of all others, as after a restart, are taken with the first new token after the cooldown', async () => {
    const { keys, ask, advance } = await setUp(publishes('rsa-1'));
    const old = tokenOf('rsa-1');
    for (let round = 0; round < 3; round += 1) assert.deepEqual(await ask(old), ok());
    keys.answer = publishes('rsa-2');
    await advance(30);
    assert.deepEqual(await ask(old), ok(), 'nothing has said yet that its key is gone');
    assert.deepEqual(await ask(tokenOf('rsa-2')), ok());
    assert.deepEqual(await ask(old), unknownKey, 'also from the repeat cache');
    assert.equal(keys.count(), 2);
  });
});

describe('a client that leaves while its request fetches the key set', LIMIT, () => {
  it('takes nobody with it: those who came after it are served', async () => {
    const { keys, ask } = await setUp((response, number) => void (number > 1 && publishes('rsa-1')(response, number)), {
      timeout: 1.5,
    });
    const leaver = new AbortController();
    const left = ask(tokenOf('rsa-1'), leaver.signal).catch(() => 'left');
    await until(() => keys.count() === 1);
    const others = flood(100, (at) => ask(tokenOf('rsa-1', `user-${at % 30}`)));
    leaver.abort();
    assert.equal(await left, 'left');
    assert.deepEqual([...new Set((await others).map(({ status }) => status))], [200]);
    assert.ok(keys.count() >= 2 && keys.count() <= 3, `${keys.count()} fetches`);
  });
});
