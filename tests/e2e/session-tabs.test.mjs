// @ts-check
// Several tabs of one browser: what happens in one reaches the others, and nothing that a message says is believed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { becomes, call, create, heard, setUpSession, start, status, sub } from './support/session-page.mjs';

const set = setUpSession();

/** @param {import('playwright-core').Page} tab */
const messagesOf = (tab) => tab.evaluate(() => /** @type {any} */ (globalThis).recorder.messages);

describe('another tab', () => {
  it('is signed out within a second, and hears why its calls end', async () => {
    await set.haveSession('maya');
    const [here, there] = [await set.startTab(), await set.startTab()];
    const before = await here.evaluate(() => Date.now());
    await call(here, 'logout');
    await becomes(there, 'anonymous');
    const out = (await heard(there)).find(({ type }) => type === 'signed_out');
    assert.ok(out, 'the event');
    console.log(`a sign-out reached the other tab in ${out.at - before} ms`);
    assert.ok(out.at - before < 5_000, `${out.at - before} ms`);
    assert.equal((await call(there, 'getToken')).code, 'login_required');
  });

  it('learns of a sign-in, and that it was not its own', async () => {
    const [here, there] = [await set.startTab(), await set.startTab()];
    assert.equal(await status(there), 'anonymous');
    await here.evaluate(() => void (/** @type {any} */ (globalThis).page.client.login().catch(() => {})));
    await here.click('button[value=maya]');
    await here.waitForURL(/\/callback/);
    await create(here);
    assert.equal((await call(here, 'handleCallback')).value?.returnTo, '/');
    await becomes(there, 'authenticated');
    assert.equal(await sub(there), set.subOf('maya'));
    const causes = async (/** @type {any} */ tab) =>
      (await heard(tab)).filter(({ type }) => type === 'signed_in').map(({ cause }) => cause);
    assert.deepEqual(await causes(here), ['login']);
    assert.deepEqual(await causes(there), ['other_tab']);
  });

  it('learns that another user has signed in, and never shows one for the other', async () => {
    await set.haveSession('maya');
    const [here, there] = [await set.startTab(), await set.startTab()];
    await here.evaluate(() => void (/** @type {any} */ (globalThis).page.client.login().catch(() => {})));
    await here.click('button[value=jonas]');
    await here.waitForURL(/\/callback/);
    await create(here);
    await call(here, 'handleCallback');
    await there.waitForFunction((wanted) => /** @type {any} */ (globalThis).page.sub() === wanted, set.subOf('jonas'));
    const story = (await heard(there)).filter(({ type }) => type === 'state').map(({ status, sub }) => sub ?? status);
    assert.deepEqual(story, [set.subOf('maya'), 'unknown', set.subOf('jonas')]);
    assert.ok((await heard(there)).some(({ type }) => type === 'user_changed'));
  });

  it('does not get a token of the session that ended while it waited', async () => {
    await set.haveSession('maya');
    const [here, there] = [await set.startTab(), await set.startTab()];
    await set.control().addFault({ operation: 'token', kind: 'hold', when: 'after' });
    const late = call(there, 'getToken', { forceRefresh: true });
    await call(here, 'logout');
    await becomes(there, 'anonymous');
    await set.control().release('token');
    assert.equal((await late).code, 'signed_out');
    assert.equal(await status(there), 'anonymous');
  });

  it('hears nothing where that is not wanted', async () => {
    await set.haveSession('maya');
    const [here, there] = [await set.startTab(), await set.startTab({ crossTab: false })];
    assert.equal(await there.evaluate(() => /** @type {any} */ (globalThis).recorder.channels), 0);
    await call(here, 'logout');
    assert.equal(await status(there), 'authenticated');
    assert.equal((await call(there, 'getToken', { forceRefresh: true })).code, 'login_required');
  });
});

describe('a message', () => {
  it('carries no token and no claim', async () => {
    await set.haveSession('maya');
    const tab = await set.startTab();
    const token = (await call(tab, 'getToken')).value;
    await call(tab, 'logout');
    const messages = await messagesOf(tab);
    assert.ok(messages.length > 0, 'something was told');
    for (const message of messages) {
      assert.ok(message.length < 64, message);
      assert.ok(!token.split('.').some((/** @type {string} */ part) => message.includes(part)), message);
      assert.ok(!message.includes(String(set.subOf('maya'))), message);
    }
  });

  it('that is forged, huge or no message at all changes nothing', async () => {
    await set.haveSession('maya');
    const [forger, tab] = [await set.startTab(), await set.startTab()];
    await tab.evaluate(() => Object.assign(globalThis, { before: /** @type {any} */ (globalThis).page.client.state }));
    const { token: before } = await set.counts();
    await forger.evaluate(() => {
      const { channelNames } = /** @type {any} */ (globalThis).recorder;
      if (channelNames.size === 0) throw new Error('no channel was opened');
      const forged = [
        'signed_out',
        'user_changed',
        'signed_in',
        'x'.repeat(1 << 20),
        '',
        null,
        7,
        [],
        {},
        [['signed_out']],
      ];
      const objects = [
        { type: 'signed_out' },
        { type: 'state', status: 'anonymous' },
        new Map([['type', 'signed_out']]),
      ];
      for (const name of channelNames) {
        const channel = new BroadcastChannel(name);
        for (let round = 0; round < 20; round += 1) {
          for (const message of [...forged, ...objects]) channel.postMessage(message);
        }
        channel.close();
      }
    });
    // What was sent first has been read when this has: a message of a channel of the same name comes after them.
    assert.equal(typeof (await call(tab, 'getToken', { forceRefresh: true })).value, 'string');
    const same = await tab.evaluate(
      () => /** @type {any} */ (globalThis).before === /** @type {any} */ (globalThis).page.client.state,
    );
    assert.ok(same, 'the same state object');
    assert.ok(!(await heard(tab)).some(({ type }) => type === 'signed_out' || type === 'user_changed'));
    const { token: after } = await set.counts();
    assert.ok(after - before <= 5, `260 forged messages cost ${after - before} requests of two tabs`);
  });
});

describe('storage', () => {
  it('holds no token, code or state, nor does the history', async () => {
    const tab = await set.startTab();
    await tab.evaluate(
      () => void (/** @type {any} */ (globalThis).page.client.login({ returnTo: '/battle?id=1' }).catch(() => {})),
    );
    await tab.click('button[value=maya]');
    await tab.waitForURL(/\/callback/);
    const { searchParams } = new URL(tab.url());
    const secrets = [searchParams.get('code'), searchParams.get('state')];
    assert.ok(
      secrets.every((secret) => secret && secret.length > 8),
      'there are secrets',
    );
    await create(tab);
    assert.equal((await call(tab, 'handleCallback')).value?.returnTo, '/battle?id=1');
    const token = (await call(tab, 'getToken')).value;
    const kept = await tab.evaluate(() =>
      JSON.stringify([
        { ...localStorage },
        { ...sessionStorage },
        location.href,
        history.state,
        document.cookie,
        /** @type {any} */ (globalThis).page.heard,
        /** @type {any} */ (globalThis).page.logged,
        /** @type {any} */ (globalThis).recorder.messages,
      ]),
    );
    for (const secret of [...secrets, ...token.split('.')]) assert.ok(!kept.includes(secret), 'a secret was kept');
    await start(tab);
    assert.equal(await status(tab), 'authenticated');
  });
});
