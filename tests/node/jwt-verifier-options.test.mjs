// @ts-check
// Options of `JwtVerifier` that cannot be meant: a TypeError that names the option, what was expected and what was found.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JwtVerifier, isAuthError } from 'bixarena-auth-client/verifier';
import { ISSUER, clockAt, setOf, tokenOf } from './support/key-service.mjs';

const jwks = setOf('rsa-1');
const base = { jwks, issuer: ISSUER, audience: ISSUER };
const remote = { jwksUrl: 'https://keys.example/jwks.json', issuer: ISSUER, audience: ISSUER };

const nothing = [undefined, null, true, 7, 'text', [], Symbol('s'), 7n, () => {}];
const noFunction = [null, true, 7, 'text', [], {}, Symbol('s'), 7n];
const noAmount = [null, true, '7', [], {}, -1, -0.001, NaN, Infinity, -Infinity, Symbol('s'), 7n, () => {}];
const noBoolean = [null, 0, 1, 'true', [], {}, Symbol('s'), 7n, () => {}];
const noNames = [
  true,
  7,
  '',
  [],
  {},
  [''],
  [7],
  [null],
  ['a', undefined],
  new Array(1),
  new URL('https://a'),
  Symbol('s'),
  7n,
];
const algorithms = [
  null,
  'RS256',
  7,
  {},
  [],
  [''],
  [null],
  new Array(1),
  ['none'],
  ['None'],
  ['HS256'],
  ['HS384'],
  ['HS512'],
  ['rs256'],
  ['RS256 '],
  ['RS1'],
  ['ES256K'],
  ['Ed448'],
  ['RS256', 'none'],
  ['__proto__'],
  ['toString'],
  new Set(['RS256']),
];

/** Bad values of each option. @type {Record<string, any[]>} */
const bad = {
  issuer: [undefined, ...noNames],
  audience: [undefined, ...noNames],
  algorithms,
  typ: [true, 7, '', [], {}, ['JWT'], Symbol('s')],
  requiredClaims: [null, 'sub', 7, {}, [''], [7], [null], new Array(1), new Set(['sub'])],
  clockTolerance: noAmount,
  maxTokenAge: noAmount,
  maxTokenBytes: [...noAmount, 0, 0.5, 1.5, 1_048_577, 2 ** 32 + 1],
  now: [...noFunction, new Date()],
  fetch: noFunction,
  logger: [...noFunction, console],
  repeatCache: noBoolean,
  jwksCache: [null, true, 7, 'memory', [], Symbol('s'), () => {}, new URL('https://a')],
};

/** The same for the members of `jwksCache`. @type {Record<string, any[]>} */
const badCache = {
  maxAge: noAmount,
  staleWhileRevalidate: noAmount,
  staleIfError: noAmount,
  cooldown: noAmount,
  timeout: noAmount,
  store: [null, true, 7, '', 'disk', 'Memory', [], {}, () => {}],
};

const badUrls = [null, true, 7, [], {}, '', 'keys.json', '/jwks.json', '//keys.example/jwks.json', 'ftp://a/b'];
const badSchemes = ['data:application/json,{}', 'file:///etc/passwd', 'javascript:0', 'httpss://a', ' https://a'];

/**
 * @param {any} options
 * @param {string} name
 */
async function assertMisuse(options, name) {
  const named = (/** @type {any} */ error) => {
    assert.ok(error instanceof TypeError, `${name}: ${error}`);
    assert.ok(!isAuthError(error));
    assert.match(error.message, new RegExp(`JwtVerifier.*\\b${name}: expected .*, found .*`));
    return true;
  };
  assert.throws(() => new JwtVerifier(options), named);
  await assert.rejects(JwtVerifier.create(options), named);
}

/** @param {any} value */
const shown = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.prototype.toString.call(value)
    : Array.isArray(value)
      ? `[${value.map(String)}]`
      : String(value);

describe('a wrong option is named', () => {
  for (const [name, values] of Object.entries(bad)) {
    for (const value of values) {
      it(`${name}: ${typeof value} ${shown(value)}`, () => assertMisuse({ ...base, [name]: value }, name));
    }
  }
  for (const [name, values] of Object.entries(badCache)) {
    for (const value of values) {
      const options = { ...remote, jwksCache: { [name]: value } };
      it(`jwksCache ${name}: ${typeof value} ${shown(value)}`, () => assertMisuse(options, name));
    }
  }
  for (const value of [...badUrls, ...badSchemes]) {
    it(`jwksUrl: ${typeof value} ${shown(value)}`, () => assertMisuse({ ...remote, jwksUrl: value }, 'jwksUrl'));
  }

  it('with the type that was found', () => {
    const found = (/** @type {any} */ value) => {
      try {
        return void new JwtVerifier({ ...base, clockTolerance: value });
      } catch (error) {
        return /** @type {Error} */ (error).message.replace(/^.*found /, '');
      }
    };
    assert.deepEqual([null, true, 'x', [], {}, () => {}].map(found), [
      'null',
      'a boolean',
      'a string',
      'an array',
      'an object',
      'a function',
    ]);
  });
});

describe('options that contradict each other', () => {
  it('neither jwksUrl nor jwks', () => assertMisuse({ issuer: ISSUER, audience: ISSUER }, 'jwksUrl'));
  it('both', () => assertMisuse({ ...remote, jwks }, 'jwksUrl'));
  it('a required one is absent', async () => {
    await assertMisuse({ jwks, audience: ISSUER }, 'issuer');
    await assertMisuse({ jwks, issuer: ISSUER }, 'audience');
  });
});

describe('no options, or unknown ones', () => {
  for (const value of nothing) {
    it(`${typeof value} ${shown(value)} is no object of options`, async () => {
      const named = (/** @type {any} */ error) => error instanceof TypeError && /JwtVerifier/.test(error.message);
      assert.throws(() => new JwtVerifier(/** @type {any} */ (value)), named);
      await assert.rejects(JwtVerifier.create(/** @type {any} */ (value)), named);
    });
  }

  for (const name of ['isuer', 'Issuer', 'audiences', 'alg', 'maxAge', 'key', 'jwksUri', 'timeout']) {
    it(`${name} is no option`, () => assertMisuse({ ...base, [name]: undefined }, name));
    it(`${name} is none with a value`, () => assertMisuse({ ...base, [name]: 'x' }, name));
  }
  for (const name of ['maxage', 'ttl', 'staleifError']) {
    it(`${name} is no option of jwksCache`, () => assertMisuse({ ...remote, jwksCache: { [name]: 1 } }, name));
  }
});

describe('options that can be meant', () => {
  /** @type {[string, any][]} */
  const rows = [
    ['all limits', { clockTolerance: 0, maxTokenAge: 1e9, maxTokenBytes: 1_048_576, requiredClaims: [] }],
    ['undefined stands for absent', { typ: undefined, algorithms: undefined, now: undefined, jwksUrl: undefined }],
    ['several issuers and audiences', { issuer: ['urn:other', ISSUER], audience: ['urn:other', ISSUER] }],
    ['unchecked on purpose', { issuer: null, audience: null, typ: null }],
    ['algorithms', { algorithms: ['ES512', 'RS256', 'EdDSA'] }],
    ['required claims', { requiredClaims: ['sub', 'iat'] }],
    ['a cache of no use to a static set', { jwksCache: { maxAge: 0, timeout: 0.5, store: 'memory' } }],
    ['typ as a media type', { typ: 'application/jwt' }],
    ['no repeat cache', { repeatCache: false }],
  ];
  for (const [name, options] of rows) {
    it(name, async () => {
      const all = { ...base, now: clockAt(), ...options };
      if (options.now === undefined) all.now = clockAt();
      await new JwtVerifier(all).verify(tokenOf('rsa-1'));
      await (await JwtVerifier.create(all)).verify(tokenOf('rsa-1'));
    });
  }

  it('an address as a URL, in any case', () => {
    for (const jwksUrl of [new URL('https://keys.example/jwks.json'), 'HTTPS://keys.example', 'http://127.0.0.1:1/']) {
      assert.doesNotThrow(() => new JwtVerifier({ ...remote, jwksUrl }));
    }
  });

  it('on a page whose scripts have extended every object', async () => {
    const all = /** @type {any} */ (Object.prototype);
    all.extended = () => {};
    try {
      const verifier = new JwtVerifier({ ...base, now: clockAt(), jwksCache: {} });
      await verifier.verify(tokenOf('rsa-1'), { audience: ISSUER });
    } finally {
      delete all.extended;
    }
  });

  it('are read once: changing the object later changes nothing', async () => {
    const issuer = [ISSUER];
    const options = { ...base, issuer, now: clockAt() };
    const verifier = new JwtVerifier(options);
    issuer.pop();
    options.audience = 'urn:other';
    options.now = clockAt(0);
    await verifier.verify(tokenOf('rsa-1'));
  });
});
