// @ts-check
// The fixture corpus itself: it is what its generator makes, it names every code, and OpenSSL agrees with it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { execPath } from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compress, expand } from '../fixtures/expand.mjs';

/** @type {{ keySets: Record<string, any>, cases: import('../corpus/suite.mjs').Case[] }} */
const { keySets, cases } = JSON.parse(readFileSync(new URL('../fixtures/tokens.json', import.meta.url), 'utf8'));

test('tokens.json is what the generator makes', () => {
  execFileSync(execPath, [fileURLToPath(new URL('../fixtures/generate.mjs', import.meta.url)), '--check']);
});

test('every case has a name of its own, a known key set, and one expectation', () => {
  assert.ok(cases.length >= 250);
  assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length);
  for (const { name, group, jwks, expect, engines } of cases) {
    assert.ok(name.startsWith(`${group}: `), name);
    assert.ok(jwks in keySets, name);
    assert.equal(Object.keys(expect).length, 1, name);
    assert.deepEqual(engines ?? ['webcrypto'], ['webcrypto'], name);
  }
});

test('every group holds good tokens or bad ones, and every code of the group "token" occurs', () => {
  const codes = new Set(cases.map(({ expect }) => expect.code ?? expect.construct ?? 'accepted'));
  assert.deepEqual([...codes].sort(), [
    'TypeError',
    'accepted',
    'algorithm_not_allowed',
    'audience_mismatch',
    'claim_invalid',
    'claim_missing',
    'critical_header_unsupported',
    'issuer_mismatch',
    'jwks_invalid',
    'key_ambiguous',
    'key_invalid',
    'key_not_found',
    'key_unusable',
    'signature_invalid',
    'token_expired',
    'token_malformed',
    'token_not_yet_valid',
    'token_too_large',
    'type_mismatch',
  ]);
});

test('no key set of the corpus is unused', () => {
  const used = new Set(cases.map(({ jwks }) => jwks));
  assert.deepEqual(
    Object.keys(keySets).filter((name) => !used.has(name)),
    [],
  );
});

test('a token in short form expands to what it was', () => {
  const text = `a.${'b'.repeat(100)}.${'cde'.repeat(200)}.${'\u20ac'.repeat(70)}f`;
  assert.deepEqual(compress(text), ['a.', ['b', 100], '.', ['cde', 200], '.', ['\u20ac', 70], 'f']);
  assert.equal(expand(compress(text)), text);
  assert.equal(compress('short'), 'short');
  assert.equal(expand('short'), 'short');
  assert.ok(cases.some(({ token }) => expand(token).length > 1 << 20));
});

/**
 * Whether OpenSSL finds the signature good with the key that the corpus means.
 * @param {import('../corpus/suite.mjs').Case} row
 */
function signatureHolds({ token, jwks }) {
  const [header, payload, signature] = expand(token).split('.');
  const { alg, kid } = JSON.parse(Buffer.from(header, 'base64url').toString());
  const kty = { R: 'RSA', P: 'RSA', E: alg === 'EdDSA' ? 'OKP' : 'EC' }[String(alg[0])];
  const fits = (/** @type {any} */ key) =>
    key?.kty === kty && (key.alg ?? alg) === alg && key.use !== 'enc' && (!kid || key.kid === kid);
  const keys = keySets[jwks].keys.filter(fits).filter((/** @type {any} */ key) => kid || key.n?.length !== 171);
  assert.equal(keys.length, 1);
  const bits = alg.slice(2);
  const options = {
    key: createPublicKey({ key: keys[0], format: 'jwk' }),
    dsaEncoding: /** @type {const} */ ('ieee-p1363'),
    ...(alg[0] === 'P' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: bits / 8 } : {}),
  };
  const input = Buffer.from(`${header}.${payload}`);
  return verify(alg === 'EdDSA' ? null : `sha${bits}`, input, options, Buffer.from(signature, 'base64url'));
}

test('OpenSSL finds the signature of every accepted token good', () => {
  const accepted = cases.filter(({ expect }) => 'claims' in expect);
  assert.ok(accepted.length > 100);
  for (const row of accepted) assert.equal(signatureHolds(row), true, row.name);
});

test('OpenSSL finds the signature of every token with a bad signature bad', () => {
  // OpenSSL does not look for small order in R.
  const lax = new Set(['signature: EdDSA with R of small order']);
  const refused = cases.filter(({ expect }) => expect.code === 'signature_invalid');
  assert.ok(refused.length > 100);
  for (const row of refused) assert.equal(signatureHolds(row), lax.has(row.name), row.name);
});
