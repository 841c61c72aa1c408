// @ts-check
// How often the service is asked, and what its faults are called. Counted at the service.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { call, create, heard, setUpSession, start, status, until } from './support/session-page.mjs';

const set = setUpSession();

describe('requests', () => {
  it('a thousand callers at once cost one', async () => {
    await set.haveSession('maya');
    const tab = await set.openTab();
    await create(tab);
    const distinct = await tab.evaluate(async () => {
      const { client } = /** @type {any} */ (globalThis).page;
      const tokens = await Promise.all(Array.from({ length: 1_000 }, () => client.getToken()));
      return new Set(tokens).size;
    });
    assert.equal(distinct, 1);
    const { token, jwks } = await set.counts();
    assert.deepEqual({ token, jwks }, { token: 1, jwks: 1 });
  });

  it('of five tabs at once come one after the other', async () => {
    await set.haveSession('maya');
    const tabs = await Promise.all(Array.from({ length: 5 }, () => set.openTab()));
    await Promise.all(tabs.map((tab) => create(tab)));
    await set
      .control()
      .addFault({ operation: 'token', kind: 'respond', status: 429, headers: { 'retry-after': '60' } });
    const answers = await Promise.all(tabs.map((tab) => call(tab, 'getToken')));
    assert.deepEqual(
      answers.map(({ code }) => code),
      Array(5).fill('rate_limited'),
    );
    assert.equal((await set.counts()).token, 1, 'the first was told to wait, and so were all');
    assert.ok(
      answers.every(({ retryAfter }) => retryAfter && retryAfter > 50 && retryAfter <= 61),
      JSON.stringify(answers),
    );
  });

  it('go on when a tab dies in the middle of its own', async () => {
    await set.haveSession('maya');
    const [dying, living] = [await set.openTab(), await set.openTab()];
    await create(dying);
    await create(living);
    await set.control().addFault({ operation: 'token', kind: 'hold' });
    void call(dying, 'getToken').catch(() => {});
    await until(async () => (await set.counts()).token === 1, 'the first request is under way');
    await dying.close();
    assert.equal(typeof (await call(living, 'getToken')).value, 'string');
  });

  it('go on when a tab keeps its own for ever', async () => {
    await set.haveSession('maya');
    const [frozen, living] = [await set.openTab(), await set.openTab()];
    await create(frozen, { timeout: 60_000 });
    await create(living);
    await set.control().addFault({ operation: 'token', kind: 'hold' });
    void call(frozen, 'getToken').catch(() => {});
    await until(async () => (await set.counts()).token === 1, 'the first request is under way');
    assert.equal(typeof (await call(living, 'getToken')).value, 'string', 'the lock is advisory');
    await set.control().release('token');
  });

  it('keep no lock once their answer is there', async () => {
    await set.haveSession('maya');
    const tab = await set.startTab();
    await call(tab, 'getToken', { forceRefresh: true });
    const locks = () => tab.evaluate(async () => (await navigator.locks.query()).held?.length);
    await until(async () => (await locks()) === 0, 'the lock is given back');
  });

  it('that one caller gives up go on for the others', async () => {
    await set.haveSession('maya');
    const tab = await set.openTab();
    await create(tab);
    await set.control().addFault({ operation: 'token', kind: 'hold' });
    const both = tab.evaluate(async () => {
      const { client, outcome } = /** @type {any} */ (globalThis).page;
      const controller = new AbortController();
      const given = outcome(client.getToken({ signal: controller.signal }));
      const kept = outcome(client.getToken());
      controller.abort();
      return [await given, typeof (await kept).value];
    });
    await until(async () => (await set.counts()).token === 1, 'the request is under way');
    await set.control().release('token');
    const [given, kept] = await both;
    assert.equal(given.code, 'aborted');
    assert.equal(kept, 'string');
    assert.equal((await set.counts()).token, 1);
  });
});

describe('a limit', () => {
  for (const [title, header, expected] of /** @type {const} */ ([
    ['in seconds', () => '30', 30],
    ['as a date', () => new Date(Date.now() + 30_000).toUTCString(), 30],
    ['without a number', () => undefined, undefined],
  ])) {
    it(`${title} is kept until it is over`, async () => {
      await set.haveSession('maya');
      const tab = await set.openTab();
      await create(tab);
      const value = header();
      const headers = value === undefined ? {} : { 'retry-after': value };
      await set.control().addFault({ operation: 'token', kind: 'respond', status: 429, headers });
      const first = await call(tab, 'getToken');
      assert.equal(first.code, 'rate_limited');
      if (expected) assert.ok(Math.abs((first.retryAfter ?? 0) - expected) <= 1, `${first.retryAfter}`);
      if (expected) assert.equal((await call(tab, 'getToken', { forceRefresh: true })).code, 'rate_limited');
      assert.equal((await set.counts()).token, 1);
    });
  }

  it('does not take a valid token away', async () => {
    await set.haveSession('maya');
    const tab = await set.startTab();
    const headers = { 'retry-after': '30' };
    await set.control().addFault({ operation: 'token', kind: 'respond', status: 429, headers, times: null });
    assert.equal((await call(tab, 'getToken', { forceRefresh: true })).code, 'rate_limited');
    assert.equal(typeof (await call(tab, 'getToken')).value, 'string');
    assert.equal(await status(tab), 'authenticated');
    assert.equal((await set.counts()).token, 2);
  });
});

describe('a fault', () => {
  for (const [fault, code] of /** @type {const} */ ([
    [{ kind: 'respond', status: 503 }, 'service_unavailable'],
    [{ kind: 'respond', status: 404 }, 'response_invalid'],
    // The apex answers for a service that has gone.
    [{ kind: 'drop' }, 'service_unavailable'],
    [{ kind: 'hang' }, 'timeout'],
    [{ kind: 'stall' }, 'timeout'],
    [{ kind: 'reset' }, 'network_error'],
    [{ kind: 'html' }, 'response_invalid'],
    [{ kind: 'truncated' }, 'response_invalid'],
    [{ kind: 'content-type' }, 'response_invalid'],
    [{ kind: 'redirect', location: '/elsewhere' }, 'response_invalid'],
    [{ kind: 'huge' }, 'response_invalid'],
    [{ kind: 'tampered-signature' }, 'signature_invalid'],
    [{ kind: 'claims', claims: { iss: 'urn:evil' } }, 'issuer_mismatch'],
    [{ kind: 'unpublished-key' }, 'key_not_found'],
  ])) {
    it(`(${fault.kind}${'status' in fault ? ` ${fault.status}` : ''}) is ${code}, and no sign-out`, async () => {
      await set.haveSession('maya');
      const tab = await set.startTab({ timeout: 3_000 });
      await set.control().addFault({ operation: 'token', times: null, ...fault });
      assert.equal((await call(tab, 'getToken', { forceRefresh: true })).code, code);
      assert.equal(await status(tab), 'authenticated');
      assert.equal(typeof (await call(tab, 'getToken')).value, 'string', 'the token of before is still good');
      await set.control().release();
      // The same where nothing is known yet.
      const fresh = await set.openTab();
      await start(fresh, { timeout: 3_000 });
      const state = await fresh.evaluate(() => {
        const { state } = /** @type {any} */ (globalThis).page.client;
        return { status: state.status, code: state.error?.code };
      });
      assert.deepEqual(state, { status: 'unknown', code });
    });
  }

  it('of the keys is not noticed: the service was restarted', async () => {
    await set.haveSession('maya');
    const tab = await set.startTab();
    await set.control().restartKeys();
    assert.equal(typeof (await call(tab, 'getToken', { forceRefresh: true })).value, 'string');
    assert.deepEqual(
      (await heard(tab)).filter(({ type }) => type === 'error'),
      [],
    );
  });

  it('of the keys is healed by another token: a replica answered that nobody knows', async () => {
    await set.haveSession('maya');
    const tab = await set.openTab();
    await create(tab);
    await set.control().addFault({ operation: 'token', kind: 'unpublished-key' });
    assert.equal(typeof (await call(tab, 'getToken')).value, 'string');
    assert.equal((await set.counts()).token, 2);
    assert.deepEqual(
      (await heard(tab)).filter(({ type }) => type === 'error'),
      [],
    );
  });
});
