// @ts-check
/** @import { UserInfo } from '../dist/types.js' */
import { AuthError, safe } from '../dist/web/host.js';
import { retryAfter } from './retry-after.js';

/** The longest answer that is read, in characters. */
const LONGEST = 262_144;

/** A day, in seconds: what is over it is no advice but a mistake. */
const LONGEST_WAIT = 86_400;

/** Codes and messages, in the words of src/error/fault.rs. */
const MESSAGES = {
  login_required: 'there is no session: sign in first',
  network_error: 'the service cannot be reached: no network, no CORS permission, or a wrong baseUrl',
  timeout: 'the service did not answer in time',
  rate_limited: 'too many requests: wait for retryAfter seconds',
  service_unavailable: 'the service is not available: try again later',
  response_invalid: 'the service gave an answer that is not in its contract',
  user_changed: 'another user has signed in',
  signed_out: 'the user has signed out',
  disposed: 'this object has been disposed of',
};

/**
 * @param {keyof typeof MESSAGES} code
 * @param {object} [fields]
 */
export const failure = (code, fields) => new AuthError(code, MESSAGES[code], fields);

/** What the service says about the user: asked for once for everybody who waits, and kept while the user stays. */
export class Profile {
  /** @type {UserInfo | null} */
  known = null;
  /** @type {Promise<UserInfo> | undefined} */
  #underWay;
  /** @type {AbortController | undefined} */
  #controller;
  #ask;
  #onKnown;

  /**
   * @param {(controller: AbortController) => Promise<UserInfo>} ask
   * @param {(info: UserInfo) => void} onKnown
   */
  constructor(ask, onKnown) {
    this.#ask = ask;
    this.#onKnown = onKnown;
  }

  load() {
    return (this.#underWay ??= this.#load());
  }

  async #load() {
    const controller = (this.#controller = new AbortController());
    try {
      const info = await this.#ask(controller);
      controller.signal.throwIfAborted();
      this.known = info;
      this.#onKnown(info);
      return info;
    } finally {
      // Unless another user's has taken its place.
      if (this.#controller === controller) this.#underWay = undefined;
    }
  }

  /**
   * The user is gone: what is known goes too, and who waits learns why.
   * @param {Parameters<typeof failure>[0]} code
   */
  forget(code) {
    this.known = null;
    this.#underWay = undefined;
    this.#controller?.abort(failure(code));
  }
}

/**
 * Asks `/userinfo`, with the session cookie.
 * @param {object} request
 * @param {string} request.url
 * @param {string | null} request.sub the verified one; `null` where nothing can be verified: then whoever has the session
 * @param {typeof fetch} request.send
 * @param {number} request.timeout in milliseconds
 * @param {() => number} request.now
 * @param {AbortController} controller ends it, with the reason to give
 * @returns {Promise<UserInfo>}
 */
export async function fetchUserInfo({ url, sub, send, timeout, now }, controller) {
  const { signal } = controller;
  signal.throwIfAborted();
  const timer = globalThis.setTimeout(() => controller.abort(failure('timeout')), timeout);
  try {
    // The caller's `fetch` may not heed the signal: what it does then is not waited for.
    return await Promise.race([
      exchange(url, sub, send, now, signal),
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    ]);
  } finally {
    globalThis.clearTimeout(timer);
  }
}

/**
 * @param {string} url
 * @param {string | null} sub
 * @param {typeof fetch} send
 * @param {() => number} now
 * @param {AbortSignal} signal
 */
async function exchange(url, sub, send, now, signal) {
  let response, text;
  try {
    response = await send(url, {
      credentials: 'include',
      redirect: 'manual',
      headers: { accept: 'application/json' },
      signal,
    });
    text = await response.text();
  } catch {
    throw failure('network_error');
  }
  const body = readObject(response.headers.get('content-type'), text);
  if (response.status !== 200) throw refusal(response, body, now());
  // OpenID Connect Core 5.3.2: what is about somebody else is not used.
  if (typeof body?.sub !== 'string' || body.sub !== (sub ?? body.sub))
    throw failure('response_invalid', { status: 200 });
  return userInfo(body);
}

/**
 * The JSON object in an answer, if there is one.
 * @param {string | null} type
 * @param {string} text
 * @returns {Record<string, any> | undefined}
 */
function readObject(type, text) {
  if (!/^application\/([\w.-]+\+)?json *(;|$)/i.test(type ?? '') || text.length > LONGEST) return undefined;
  try {
    const body = JSON.parse(text);
    return typeof body === 'object' && !Array.isArray(body) ? (body ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What an answer means that is no success.
 * @param {Response} response
 * @param {Record<string, any> | undefined} body
 * @param {number} now
 */
export function refusal({ status, headers }, body, now) {
  const code =
    status === 401
      ? 'login_required'
      : status === 429
        ? 'rate_limited'
        : status > 499
          ? 'service_unavailable'
          : 'response_invalid';
  const wait =
    retryAfter(headers.get('retry-after'), now, LONGEST_WAIT) ?? retryAfter(body?.retryAfterSeconds, now, LONGEST_WAIT);
  return failure(code, {
    status: status || undefined,
    retryAfter: wait === undefined ? undefined : Math.ceil(wait),
    problem: problemOf(body),
  });
}

/**
 * The problem details in a body (RFC 9457 §3.1).
 * @param {Record<string, any> | undefined} body
 */
function problemOf(body) {
  if (typeof body?.title !== 'string') return undefined;
  /** @type {Record<string, unknown>} */
  const problem = {};
  for (const name of ['type', 'title', 'status', 'detail', 'instance']) {
    const value = body[name];
    if (typeof value === (name === 'status' ? 'number' : 'string')) {
      problem[name] = typeof value === 'string' ? safe(value) : value;
    }
  }
  return problem;
}

/**
 * What the service says, with a name to show and a picture that is safe to link to.
 * @param {Record<string, any>} body
 * @returns {UserInfo}
 */
function userInfo(body) {
  const { name, preferred_username: handle, avatar_url: avatar } = body;
  const isText = (/** @type {unknown} */ value) => typeof value === 'string' && value !== '';
  return {
    ...body,
    sub: body.sub,
    name: [name, handle].find(isText),
    avatar: isText(avatar) && /^https?:\/\//i.test(avatar) ? avatar : undefined,
  };
}
