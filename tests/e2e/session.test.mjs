// @ts-check
// One tab through sleep, wrong clocks, hidden hours, navigation that fails, and its end.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { events, openPages, shows, start } from './support/pages.mjs';

/** @typedef {import('./support/pages.mjs').Page} Page */
/** @type {import('./support/pages.mjs').Pages} */
let pages;

before(async () => {
  pages = await openPages();
});
beforeEach(() => pages.fresh());
after(() => pages.close());

const tokens = async () => (await pages.stack.control.counts()).token;

/**
 * Time passes, here and at the service.
 * @param {Page} page @param {number} seconds since the beginning @param {number} [before] what has passed already
 */
async function pass(page, seconds, before = 0) {
  await pages.stack.control.setClockOffset(seconds);
  await page.clock.fastForward((seconds - before) * 1e3);
}

/** A page whose time only passes when it is told to. */
async function still() {
  const page = await pages.tab('');
  await page.clock.install({ time: Date.now() });
  await page.goto(pages.stack.appUrl);
  await page.waitForFunction('window.ready');
  return page;
}

/** @param {Page} page @param {'visible' | 'hidden'} how */
const be = (page, how) =>
  page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { value: '${how}', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  `);

/** Everything has happened that needs no time. @param {Page} page */
const settle = (page) =>
  page.evaluate(
    'new Promise((done) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = done; port2.postMessage(0); })',
  );

/** @param {Page} page */
const isRenewed = (page) => page.waitForFunction(`events.some(({ type }) => type === 'token')`);

describe('a token', () => {
  it('is renewed before it expires, without being asked for', async () => {
    await pages.signIn('maya');
    const page = await still();
    await start(page);
    await page.evaluate('window.before = client.state');
    await pass(page, 500);
    await settle(page);
    assert.equal(await tokens(), 1);
    await pass(page, 545, 500);
    await isRenewed(page);
    assert.equal(await tokens(), 2);
    assert.ok(await page.evaluate('before === client.state'), 'a renewal alone changes nothing that a UI shows');
  });

  it('of a hidden page waits until it is shown', async () => {
    await pages.signIn('maya');
    const page = await still();
    await start(page);
    await be(page, 'hidden');
    await pass(page, 590);
    await settle(page);
    assert.equal(await tokens(), 1);
    await be(page, 'visible');
    await isRenewed(page);
    assert.equal(await tokens(), 2);
  });

  it('is looked at when there is a network again', async () => {
    await pages.signIn('maya');
    await pages.stack.control.addFault({ operation: 'token', kind: 'respond', status: 503, times: 3 });
    const page = await still();
    for (let i = 0; i < 3; i++) await start(page);
    assert.equal(await page.evaluate('client.state.error.code'), 'service_unavailable');
    await page.evaluate(`dispatchEvent(new Event('online'))`);
    await shows(page, 'authenticated');
  });

  it('on demand is asked for by nobody but the caller', async () => {
    await pages.signIn('maya');
    const page = await still();
    await start(page, { renew: 'on-demand' });
    await pass(page, 3600);
    await be(page, 'hidden');
    await be(page, 'visible');
    await settle(page);
    assert.equal(await tokens(), 1);
    assert.equal(await page.evaluate('code(client.getToken())'), 'fulfilled');
    assert.equal(await tokens(), 2);
  });
});

describe('a clock', () => {
  for (const hours of [-1, 1]) {
    it(`that is ${hours} h off does no harm, and is told of`, async () => {
      await pages.signIn('maya');
      const page = await pages.tab('');
      await page.addInitScript(`{
        const now = Date.now;
        Date.now = () => now() + ${hours} * 3600e3;
      }`);
      await page.goto(pages.stack.appUrl);
      await page.waitForFunction('window.ready');
      await start(page);
      assert.equal(await page.evaluate('client.state.status'), 'authenticated');
      const token = await page.evaluate('client.getToken()');
      assert.equal(
        await page.evaluate(`client.verify('${token}').then(({ claims }) => claims.sub === client.state.claims.sub)`),
        true,
      );
      const skews = (await events(page)).filter(({ type }) => type === 'clock_skew');
      assert.equal(skews.length, 1);
      assert.ok(Math.abs(skews[0].skew - hours * 3600) <= 5, String(skews[0].skew));
    });
  }

  it('that is set in mid-session does no harm', async () => {
    await pages.signIn('maya');
    const page = await pages.tab();
    await start(page);
    await page.evaluate('{ const now = Date.now; Date.now = () => now() + 3600e3; }');
    assert.equal(await page.evaluate('code(client.getToken())'), 'fulfilled');
    assert.equal(await page.evaluate('client.state.status'), 'authenticated');
    assert.equal(await tokens(), 2, 'it may have been a sleep');
    assert.ok((await events(page)).some(({ type }) => type === 'clock_skew'));
  });
});

describe('a sign-in', () => {
  it('that does not leave the page is not started, and can be tried again', async () => {
    await pages.stack.control.setStartStatus(204);
    const page = await still();
    await page.evaluate(
      'open({}).then(() => { window.login = code(client.login()); window.again = code(client.login()); })',
    );
    await settle(page);
    await page.clock.fastForward(11_000);
    assert.deepEqual(await page.evaluate('Promise.all([login, again])'), ['login_not_started', 'login_not_started']);
    assert.equal((await pages.stack.control.counts()).start, 1);
    await page.evaluate('void (window.login = code(client.login()))');
    await be(page, 'hidden');
    await page.clock.fastForward(11_000);
    await settle(page);
    // Where nobody looks, the page may be slow to leave.
    assert.equal(
      await page.evaluate(`Promise.race([login, new Promise((done) => queueMicrotask(() => done('open')))])`),
      'open',
    );
    await be(page, 'visible');
    await page.clock.fastForward(11_000);
    assert.equal(await page.evaluate('login'), 'login_not_started');
  });

  it('can begin again on a page that came back', async () => {
    await pages.stack.control.setStartStatus(204);
    const page = await pages.tab();
    await start(page);
    // The service's answer sets a cookie: it must not come after the one of the sign-in below.
    const answer = page.waitForResponse('**/auth/oidc/start*');
    await page.evaluate('void (window.login = code(client.login()))');
    await answer;
    await page.evaluate(`dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))`);
    await pages.signIn('maya');
    await page.evaluate(`dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`);
    assert.equal(await page.evaluate('login'), 'aborted');
    // Somebody signed in meanwhile, in this tab, on another page.
    await shows(page, 'authenticated');
    await page.evaluate('void client.login().catch(() => {})');
    await page.waitForResponse('**/auth/oidc/start').catch(() => {});
  });
});

describe('a client', () => {
  it('leaves nothing behind: a thousand are made and disposed of', async (test) => {
    await pages.signIn('maya');
    const page = await pages.tab('');
    await page.addInitScript(`{
      const count = (window.count = { listeners: 0, channels: 0, timers: new Set() });
      const { addEventListener, removeEventListener } = EventTarget.prototype;
      EventTarget.prototype.addEventListener = function (...args) { if (this === window || this === document) count.listeners++; return addEventListener.apply(this, args); };
      EventTarget.prototype.removeEventListener = function (...args) { if (this === window || this === document) count.listeners--; return removeEventListener.apply(this, args); };
      const Channel = BroadcastChannel;
      window.BroadcastChannel = class extends Channel { constructor(name) { super(name); count.channels++; } close() { super.close(); count.channels--; } };
      const { setTimeout, clearTimeout } = window;
      window.setTimeout = (run, pause) => { const id = setTimeout(() => { count.timers.delete(id); run(); }, pause); count.timers.add(id); return id; };
      window.clearTimeout = (id) => { count.timers.delete(id); clearTimeout(id); };
    }`);
    await page.goto(pages.stack.appUrl);
    await page.waitForFunction('window.ready');
    const session = await page.context().newCDPSession(page);
    const heap = async () => {
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
      return usedSize + backingStorageSize;
    };
    const cycles = (/** @type {number} */ times) =>
      page.evaluate(`(async () => {
        for (let i = 0; i < ${times}; i++) {
          const client = await auth.AuthClient.create();
          client.subscribe(() => {});
          if (i % 50 === 0) await client.start();
          else client.getToken().catch(() => {});
          client.dispose();
        }
        await new Promise((done) => requestIdleCallback(done));
        return { ...count, timers: count.timers.size };
      })()`);
    await cycles(1);
    const none = await cycles(0);
    assert.equal(none.channels + none.timers, 0);
    assert.deepEqual(await cycles(200), none);
    const before = await heap();
    assert.deepEqual(await cycles(1_000), none);
    const grown = (await heap()) - before;
    test.diagnostic(`the heap grew by ${Math.round(grown / 1024)} kB over 1000 clients`);
    assert.ok(grown < 300_000, `${grown} octets`);
    const { held, pending } = /** @type {any} */ (await page.evaluate('navigator.locks.query()'));
    assert.deepEqual([held, pending], [[], []]);
  });
});
