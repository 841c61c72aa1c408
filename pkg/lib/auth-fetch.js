// @ts-check
/** @typedef {{ origin: string, audience?: string }} Place somewhere a token may go, and for whom the token has to be */

/**
 * @typedef {object} Tools
 * @property {readonly Place[]} places the listed ones
 * @property {boolean} forwardsBearer whether this host's `fetch` takes an `Authorization` along to another origin
 * @property {(audience: string | undefined, signal: AbortSignal, forceRefresh: boolean) => Promise<string>} getToken
 * @property {() => string | undefined} user who is signed in
 * @property {(request: Request) => Promise<Response>} send
 * @property {Map<string, string>} refused by origin, the token that was refused there although it was new
 */

/**
 * Where an address lies, if a token may go there: in this origin, or in a listed one.
 * @param {string} address
 * @param {readonly Place[]} places
 * @param {string | undefined} own
 * @returns {Place | undefined}
 */
export function placeOf(address, places, own) {
  const { origin, protocol } = new URL(address);
  // `blob:` has the origin of who made it.
  if (!/^https?:$/.test(protocol)) return undefined;
  return places.find((place) => place.origin === origin) ?? (origin === own ? { origin } : undefined);
}

/**
 * Whether a body can be sent only once.
 * @param {any} body
 */
export const isStream = (body) =>
  typeof body === 'object' && body !== null && (Symbol.asyncIterator in body || 'getReader' in body);

/**
 * `fetch`, with the token wherever it may go.
 * @param {Tools} tools
 * @param {RequestInfo | URL} input
 * @param {RequestInit & { audience?: string }} [init]
 */
export async function authFetch({ places, forwardsBearer, getToken, user, send, refused }, input, init) {
  // What it is given is read at once, as by `fetch`: what is done to it afterwards changes nothing.
  let request = new Request(input, init);
  const place = placeOf(request.url, places, globalThis.location?.origin);
  if (place === undefined || request.headers.has('authorization')) return send(request);
  if (forwardsBearer && request.redirect === 'follow') request = new Request(request, { redirect: 'manual' });
  const again = isStream(init?.body) ? undefined : request.clone();
  const { signal } = request;
  const ask = async (/** @type {boolean} */ isForced) => {
    try {
      return await getToken(init?.audience ?? place.audience, signal, isForced);
    } finally {
      // As `fetch` has it: with the caller's own reason.
      signal.throwIfAborted();
    }
  };

  const token = await ask(false);
  const who = user();
  const answer = await send(withToken(request, token));
  // One token is refused twice at most: a service that refuses whatever it gets must not cost a mint a call.
  if (answer.status !== 401 || again === undefined || refused.get(place.origin) === token) return answer;
  const other = await differing(token, ask).catch(() => token);
  signal.throwIfAborted();
  // What was asked for as one user is not sent as another.
  if (other === token || user() !== who) return answer;
  answer.body?.cancel().catch(() => {});
  const second = await send(withToken(again, other));
  if (second.status === 401) refused.set(place.origin, other);
  return second;
}

/**
 * The token at hand if it is another one already, else a new one.
 * @param {string} token
 * @param {(isForced: boolean) => Promise<string>} ask
 */
export async function differing(token, ask) {
  const atHand = await ask(false);
  return atHand === token ? ask(true) : atHand;
}

/**
 * @param {Request} request
 * @param {string} token
 */
function withToken(request, token) {
  request.headers.set('authorization', `Bearer ${token}`);
  return request;
}
