// @ts-check

const encoder = /* @__PURE__ */ new TextEncoder();

/** base64url (RFC 7515 §2). @param {Uint8Array | ArrayBuffer} octets */
export const base64url = (octets) =>
  btoa(String.fromCharCode(...new Uint8Array(/** @type {ArrayBuffer} */ (octets))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** @param {string} text */
const encodeText = (text) => base64url(encoder.encode(text));

/**
 * The part of a token that is signed (RFC 7515 §5.1).
 * @param {object} header
 * @param {object} claims
 */
export const signingInput = (header, claims) =>
  `${encodeText(JSON.stringify(header))}.${encodeText(JSON.stringify(claims))}`;

/**
 * Something of the form of a token that no verifier takes.
 * @param {object} claims
 * @param {number} number
 */
export const lookAlike = (claims, number) =>
  `${signingInput({ alg: 'RS256', typ: 'JWT' }, claims)}.${encodeText(`test token ${number}: not signed`)}`;

/**
 * A token with a real signature.
 * @param {CryptoKey} key
 * @param {object} header
 * @param {object} claims
 */
export async function sign(key, header, claims) {
  const input = signingInput(header, claims);
  const signature = await globalThis.crypto.subtle.sign('RSASSA-PKCS1-v1_5', key, encoder.encode(input));
  return `${input}.${base64url(signature)}`;
}
