// @ts-check
// What tabs of one browser know of each other, and how they share the service.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { events, go, openPages, shows, start } from './support/pages.mjs';

/** @type {import('./support/pages.mjs').Pages} */
let pages;

before(async () => {
  pages = await openPages();
});
beforeEach(() => pages.fresh());
after(() => pages.close());

const tokens = async () => (await pages.stack.control.counts()).token;

/** Up to the callback page, which is left alone. @param {import('./support/pages.mjs').Page} page */
async function comeBack(page) {
  await page.evaluate(`open({}).then(() => void client.login({ returnTo: '/battle' }).catch(() => {}))`);
  await page.click('button[value=maya]');
  await page.waitForURL('**/callback?*');
  await page.waitForFunction('window.ready');
  return page.url();
}

describe('tabs', () => {
  it('hear of a sign-in and a sign-out in another one', async (test) => {
    const [first, second] = [await pages.tab(), await pages.tab()];
    await start(second);
    await shows(second, 'anonymous');
    await comeBack(first);
    await first.evaluate('open({}).then(() => client.handleCallback())');
    await shows(second, 'authenticated');
    assert.ok((await events(second)).some(({ type, cause }) => type === 'signed_in' && cause === 'other_tab'));
    assert.ok((await events(first)).some(({ type, cause }) => type === 'signed_in' && cause === 'login'));

    await first.evaluate('client.logout().then(() => void (window.ended = Date.now()))');
    await shows(second, 'anonymous');
    const heard = (await events(second)).find(({ type }) => type === 'signed_out');
    test.diagnostic(`a sign-out reached the other tab after ${heard.at - Number(await first.evaluate('ended'))} ms`);
  });

  it('hear of another user, and give nothing of the old one', async () => {
    await pages.signIn('maya');
    const [first, second] = [await pages.tab(), await pages.tab()];
    await start(first);
    await start(second);
    const before = await second.evaluate('client.state.claims.sub');
    await pages.signIn('jonas');
    await first.evaluate('client.getToken({ forceRefresh: true }).catch(() => {})');
    // The first noticed by itself; a tab is told by a sign-in, here in place of one.
    await first.evaluate(`new BroadcastChannel('bixarena-auth-client ').postMessage(2)`);
    await second.waitForFunction(`client.state.claims?.sub !== undefined && client.state.claims.sub !== '${before}'`);
    const types = (await events(second)).map(({ type, status }) => `${type} ${status}`);
    assert.ok(types.includes('state unknown') && types.includes('user_changed authenticated'), types.join());
  });

  it('believe no message: forged ones, huge ones and nonsense change nothing', async () => {
    await pages.signIn('maya');
    const [page, forger] = [await pages.tab(), await pages.tab()];
    await start(page);
    const before = await tokens();
    await forger.evaluate(`{
      const channel = new BroadcastChannel('bixarena-auth-client ');
      for (const message of ['1', null, {}, [], 3, -1, 0.5, NaN, '{"type":"signed_out"}', 'x'.repeat(1e7), new Uint8Array(1e7), { token: 'a.b.c' }]) {
        channel.postMessage(message);
      }
      channel.postMessage('last');
    }`);
    // A message is heard by every channel of the page, in turn.
    assert.equal(await page.evaluate('client.getToken().then(() => client.state.status)'), 'authenticated');
    assert.equal(await tokens(), before, 'nonsense causes no request');
    await forger.evaluate(`{
      const channel = new BroadcastChannel('bixarena-auth-client ');
      for (let i = 0; i < 1000; i++) channel.postMessage(i % 3);
    }`);
    await page.waitForFunction(`events.some(({ type }) => type === 'token')`);
    assert.equal(await page.evaluate('client.state.status'), 'authenticated');
    assert.ok((await tokens()) - before <= 2, 'a thousand lies cause a look or two');
  });

  it('without crossTab hear nothing', async () => {
    const [first, second] = [await pages.tab(), await pages.tab()];
    await start(second, { crossTab: false });
    await pages.signIn('maya');
    await start(first);
    await first.evaluate('client.logout()');
    assert.equal((await events(second)).length, 1);
    assert.equal(await tokens(), 2);
  });

  it('ask once each, however many callers there are', async (test) => {
    await pages.signIn('maya');
    const tabs = await Promise.all(Array.from({ length: 5 }, () => pages.tab()));
    const thousand = `open({}).then(() => Promise.all(Array.from({ length: 1000 }, () => client.getToken()))).then((all) => new Set(all).size)`;
    assert.deepEqual(await Promise.all(tabs.map((page) => page.evaluate(thousand))), [1, 1, 1, 1, 1]);
    const count = await tokens();
    test.diagnostic(`${count} requests for 5 tabs with 1000 callers each`);
    assert.equal(count, 5);
  });

  it('keep to a rate limit that one of them was told', async () => {
    await pages.signIn('maya');
    const headers = { 'retry-after': '60' };
    await pages.stack.control.addFault({ operation: 'token', kind: 'respond', status: 429, headers });
    const [first, second] = [await pages.tab(), await pages.tab()];
    await start(first);
    await start(second);
    for (const page of [first, second, await pages.tab()]) {
      const { code, retryAfter } = /** @type {any} */ (
        await page.evaluate(`(window.client ? Promise.resolve() : open({}))
          .then(() => client.getToken({ forceRefresh: true })).catch(({ code, retryAfter }) => ({ code, retryAfter }))`)
      );
      assert.equal(code, 'rate_limited');
      assert.ok(retryAfter > 0 && retryAfter <= 61, String(retryAfter));
    }
    assert.equal(await tokens(), 1);
  });

  it('survive one that holds the lock for ever', async () => {
    await pages.signIn('maya');
    const [holder, page] = [await pages.tab(), await pages.tab()];
    await holder.evaluate(`void navigator.locks.request('bixarena-auth-client  token', () => new Promise(() => {}))`);
    await holder.waitForFunction(`navigator.locks.query().then(({ held }) => held.length === 1)`);
    await start(page);
    await shows(page, 'authenticated');
    assert.equal(await page.evaluate('code(client.getToken({ forceRefresh: true }))'), 'fulfilled');
    const { held } = /** @type {any} */ (await holder.evaluate('navigator.locks.query()'));
    assert.equal(held.length, 1, 'it was not stolen');
  });
});

describe('a callback', () => {
  const finish = `open({}).then(() => client.handleCallback()).then(({ returnTo }) => returnTo)`;
  const callbacks = async () => (await pages.stack.control.counts()).callback;

  it('is sent once by two tabs, by a framework that mounts twice, after a reload, and from a bookmark', async () => {
    const first = await pages.tab();
    const address = await comeBack(first);
    const second = await pages.tab('');
    await go(second, address);
    const twice = `open({}).then(() => Promise.all([client.handleCallback(), client.handleCallback()])).then(([{ returnTo }]) => returnTo)`;
    // The second tab looks while the service is still at work for the first.
    await pages.stack.control.addFault({ operation: 'callback', kind: 'delay', ms: 500, when: 'before' });
    const sent = first.waitForRequest('**/auth/oidc/callback?*');
    const both = [first.evaluate(twice), sent.then(() => second.evaluate(finish))];
    assert.deepEqual(await Promise.all(both), ['/battle', '/']);
    assert.equal(await callbacks(), 1);
    assert.equal(new URL(first.url()).search, '');
    for (const page of [first, second]) {
      await go(page, address);
      assert.equal(await page.evaluate(finish), '/');
      assert.equal(await page.evaluate('client.state.status'), 'authenticated');
    }
    assert.equal(await callbacks(), 1);
    // A bookmark without a session is no sign-in.
    await first.evaluate('client.logout()');
    await go(first, address);
    assert.equal(await first.evaluate('open({}).then(() => code(client.handleCallback()))'), 'callback_invalid');
    assert.equal(await callbacks(), 1);
  });
});
