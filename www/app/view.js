// @ts-check
import { adviceFor } from './advice.js';
import { CALLS } from './api.js';

/**
 * @typedef {object} Model
 * @property {import('bixarena-auth-client').AuthState} state
 * @property {'starting' | 'signing-in' | 'renewing' | 'signing-out' | null} busy
 * @property {{ code: string, message: string, description?: string } | null} error
 * @property {{ path: string, status: number, body: string } | null} api what the Worker has answered
 * @property {string | null} asked the call that was made last
 * @property {string | null} name what the service calls the user, where it says so
 * @property {boolean} usable false where there is no client
 *
 * @typedef {Record<'login' | 'logout' | 'renew' | 'retry', () => void> & { call: (call: import('./api.js').Call) => void }} Actions
 */

const BUSY = { starting: 'Starting', 'signing-in': 'Signing in', renewing: 'Renewing', 'signing-out': 'Signing out' };
const STATUS = { unknown: 'Not known', anonymous: 'Signed out', authenticated: 'Signed in' };

/**
 * Everything from outside is set as text, never as HTML.
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string | null)[]} children
 */
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null));
  return node;
}

/**
 * @param {string} id
 * @param {string} label
 * @param {() => void} action
 * @param {{ style?: string, disabled?: boolean }} [options]
 */
function button(id, label, action, { style = 'quiet', disabled = false } = {}) {
  const node = element('button', { type: 'button', class: style, 'data-testid': id }, label);
  node.toggleAttribute('disabled', disabled);
  node.addEventListener('click', action);
  return node;
}

/**
 * @param {Model} model
 * @param {Actions} actions
 */
export function render(model, actions) {
  const { state, busy, error } = model;
  const status = /** @type {HTMLElement} */ (document.querySelector('.status'));
  status.textContent = busy ? BUSY[busy] : STATUS[state.status];
  status.dataset.state = busy ?? state.status;
  const parts = [
    error && errorCard(error),
    identityCard(model, actions),
    model.usable ? apiCard(model, actions) : null,
  ];
  document.querySelector('#app')?.replaceChildren(...parts.filter((part) => part !== null));
  tick(state);
}

/** @param {NonNullable<Model['error']>} error */
function errorCard({ code, message, description }) {
  return element(
    'section',
    { class: 'card error', role: 'alert', 'data-testid': 'error' },
    element('code', { 'data-testid': 'error-code' }, code),
    element('p', {}, message),
    description ? element('p', { class: 'soft' }, description) : null,
    element('p', { class: 'advice' }, adviceFor(code)),
  );
}

/**
 * @param {Model} model
 * @param {Actions} actions
 */
function identityCard(model, actions) {
  if (model.state.status === 'authenticated') return signedIn(model, model.state.claims, actions);
  const unknown = model.state.status === 'unknown';
  const disabled = model.busy !== null || !model.usable;
  const [title, text] =
    unknown && model.busy
      ? ['One moment', 'Asking the service whether you are signed in.']
      : unknown
        ? ['We could not find out', 'No answer that could be believed: you may still be signed in.']
        : ['You are signed out', 'Sign in to get a token, have it checked in this page, and call the guarded API.'];
  return element(
    'section',
    { class: 'card hero' },
    element('h1', {}, title),
    element('p', { class: 'soft' }, text),
    element(
      'p',
      { class: 'row' },
      button('login', 'Sign in', actions.login, { style: 'primary', disabled }),
      unknown && model.usable ? button('retry', 'Try again', actions.retry, { disabled }) : null,
    ),
  );
}

/**
 * @param {Model} model
 * @param {import('bixarena-auth-client').Claims} claims
 * @param {Actions} actions
 */
function signedIn(model, claims, actions) {
  const { name } = model;
  const roles = (claims.roles ?? []).map((role) => element('span', { class: 'chip', 'data-role': role }, role));
  const disabled = model.busy !== null;
  return element(
    'section',
    { class: 'card' },
    element('p', { class: 'eyebrow' }, 'Verified identity'),
    name ? element('h1', { 'data-testid': 'name' }, name) : null,
    element(name ? 'p' : 'h1', { class: 'sub', 'data-testid': 'sub' }, claims.sub),
    element('p', { class: 'chips', 'data-testid': 'roles' }, ...roles),
    element('p', { class: 'time' }, 'This token is valid for ', element('strong', { 'data-testid': 'time-left' })),
    element('div', { class: 'meter' }, element('i', { class: 'left' })),
    element(
      'p',
      { class: 'row' },
      button('renew', 'Get a renewed token', actions.renew, { style: 'primary', disabled }),
      button('logout', 'Sign out', actions.logout, { disabled }),
    ),
  );
}

/**
 * @param {Model} model
 * @param {Actions} actions
 */
function apiCard({ api, busy }, actions) {
  const rows = CALLS.map((call) =>
    element(
      'li',
      {},
      button(call.id, `GET ${call.path}`, () => actions.call(call), { style: 'quiet call', disabled: busy !== null }),
      element('span', { class: 'soft' }, call.what),
    ),
  );
  return element(
    'section',
    { class: 'card' },
    element('p', { class: 'eyebrow' }, 'Guarded API'),
    element('p', { class: 'soft' }, 'A Worker checks the same token again before it answers.'),
    element('ul', { class: 'calls' }, ...rows),
    api && answerOf(api),
  );
}

/** @param {NonNullable<Model['api']>} api */
const answerOf = ({ path, status, body }) =>
  element(
    'div',
    { class: `answer ${status === 200 ? 'good' : 'bad'}`, role: 'status' },
    element(
      'p',
      {},
      element('strong', { 'data-testid': 'api-status' }, String(status)),
      ' from ',
      element('code', { 'data-testid': 'api-path' }, path),
    ),
    element('pre', { 'data-testid': 'api-body' }, body),
  );

/** The time left, without drawing the rest anew. @param {Model['state']} state */
export function tick(state) {
  const label = document.querySelector('[data-testid="time-left"]');
  if (label === null || state.status !== 'authenticated') return;
  const { exp, iat = exp - 600 } = state.claims;
  const left = Math.max(0, Math.round(exp - Date.now() / 1000));
  label.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
  const bar = /** @type {HTMLElement} */ (document.querySelector('.left'));
  bar.style.width = `${Math.min(100, (100 * left) / Math.max(1, exp - iat))}%`;
}
