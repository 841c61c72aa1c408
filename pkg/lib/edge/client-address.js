// @ts-check

/**
 * The client's address, as a header for the service behind. Cloudflare sets `CF-Connecting-IP` itself: what a client sends under
 * this name does not arrive.
 * @param {Request} request
 * @param {string | undefined} name where that service looks for it
 * @returns {Record<string, string>}
 */
export function clientAddress(request, name) {
  const address = request.headers.get('cf-connecting-ip');
  return name === undefined || address === null ? {} : { [name.toLowerCase()]: address };
}
