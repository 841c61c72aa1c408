// @ts-check
import assert from 'node:assert/strict';

/**
 * The contract of the five v1 operations, in a form that a test can walk through: for every status that an operation may answer,
 * the media type and the members that the body must have, or that there is no body.
 *
 * @typedef {'string' | 'integer' | 'array'} Kind
 * @typedef {{ type: string, required: Record<string, Kind>, optional?: Record<string, Kind> }} Body
 * @typedef {{ body: Body | null, headers?: string[], items?: { member: string, required: string[] } }} Answer
 * @typedef {{ method: string, path: string, answers: Record<number, Answer> }} ContractOperation
 */

/** @type {Body} RFC 9457 §3 */
const problem = {
  type: 'application/problem+json',
  required: { title: 'string', status: 'integer' },
  optional: { detail: 'string', type: 'string', instance: 'string' },
};

/** @type {Readonly<Record<'start' | 'callback' | 'token' | 'jwks' | 'logout', ContractOperation>>} */
export const contract = Object.freeze({
  start: {
    method: 'GET',
    path: '/auth/oidc/start',
    answers: { 204: { body: null }, 302: { body: null, headers: ['Location'] }, 400: { body: problem } },
  },
  callback: {
    method: 'GET',
    path: '/auth/oidc/callback',
    answers: {
      200: { body: { type: 'application/json', required: { status: 'string' } } },
      400: { body: problem },
      401: { body: problem },
    },
  },
  token: {
    method: 'POST',
    path: '/token',
    answers: {
      200: {
        body: {
          type: 'application/json',
          required: { access_token: 'string', token_type: 'string', expires_in: 'integer' },
        },
      },
      401: { body: null },
    },
  },
  jwks: {
    method: 'GET',
    path: '/.well-known/jwks.json',
    answers: {
      200: {
        body: { type: 'application/json', required: { keys: 'array' } },
        items: { member: 'keys', required: ['kty'] },
      },
      400: { body: problem },
    },
  },
  logout: { method: 'POST', path: '/auth/logout', answers: { 204: { body: null } } },
});

/**
 * Fails unless the contract allows the answer.
 *
 * @param {keyof typeof contract} operation
 * @param {Response} answer
 * @returns {Promise<Record<string, any> | null>} the body
 */
export async function assertContract(operation, answer) {
  const allowed = contract[operation].answers[answer.status];
  assert.ok(allowed, `${operation} must not answer ${answer.status}`);
  for (const header of allowed.headers ?? []) assert.ok(answer.headers.get(header), `${operation} needs ${header}`);
  const text = await answer.text();
  if (!allowed.body) {
    assert.equal(text, '', `${operation} ${answer.status} has no body`);
    return null;
  }
  const body = JSON.parse(text);
  assertBody(`${operation} ${answer.status}`, allowed.body, answer.headers.get('Content-Type') ?? '', body);
  for (const item of allowed.items ? body[allowed.items.member] : []) {
    for (const name of allowed.items?.required ?? []) assert.ok(name in item, `${operation}: an item lacks ${name}`);
  }
  return body;
}

/**
 * A problem document, for answers outside the five operations too.
 *
 * @param {Response} answer
 */
export async function assertProblem(answer) {
  const body = await answer.json();
  assertBody(`problem ${answer.status}`, problem, answer.headers.get('Content-Type') ?? '', body);
  assert.equal(body.status, answer.status);
  return body;
}

/**
 * @param {string} where
 * @param {Body} expected
 * @param {string} contentType
 * @param {Record<string, unknown>} body
 */
function assertBody(where, expected, contentType, body) {
  assert.equal(contentType.split(';')[0], expected.type, `${where}: media type`);
  for (const [name, kind] of Object.entries(expected.required)) {
    assert.ok(name in body, `${where}: ${name} is required`);
    assertKind(`${where}: ${name}`, kind, body[name]);
  }
  for (const [name, kind] of Object.entries(expected.optional ?? {})) {
    if (name in body) assertKind(`${where}: ${name}`, kind, body[name]);
  }
}

/**
 * @param {string} where
 * @param {Kind} kind
 * @param {unknown} value
 */
function assertKind(where, kind, value) {
  const fits =
    kind === 'integer' ? Number.isInteger(value) : kind === 'array' ? Array.isArray(value) : typeof value === kind;
  assert.ok(fits, `${where} must be: ${kind}`);
}
