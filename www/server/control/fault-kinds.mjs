// @ts-check
import { flipSignature } from '../flip-signature.mjs';
import { nothingMore, replaceAnswer, sendHalf, whenClosed } from './raw-answers.mjs';

/** @typedef {import('hono').Context<import('../service/service.mjs').Env>} Context */
/** @typedef {import('../service/keys.mjs').KeyRing} KeyRing */

/**
 * What a fault needs besides the request.
 *
 * @typedef {object} Stage
 * @property {Context} c
 * @property {Record<string, any>} fault its parameters
 * @property {() => Promise<void>} next carries on with the request
 * @property {() => Promise<void>} gate opens when the fault is released
 * @property {() => Promise<KeyRing>} replica the keys of another replica, never in this one's key set
 */

/** @typedef {(stage: Stage) => Promise<Response | void>} FaultKind */

/**
 * The faults. Those of the first group never reach the operation; those of the second let it do its work and spoil the answer,
 * so that a session may have begun or ended although the client does not learn it.
 *
 * @type {Readonly<Record<string, FaultKind>>}
 */
export const faultKinds = Object.freeze({
  /** Another answer: `status` (500), `body` (text, or JSON for what is no text), `contentType`, `headers`. */
  respond: ({ c, fault, next }) => instead(c, next, () => answerOf(fault)),
  /** A page of HTML with status 200, as a captive portal or a misrouted gateway sends it. */
  html: ({ c, next }) =>
    instead(c, next, () => new Response('<!doctype html><title>Welcome</title><h1>Welcome</h1>', { headers: HTML })),
  /** To `location`, with `status` 302. */
  redirect: ({ c, fault, next }) =>
    instead(c, next, () => new Response(null, { status: fault.status ?? 302, headers: { Location: fault.location } })),
  /** Never an answer; the connection stays open. */
  hang: ({ c }) => nothingMore(c),
  /** The connection is reset before a byte of the answer. */
  drop: async ({ c }) => {
    c.env.outgoing.socket?.resetAndDestroy();
    return nothingMore(c);
  },

  /** Late by `ms`: the answer (`when: 'after'`, the default) or the beginning of the work (`when: 'before'`). */
  delay: ({ c, fault, next }) => late(fault, next, () => wait(fault.ms, c)),
  /** Late until it is released; `when` as in `delay`. */
  hold: ({ c, fault, next, gate }) => late(fault, next, () => Promise.race([gate(), whenClosed(c)])),
  /** The headers, half of the body, then the connection is cut; an answer that can have no body is cut before it begins. */
  reset: async ({ c, next }) => {
    await next();
    await sendHalf(c);
    c.env.outgoing.destroy();
    return nothingMore(c);
  },
  /** The headers, half of the body, then nothing more. */
  stall: async ({ c, next }) => {
    await next();
    await sendHalf(c);
    return nothingMore(c);
  },
  /** A complete HTTP answer whose JSON ends half-way. */
  truncated: async ({ c, next }) => {
    await next();
    const text = await c.res.text();
    replaceAnswer(c, text.slice(0, Math.floor(text.length / 2)));
  },
  /** The right body under another `contentType` (text/plain). */
  'content-type': async ({ c, fault, next }) => {
    await next();
    replaceAnswer(c, await c.res.text(), { 'Content-Type': fault.contentType ?? 'text/plain' });
  },
  /** The right members and one more that makes the body `bytes` long (10 MB). */
  huge: async ({ c, fault, next }) => {
    await next();
    const body = JSON.parse((await c.res.text()) || '{}');
    replaceAnswer(c, JSON.stringify({ ...body, padding: 'x'.repeat(fault.bytes ?? 10 * 1024 * 1024) }));
  },
  /** The JSON body with the members of `set` in place of its own; null removes one. */
  json: async ({ c, fault, next }) => {
    await next();
    const body = { ...JSON.parse((await c.res.text()) || '{}'), ...fault.set };
    for (const name of Object.keys(body)) if (body[name] === null) delete body[name];
    replaceAnswer(c, JSON.stringify(body));
  },
  /** The right answer without any CORS header. */
  'no-cors': async ({ c, next }) => {
    await next();
    for (const name of [...c.res.headers.keys()]) if (name.startsWith('access-control-')) c.res.headers.delete(name);
  },

  /** `token`: one bit of the signature is wrong. */
  'tampered-signature': async ({ c, next }) => {
    await next();
    if (c.res.status !== 200) return;
    const body = JSON.parse(await c.res.text());
    replaceAnswer(c, JSON.stringify({ ...body, access_token: flipSignature(body.access_token) }));
  },
  /** `token`: signed by another replica, whose key is not in the key set. */
  'unpublished-key': async ({ c, next, replica }) => {
    c.set('tokenDefect', { key: (await replica()).current });
    await next();
  },
  /** `token`: well signed, with `claims` and `header` in place of its own members. */
  claims: async ({ c, fault, next }) => {
    c.set('tokenDefect', { claims: fault.claims, header: fault.header });
    await next();
  },
  /** `jwks`: the key set of the replica that signs for `unpublished-key`. */
  'other-replica': async ({ c, next, replica }) => {
    c.set('keys', await replica());
    await next();
  },
});

const HTML = { 'Content-Type': 'text/html; charset=utf-8' };

/**
 * @param {Context} c
 * @param {() => Promise<void>} next
 * @param {() => Response} answer
 */
async function instead(c, next, answer) {
  c.set('instead', answer);
  await next();
}

/** @param {Record<string, any>} fault */
function answerOf({ status = 500, body = null, contentType, headers = {} }) {
  const isText = body === null || typeof body === 'string';
  const type = contentType ?? (isText ? (body ? 'text/plain' : undefined) : 'application/json');
  return new Response(isText ? body || null : JSON.stringify(body), {
    status,
    headers: { ...headers, ...(type ? { 'Content-Type': type } : {}) },
  });
}

/**
 * @param {Record<string, any>} fault
 * @param {() => Promise<void>} next
 * @param {() => Promise<unknown>} pause
 */
async function late(fault, next, pause) {
  if (fault.when === 'before') await pause();
  await next();
  if (fault.when !== 'before') await pause();
}

/**
 * @param {number} ms
 * @param {Context} c
 */
async function wait(ms, c) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  await Promise.race([new Promise((resolve) => (timer = setTimeout(resolve, ms))), whenClosed(c)]);
  clearTimeout(timer);
}
