// @ts-check
// `JwtVerifier` against real HTTP servers on loopback, with the real `fetch`, the real clock, and tokens by `jose`.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, afterEach, before, describe, it } from 'node:test';
import { JwtVerifier } from 'bixarena-auth-client/verifier';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { ISSUER, refusal } from './support/key-service.mjs';

/** @typedef {import('node:http').RequestListener} Listener */

const SECONDS = 60_000;
/** @type {{ kid: string, privateKey: CryptoKey, jwk: any }[]} */
const pairs = [];
/** @type {JwtVerifier[]} */
let verifiers = [];
/** @type {(() => Promise<void>)[]} */
let ends = [];

before(async () => {
  for (const kid of ['one', 'two']) {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    pairs.push({ kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } });
  }
});

afterEach(async () => {
  for (const verifier of verifiers) verifier.dispose();
  await Promise.all(ends.map((end) => end()));
  [verifiers, ends] = [[], []];
});

after(() => assert.deepEqual(ends, []));

const keySet = (/** @type {number[]} */ ...numbers) => JSON.stringify({ keys: numbers.map((at) => pairs[at].jwk) });

/** @param {number} at */
function sign(at, claims = {}) {
  const { kid, privateKey } = pairs[at];
  return new SignJWT({ sub: 'somebody', ...claims })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
    .setIssuer(ISSUER)
    .setAudience(ISSUER)
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(privateKey);
}

/**
 * A server that answers with that listener and counts.
 * @param {Listener} listener
 */
async function serve(listener) {
  /** @type {string[]} */
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    listener(request, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const end = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  ends.push(end);
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, requests, end };
}

/** @param {string} body @param {Record<string, string>} [headers] @returns {Listener} */
const json = (body, headers) => (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', ...headers });
  response.end(body);
};

/** @param {string} url @param {Record<string, unknown>} [options] */
async function verifierAt(url, options) {
  const jwksUrl = `${url}/jwks.json`;
  const verifier = await JwtVerifier.create({ jwksUrl, issuer: ISSUER, audience: ISSUER, ...options });
  verifiers.push(verifier);
  return verifier;
}

describe('a real service', { timeout: SECONDS }, () => {
  it('is asked once by 300 at once, whose tokens jose signed', async () => {
    const server = await serve((request, response) => setTimeout(() => json(keySet(0))(request, response), 30));
    const verifier = await verifierAt(server.url);
    const tokens = await Promise.all(Array.from({ length: 300 }, (_, at) => sign(0, { jti: `${at}` })));
    const results = await Promise.all(tokens.map((token) => verifier.verify(token)));
    assert.deepEqual(
      results.map(({ claims }) => claims.jti),
      tokens.map((_, at) => `${at}`),
    );
    assert.deepEqual(server.requests, ['GET /jwks.json']);
  });

  it('that rotates its keys is followed by refresh()', async () => {
    let body = keySet(0);
    const server = await serve((request, response) => json(body)(request, response));
    const verifier = await verifierAt(server.url);
    const [first, second] = [await sign(0), await sign(1)];
    await verifier.verify(first);
    await refusal(verifier.verify(second), 'key_not_found');
    body = keySet(1);
    await verifier.refresh();
    await verifier.verify(second);
    await refusal(verifier.verify(first), 'key_not_found');
    assert.equal(server.requests.length, 2);
  });

  it('that is down is asked again when it is back; its set is used meanwhile', async () => {
    const server = await serve(json(keySet(0)));
    const verifier = await verifierAt(server.url, { jwksCache: { maxAge: 0, staleWhileRevalidate: 0 } });
    const token = await sign(0);
    await verifier.verify(token);
    await server.end();
    ends = [];
    await verifier.verify(token);
    await verifier.verify(token);
    await refusal(verifier.refresh(), 'jwks_unavailable');
  });

  it('that compresses is understood, and measured after that', async () => {
    const { gzipSync } = await import('node:zlib');
    const bodies = { '/small/jwks.json': keySet(0), '/huge/jwks.json': keySet(0) + ' '.repeat(5_000_000) };
    const server = await serve((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(gzipSync(bodies[/** @type {keyof typeof bodies} */ (request.url)]));
    });
    const token = await sign(0);
    await (await verifierAt(`${server.url}/small`)).verify(token);
    await refusal((await verifierAt(`${server.url}/huge`)).verify(token), 'jwks_invalid');
  });
});

describe('a redirect', { timeout: SECONDS }, () => {
  for (const status of [301, 302, 303, 307, 308]) {
    it(`${status} is refused, and nothing is sent to its target`, async () => {
      const target = await serve(json(keySet(0)));
      const server = await serve((_request, response) => {
        response.writeHead(status, { location: `${target.url}/keys`, 'content-type': 'application/json' });
        response.end(keySet(0));
      });
      const error = await refusal((await verifierAt(server.url)).verify(await sign(0)), 'jwks_unavailable');
      assert.equal(error.status, status);
      assert.deepEqual([server.requests.length, target.requests.length], [1, 0]);
    });
  }

  it('to the same origin is refused too', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/keys') return json(keySet(0))(request, response);
      response.writeHead(302, { location: '/keys' });
      response.end();
    });
    await refusal((await verifierAt(server.url)).verify(await sign(0)), 'jwks_unavailable');
    assert.deepEqual(server.requests, ['GET /jwks.json']);
  });
});

describe('a service in trouble', { timeout: SECONDS }, () => {
  /** @type {[string, Listener, string][]} */
  const rows = [
    ['never answers', () => {}, 'jwks_unavailable'],
    [
      'hangs in mid-body',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"keys":[');
      },
      'jwks_unavailable',
    ],
    ['resets the connection', (request) => void request.socket.destroy(), 'jwks_unavailable'],
    [
      'resets it in mid-body',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
        response.write('{"keys":[', () => response.socket?.destroy());
      },
      'jwks_unavailable',
    ],
    ['talks nonsense', (request) => void request.socket.end('hello\r\n\r\n'), 'jwks_unavailable'],
    ['truncates its JSON', (request, response) => json(keySet(0).slice(0, -3))(request, response), 'jwks_invalid'],
    [
      'answers without an end',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const more = () => {
          while (!response.destroyed && response.write(' '.repeat(65_536)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      },
      'jwks_invalid',
    ],
  ];
  for (const [name, listener, code] of rows) {
    it(`${name}: ${code}, with one request for all`, async () => {
      const server = await serve(listener);
      const verifier = await verifierAt(server.url, { jwksCache: { timeout: 0.5 } });
      const token = await sign(0);
      await Promise.all(Array.from({ length: 20 }, () => refusal(verifier.verify(token), code)));
      assert.equal(server.requests.length, 1);
    });
  }

  it('is not there: jwks_unavailable', async () => {
    const server = await serve(json(keySet(0)));
    await server.end();
    ends = [];
    const error = await refusal((await verifierAt(server.url)).verify(await sign(0)), 'jwks_unavailable');
    assert.equal(error.status, undefined);
  });
});
