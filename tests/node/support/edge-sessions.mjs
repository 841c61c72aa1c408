// @ts-check
// An exchanger with a service that answers as it is told and counts.

import assert from 'node:assert/strict';
import { createSessionExchanger } from 'bixarena-auth-client/edge';
import { newVerifier, read, sign } from './edge-tokens.mjs';

const verifier = await newVerifier();
export const API = 'urn:bixarena:api';
export const token = await sign();
export const apiToken = await sign({}, { audience: API });
export const CHALLENGE = { 'www-authenticate': 'Cookie realm="BixArena", redirect="/auth/login"' };

/** @param {string} text @param {Record<string, unknown>} [changes] */
export const handOut = (text, changes) =>
  Response.json({ access_token: text, token_type: 'Bearer', expires_in: 600, ...changes });

/**
 * An exchanger, its clock, and what its service was asked.
 * @param {(url: string, init: any) => Response | Promise<Response>} respond
 * @param {Record<string, unknown>} [options]
 */
export function setUp(respond = () => handOut(token), options) {
  const asked = /** @type {{ url: string, init: any }[]} */ ([]);
  const clock = { time: Date.now() };
  const sessions = createSessionExchanger({
    baseUrl: 'https://auth.example/v1/',
    verifier,
    now: () => clock.time,
    fetch: async (/** @type {any} */ url, /** @type {any} */ init) => {
      asked.push({ url, init });
      return respond(url, init);
    },
    ...options,
  });
  return { sessions, asked, clock };
}

/** @param {RequestInit & { cookie?: string }} [init] */
export function request({ cookie = 'JSESSIONID=s1', headers, ...init } = {}) {
  return new Request('https://edge.example/api', { headers: { ...(cookie && { cookie }), ...headers }, ...init });
}

/** @param {any} result */
export async function refusal(result) {
  assert.equal(result.kind, 'refused');
  const answer = await read(result.response);
  assert.equal(result.error.code, answer.body.code);
  return answer;
}
