// @ts-check
// The callback page may be met twice: one request for each code, and whoever has a session is signed in.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { call, create, heard, loaded, setUpSession, start, status, sub, until } from './support/session-page.mjs';

const set = setUpSession();

/**
 * Signs in as far as the callback page, where no client has been made yet.
 * @param {string} [account]
 */
async function reachCallback(account = 'maya', returnTo = '/battle') {
  const tab = await set.openTab();
  await create(tab);
  await tab.evaluate((returnTo) => {
    void (/** @type {any} */ (globalThis).page.client.login({ returnTo }).catch(() => {}));
  }, returnTo);
  await tab.click(`button[value=${account}]`);
  await tab.waitForURL(/\/callback\?/);
  await loaded(tab);
  return { tab, address: tab.url() };
}

describe('a callback', () => {
  it('is cleaned out of the address at once; the rest stays', async () => {
    const { tab, address } = await reachCallback();
    await tab.goto(`${address}&tab=2#top`);
    await loaded(tab);
    await create(tab);
    const place = await tab.evaluate(() => {
      void (/** @type {any} */ (globalThis).page.client.handleCallback());
      return location.pathname + location.search + location.hash;
    });
    assert.equal(place, '/callback?tab=2#top');
    await until(async () => (await status(tab)) === 'authenticated', 'signed in');
  });

  it('of a page that mounts twice costs one request', async () => {
    const { tab } = await reachCallback();
    await create(tab);
    const [first, second] = await tab.evaluate(async () => {
      const { client } = /** @type {any} */ (globalThis).page;
      return Promise.all([client.handleCallback(), client.handleCallback()]);
    });
    assert.equal(first.claims.sub, set.subOf('maya'));
    assert.deepEqual(second, first);
    assert.equal(first.returnTo, '/battle');
    assert.equal((await set.counts()).callback, 1);
  });

  it('that is loaded again, gone back to, or bookmarked costs no second request', async () => {
    const { tab, address } = await reachCallback();
    await create(tab);
    await call(tab, 'handleCallback');
    for (const again of [() => tab.goto(address), () => tab.goto('/elsewhere').catch(() => tab.goto(address))]) {
      await again();
      await tab.goto(address);
      await loaded(tab);
      await create(tab);
      const { value } = await call(tab, 'handleCallback');
      assert.equal(value?.claims.sub, set.subOf('maya'));
    }
    const other = await set.openTab(address);
    await create(other);
    assert.equal((await call(other, 'handleCallback')).value?.claims.sub, set.subOf('maya'));
    assert.equal((await set.counts()).callback, 1);
  });

  it('in two tabs at once costs one request, and both are signed in', async () => {
    const { tab, address } = await reachCallback();
    const other = await set.openTab(address);
    await create(tab);
    await create(other);
    const results = await Promise.all([call(tab, 'handleCallback'), call(other, 'handleCallback')]);
    assert.deepEqual(
      results.map(({ value }) => value?.claims.sub),
      Array(2).fill(set.subOf('maya')),
    );
    assert.equal((await set.counts()).callback, 1);
  });

  it('that was used, without a session, is refused and sent nowhere', async () => {
    const { tab, address } = await reachCallback();
    await create(tab);
    await call(tab, 'handleCallback');
    await call(tab, 'logout');
    await tab.goto(address);
    await loaded(tab);
    await create(tab);
    assert.equal((await call(tab, 'handleCallback')).code, 'callback_invalid');
    assert.equal((await set.counts()).callback, 1);
    assert.equal(await status(tab), 'anonymous');
  });

  it('with a refusal of the provider says so in its words', async () => {
    const tab = await set.openTab('/callback?error=access_denied&error_description=not%20today&state=s');
    await create(tab);
    const { code, reason } = await call(tab, 'handleCallback');
    assert.deepEqual([code, reason], ['login_denied', 'access_denied']);
    assert.equal((await set.counts()).callback, 0);
  });

  it('with a state of nobody is refused, with the reason', async () => {
    const tab = await set.openTab('/callback?code=c&state=nobodys');
    await create(tab);
    const { code, reason } = await call(tab, 'handleCallback');
    assert.equal(code, 'callback_rejected');
    assert.ok(reason, 'the reason');
  });

  it('of another user takes the place of the first', async () => {
    await set.haveSession('maya');
    const { tab } = await reachCallback('jonas');
    await create(tab);
    const both = await tab.evaluate(async () => {
      const { client, outcome } = /** @type {any} */ (globalThis).page;
      await client.start();
      const queued = outcome(client.getToken({ forceRefresh: true }));
      return [await outcome(client.handleCallback()), await queued];
    });
    assert.equal(both[0].value?.claims.sub, set.subOf('jonas'));
    assert.equal(await sub(tab), set.subOf('jonas'));
    assert.equal((await set.counts()).callback, 1);
  });
});

describe('a service callback', () => {
  it('is a login once; after a reload the session is one that was there', async () => {
    await set.control().setCallback('service');
    const tab = await set.openTab();
    await create(tab);
    await tab.evaluate(() => void (/** @type {any} */ (globalThis).page.client.login().catch(() => {})));
    await tab.click('button[value=maya]');
    await tab.waitForURL(set.stack().appUrl + '/');
    await set.control().setCallback('page');
    for (const cause of ['login', 'restored']) {
      await loaded(tab);
      await start(tab);
      assert.deepEqual(
        (await heard(tab)).filter(({ type }) => type === 'signed_in').map((event) => event.cause),
        [cause],
      );
      await tab.reload();
    }
  });
});

describe('a login', () => {
  it('that is begun twice navigates once', async () => {
    const tab = await set.openTab();
    await create(tab);
    await tab.evaluate(() => {
      const { client } = /** @type {any} */ (globalThis).page;
      void client.login().catch(() => {});
      void client.login().catch(() => {});
    });
    await tab.waitForSelector('button[value=maya]');
    assert.equal((await set.counts()).start, 1);
  });

  it('that the service does not start says so, and may be tried again', async () => {
    const tab = await set.openTab();
    await tab.clock.install();
    await tab.reload();
    await loaded(tab);
    await create(tab);
    await set.control().setStartStatus(204);
    const first = call(tab, 'login');
    await until(async () => (await set.counts()).start === 1, 'the service was asked');
    await tab.clock.fastForward(11_000);
    assert.equal((await first).code, 'login_not_started');
    await set.control().setStartStatus(302);
    await tab.evaluate(() => void (/** @type {any} */ (globalThis).page.client.login().catch(() => {})));
    await tab.waitForSelector('button[value=maya]');
  });
});
