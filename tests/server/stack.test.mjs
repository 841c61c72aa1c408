// @ts-check
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startStack } from '../../www/server/stack.mjs';
import { urlOf } from './support/journey.mjs';

/** @returns {Promise<{ port: number, close: () => Promise<unknown> }>} a port that somebody else has */
async function takePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { port, close: () => new Promise((resolve) => server.close(resolve)) };
}

describe('a taken port', () => {
  const names = /** @type {const} */ ([
    ['apex', 'apex', 'same-origin'],
    ['ui', 'UI', 'cross-origin'],
    ['service', 'auth service', 'same-origin'],
    ['provider', 'OpenID provider', 'same-origin'],
    ['control', 'test controls', 'same-origin'],
  ]);
  for (const [key, name, mode] of names) {
    test(`ports.${key}: one sentence with port and option, and nothing is left running`, async (t) => {
      const taken = await takePort();
      t.after(taken.close);
      const free = await takePort();
      await free.close();
      const other = key === 'provider' ? 'service' : 'provider';
      await assert.rejects(
        startStack({ mode, control: true, ports: { [key]: taken.port, [other]: free.port } }),
        (/** @type {Error & { code?: string }} */ error) => {
          assert.equal(
            error.message,
            `port ${taken.port} for the ${name} is taken by another program: choose another with the option ports.${key}, ` +
              'or 0 for any free port',
          );
          assert.equal(error.code, 'EADDRINUSE');
          return true;
        },
      );
      await assert.rejects(fetch(`http://127.0.0.1:${free.port}`), TypeError);
    });
  }
});

describe('the stack', () => {
  test('ports that are chosen are used, and the addresses fit together', async (t) => {
    const chosen = await takePort();
    await chosen.close();
    const stack = await startStack({ ports: { apex: chosen.port }, host: 'localhost' });
    t.after(() => stack.close());
    assert.equal(stack.appUrl, `http://localhost:${chosen.port}`);
    assert.equal(stack.apexUrl, stack.appUrl);
    assert.deepEqual(stack.baseUrl, { v1: `${stack.appUrl}/v1`, oauth2: stack.appUrl });
    assert.match(stack.providerUrl, /^http:\/\/localhost:\d+$/);
    assert.equal(stack.jwksUrl, `${stack.serviceUrl}/.well-known/jwks.json`);
  });

  test('cross-origin: the base URLs are at the service, and there is no apex', async (t) => {
    const stack = await startStack({ mode: 'cross-origin' });
    t.after(() => stack.close());
    assert.notEqual(stack.appUrl, stack.serviceUrl);
    assert.equal(stack.apexUrl, null);
    assert.deepEqual(stack.baseUrl, { v1: `${stack.serviceUrl}/v1`, oauth2: stack.serviceUrl });
  });

  test('close ends everything in a moment, with requests and kept connections open', async () => {
    const stack = await startStack({ control: true });
    await fetch(urlOf(stack, 'jwks'));
    await stack.control.addFault({ operation: 'token', kind: 'hang' });
    const hanging = fetch(urlOf(stack, 'token'), { method: 'POST' });
    hanging.catch(() => {});
    while ((await stack.control.counts()).token === 0) await fetch(`${stack.providerUrl}/avatars/maya.svg`);
    const begun = Date.now();
    await stack.close();
    assert.ok(Date.now() - begun < 1000);
    await assert.rejects(hanging, TypeError);
    for (const url of [stack.appUrl, stack.serviceUrl, stack.providerUrl]) await assert.rejects(fetch(url), TypeError);
    await stack.close();
  });

  test('a process that closes its stack ends by itself: silent, its globals untouched', async () => {
    const stack = fileURLToPath(new URL('../../www/server/stack.mjs', import.meta.url));
    // A process of its own, because an earlier test here would already have changed what must not change.
    const script = `import(${JSON.stringify(stack)}).then(async ({ startStack }) => {
      const before = [fetch, Request, Response, Headers, crypto, console.warn];
      const stacks = await Promise.all([startStack({ control: true }), startStack()]);
      for (const stack of stacks) {
        await fetch(stack.baseUrl.v1 + '/auth/oidc/start');
        await stack.close();
      }
      const after = [fetch, Request, Response, Headers, crypto, console.warn];
      after.forEach((value, index) => value === before[index] || console.log('changed', value));
    })`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['-e', script], { timeout: 10_000 });
    assert.deepEqual([stdout, stderr], ['', '']);
  });

  test('two stacks side by side know nothing of each other', async (t) => {
    const stacks = await Promise.all([startStack({ control: true }), startStack({ control: true })]);
    t.after(() => Promise.all(stacks.map((stack) => stack.close())));
    const [first, second] = stacks;
    const headers = { Cookie: (await first.control.createSession('maya')).cookie };
    assert.equal((await fetch(urlOf(first, 'token'), { method: 'POST', headers })).status, 200);
    assert.equal((await fetch(urlOf(second, 'token'), { method: 'POST', headers })).status, 401);
    await first.control.setRoles('maya', ['nobody']);
    assert.deepEqual(second.accounts[0]?.roles, ['user']);
  });
});
