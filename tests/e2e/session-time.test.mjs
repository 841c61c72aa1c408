// @ts-check
// Time, as the page has it: an injected clock, never a pause.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { becomes, call, create, heard, loaded, setUpSession, start, status, until } from './support/session-page.mjs';

const set = setUpSession();
const HOUR = 3_600_000;

let passed = 0;

/**
 * Lets time pass, for the page and for the service.
 * @param {import('playwright-core').Page} tab
 * @param {number} pause milliseconds
 */
async function pass(tab, pause) {
  passed += pause;
  await set.control().setClockOffset(Math.round(passed / 1000));
  await tab.clock.fastForward(pause);
}

/**
 * A tab whose clock stands still but for what a test does, with a session.
 * @param {import('bixarena-auth-client').AuthClientOptions} [options]
 * @param {number} [ahead] milliseconds
 */
async function timedTab(options, ahead = 0) {
  passed = 0;
  await set.haveSession('maya');
  const tab = await set.openTab();
  await tab.clock.install({ time: Date.now() + ahead });
  await tab.reload();
  await loaded(tab);
  await start(tab, options);
  return tab;
}

/** @param {number} wanted */
const tokens = (wanted) => until(async () => (await set.counts()).token === wanted, `${wanted} tokens were asked for`);

/** @param {import('playwright-core').Page} tab @param {'visible' | 'hidden'} visibility */
const show = (tab, visibility) =>
  tab.evaluate((visibility) => {
    Object.defineProperty(document, 'visibilityState', { value: visibility, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, visibility);

describe('renewal', () => {
  it('needs no call, and no UI has to be drawn for it', async () => {
    const tab = await timedTab();
    const before = (await call(tab, 'getToken')).value;
    await pass(tab, 530_000);
    assert.equal((await set.counts()).token, 1, 'not before its time');
    await pass(tab, 20_000);
    await tokens(2);
    await until(async () => (await call(tab, 'getToken')).value !== before, 'the new token is in use');
    assert.deepEqual(
      (await heard(tab)).map(({ type }) => type),
      ['state', 'signed_in', 'token'],
    );
  });

  it('goes on for tokens of five seconds', async () => {
    await set.control().setTokenLifetime(5);
    const tab = await timedTab();
    for (const wanted of [2, 3, 4]) {
      await pass(tab, 4_600);
      await tokens(wanted);
    }
    assert.equal(await status(tab), 'authenticated');
  });

  it('of tokens of a month neither comes at once nor spins', async () => {
    await set.control().setTokenLifetime(30 * 86_400);
    const tab = await timedTab();
    await pass(tab, 24 * HOUR);
    assert.equal(typeof (await call(tab, 'getToken')).value, 'string');
    assert.equal((await set.counts()).token, 1);
  });

  it('of a hidden page comes when it is shown', async () => {
    const tab = await timedTab();
    await show(tab, 'hidden');
    await pass(tab, 590_000);
    assert.equal(await status(tab), 'authenticated');
    assert.equal((await set.counts()).token, 1);
    await show(tab, 'visible');
    await tokens(2);
  });

  for (const event of ['online', 'pageshow']) {
    it(`that failed comes at once with ${event}`, async () => {
      const tab = await timedTab();
      await set.control().addFault({ operation: 'token', kind: 'respond', status: 503 });
      await pass(tab, 550_000);
      await tokens(2);
      await until(async () => (await heard(tab)).some(({ type }) => type === 'error'), 'the failure is told');
      await tab.evaluate((event) => void dispatchEvent(new Event(event)), event);
      await tokens(3);
      assert.equal(await status(tab), 'authenticated');
    });
  }

  it('on demand comes when somebody asks, and not before', async () => {
    const tab = await timedTab({ renew: 'on-demand' });
    await pass(tab, HOUR);
    await show(tab, 'visible');
    await tab.evaluate(() => void dispatchEvent(new Event('online')));
    assert.equal((await set.counts()).token, 1);
    assert.equal(typeof (await call(tab, 'getToken')).value, 'string');
    assert.equal((await set.counts()).token, 2);
  });

  it('of a page that slept is looked at when it wakes', async () => {
    const tab = await timedTab();
    await set.control().goOffline('service');
    await pass(tab, HOUR);
    await becomes(tab, 'unknown');
    await set.control().goOnline('service');
    await tab.evaluate(() => void dispatchEvent(new Event('online')));
    await becomes(tab, 'authenticated');
  });
});

describe('a clock', () => {
  for (const [title, ahead] of /** @type {const} */ ([
    ['an hour ahead', HOUR],
    ['an hour behind', -HOUR],
  ])) {
    it(`${title} changes nothing, and is told`, async () => {
      const tab = await timedTab({}, ahead);
      assert.equal(await status(tab), 'authenticated');
      const skews = (await heard(tab)).filter(({ type }) => type === 'clock_skew').map(({ skew }) => skew ?? NaN);
      assert.equal(skews.length, 1);
      assert.ok(Math.abs(skews[0] - ahead / 1000) <= 5, `${skews}`);
      const token = (await call(tab, 'getToken')).value;
      assert.equal((await call(tab, 'verify', token)).value?.claims.sub, set.subOf('maya'));
      await pass(tab, 550_000);
      await tokens(2);
      assert.equal(await status(tab), 'authenticated');
    });
  }

  it('that is right is not told', async () => {
    const tab = await timedTab();
    assert.deepEqual(
      (await heard(tab)).filter(({ type }) => type === 'clock_skew'),
      [],
    );
  });

  it('that is set in the middle changes nothing', async () => {
    const tab = await timedTab();
    for (const hours of [-2, 3]) {
      await tab.evaluate((shift) => {
        const { now } = Date;
        Date.now = () => now() + shift;
      }, hours * HOUR);
      assert.equal(typeof (await call(tab, 'getToken')).value, 'string');
      assert.equal(await status(tab), 'authenticated');
    }
    assert.ok((await set.counts()).token <= 3);
  });
});

describe('a thousand clients', () => {
  it('leave no listener, timer, channel or lock behind', async () => {
    await set.haveSession('maya');
    const tab = await set.openTab();
    const session = await set.context().newCDPSession(tab);
    const measure = async () => {
      // What a finalizer lets go of is collected the next time.
      for (let round = 0; round < 4; round += 1) {
        await session.send('HeapProfiler.collectGarbage');
        await tab.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0)));
      }
      const { usedSize } = await session.send('Runtime.getHeapUsage');
      const { recorder, locks } = await tab.evaluate(async () => {
        const { listeners, channels, timers } = /** @type {any} */ (globalThis).recorder;
        const { held = [], pending = [] } = await navigator.locks.query();
        return { recorder: { listeners, channels, timers: timers.size }, locks: held.length + pending.length };
      });
      return { usedSize, recorder, locks };
    };
    const cycle = (/** @type {number} */ rounds) =>
      tab.evaluate(async (rounds) => {
        const { AuthClient } = /** @type {any} */ (globalThis).page;
        for (let round = 0; round < rounds; round += 1) {
          const client = await AuthClient.create();
          client.subscribe(() => {});
          // Every tenth is in the middle of something when it ends.
          if (round % 10 === 0) void client.start().catch(() => {});
          if (round % 10 === 5) await client.start();
          client.dispose();
        }
      }, rounds);
    const fresh = await measure();
    await cycle(100);
    const before = await measure();
    await cycle(1_000);
    await tab.waitForFunction(() => /** @type {any} */ (globalThis).recorder.timers.size === 0);
    const after = await measure();
    assert.deepEqual(after.recorder, fresh.recorder);
    assert.equal(after.locks, 0);
    const growth = after.usedSize - before.usedSize;
    console.log(`a thousand clients left ${growth} octets on the heap`);
    assert.ok(growth < 600_000, `${growth} octets`);
  });

  it('answer with a code once they are disposed of', async () => {
    await set.haveSession('maya');
    const tab = await set.openTab();
    await create(tab);
    await set.control().addFault({ operation: 'token', kind: 'hold' });
    const waiting = call(tab, 'getToken');
    await tokens(1);
    await tab.evaluate(() => /** @type {any} */ (globalThis).page.client.dispose());
    assert.equal((await waiting).code, 'disposed');
    assert.equal((await call(tab, 'getToken')).code, 'disposed');
    await set.control().release('token');
  });
});
