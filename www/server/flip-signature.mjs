// @ts-check

/**
 * The same token with one bit of its signature flipped.
 *
 * @param {string} token a compact JWS
 */
export function flipSignature(token) {
  const at = token.lastIndexOf('.') + 1;
  const signature = Buffer.from(token.slice(at), 'base64url');
  signature.writeUInt8(signature.readUInt8(0) ^ 1, 0);
  return token.slice(0, at) + signature.toString('base64url');
}
