// @ts-check
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createService } from '../../www/server/service/service.mjs';
import { Sessions } from '../../www/server/service/sessions.mjs';

const DAY = 24 * 60 * 60 * 1000;
const USER = { sub: 's', roles: [], preferred_username: 'u', email: 'e', email_verified: true, avatar_url: null };

describe('sessions', () => {
  test('a session lives seven idle days, and every use begins them anew', () => {
    let now = 0;
    const sessions = new Sessions({ now: () => now, secure: false });
    const session = sessions.create();
    const find = () => sessions.find(`theme=dark; JSESSIONID=${session.id}`);
    now = 7 * DAY - 1;
    assert.equal(find(), session);
    now += 7 * DAY - 1;
    assert.equal(find(), session);
    now += 7 * DAY;
    assert.equal(find(), null);
    now -= 7 * DAY;
    assert.equal(find(), null, 'it does not come back');
  });

  test('signing in changes the id and keeps the session', () => {
    const sessions = new Sessions({ now: () => 0, secure: false });
    const session = sessions.create();
    const { id } = session;
    sessions.signIn(session, USER);
    assert.notEqual(session.id, id);
    assert.equal(sessions.find(`JSESSIONID=${id}`), null);
    assert.equal(sessions.find(`JSESSIONID=${session.id}`)?.user, USER);
  });

  test('no cookie, no session', () => {
    const sessions = new Sessions({ now: () => 0, secure: false });
    sessions.create();
    for (const header of [undefined, '', 'JSESSIONID', 'JSESSIONID=', 'other=1'])
      assert.equal(sessions.find(header), null);
  });
});

describe('Secure', () => {
  const cases = {
    'http://127.0.0.1:8080': false,
    'http://localhost:4200': false,
    'http://[::1]:4200': false,
    'https://arena.example': true,
    'http://localhost.example': true,
    'http://127.0.0.1.example': true,
  };
  for (const [publicUrl, secure] of Object.entries(cases)) {
    test(`${secure ? 'on' : 'not on'} ${publicUrl}`, async () => {
      const service = await createService({
        publicUrl,
        uiUrl: publicUrl,
        callbackPath: '/callback',
        callback: 'page',
        provider: { issuer: 'http://127.0.0.1:9', clientId: 'c', clientSecret: 's' },
        accounts: [],
        corsOrigins: [],
      });
      const env = { incoming: { socket: { remoteAddress: '127.0.0.1' } } };
      const request = new Request(`${publicUrl}/v1/auth/logout`, { method: 'POST' });
      const cookie = (await service.fetch(request, env)).headers.get('Set-Cookie') ?? '';
      assert.equal(cookie.split('; ').includes('Secure'), secure);
      assert.ok(cookie.split('; ').includes('HttpOnly'));
    });
  }
});
