// @ts-check
import { readFileSync } from 'node:fs';
import { html, raw } from 'hono/html';

const style = readFileSync(new URL('./login.css', import.meta.url), 'utf8');

/** @typedef {import('../accounts.mjs').Account} Account */

/**
 * @param {object} options
 * @param {string} options.uid of the interaction
 * @param {Account[]} options.accounts
 * @param {string} [options.refused] the user name that was typed with a wrong password
 */
export function loginPage({ uid, accounts, refused }) {
  return page(
    'Sign in to continue to BixArena',
    html`
      <header class="head">
        <h1>Sign in</h1>
        <p>to continue to <strong>BixArena</strong></p>
      </header>
      ${quickChoices(uid, accounts)}
      <p class="or"><span>or with a password</span></p>
      ${passwordForm(uid, accounts, refused)}
      <p class="scope">
        BixArena will see your user name, your name, your email address and your picture. It never sees your password.
      </p>
      <form class="cancel" method="post" action="/interaction/${uid}/cancel">
        <button class="quiet" type="submit">Cancel and go back</button>
      </form>
    `,
  );
}

export function expiredPage() {
  return page(
    'This sign-in is over',
    html`
      <header class="head">
        <h1>This sign-in is over</h1>
        <p>It was finished, cancelled, or left open too long.</p>
      </header>
      <p class="scope">Go back to the application and choose “Sign in” there to start again.</p>
    `,
  );
}

/**
 * @param {string} uid
 * @param {Account[]} accounts
 */
function quickChoices(uid, accounts) {
  return html`
    <form class="choices" method="post" action="/interaction/${uid}/sign-in" aria-label="Choose an account">
      ${accounts.map(
        ({ username, name, email, roles, about }) => html`
          <button class="choice" type="submit" name="account" value="${username}">
            <img src="/avatars/${username}.svg" alt="" width="44" height="44" />
            <span class="who">
              <span class="name">${name}</span>
              <span class="mail">${email}</span>
            </span>
            <span class="role ${roles.includes('admin') ? 'admin' : ''}" title="${about}">
              ${roles.includes('admin') ? 'Admin' : 'User'}
            </span>
          </button>
        `,
      )}
    </form>
  `;
}

/**
 * @param {string} uid
 * @param {Account[]} accounts
 * @param {string | undefined} refused
 */
function passwordForm(uid, accounts, refused) {
  const wrong = refused !== undefined;
  const invalid = wrong ? raw('aria-invalid="true" aria-describedby="wrong"') : '';
  return html`
    <form class="password" method="post" action="/interaction/${uid}/sign-in">
      ${
        wrong
          ? html`<p class="wrong" id="wrong" role="alert">
              That user name and password do not belong together. Both are listed below.
            </p>`
          : ''
      }
      <label>
        <span>User name or email</span>
        <input
          name="username"
          autocomplete="username"
          autocapitalize="none"
          required
          value="${refused ?? ''}"
          ${invalid}
        />
      </label>
      <label>
        <span>Password</span>
        <input name="password" type="password" autocomplete="current-password" required ${invalid} />
      </label>
      <button class="primary" type="submit">Sign in</button>
      <p class="known">
        ${accounts.map(
          ({ username, password }) => html`<span><code>${username}</code> / <code>${password}</code></span>`,
        )}
      </p>
    </form>
  `;
}

/**
 * @param {string} title
 * @param {unknown} content
 */
function page(title, content) {
  return String(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>${title}</title>
          <link rel="icon" href="data:image/svg+xml,${encodeURIComponent(String(mark()))}" />
          <style>
            ${raw(style)}
          </style>
        </head>
        <body>
          <main>
            <p class="brand">
              ${mark()}<span>Synapse <em>stand-in</em></span
              ><span class="local">local</span>
            </p>
            <section class="card">${content}</section>
            <p class="notice">
              <strong>A local copy for development.</strong> This page runs on your machine and is not synapse.org:
              enter no real password here.
            </p>
          </main>
        </body>
      </html>`,
  );
}

/** Two neurons and the gap between them. */
function mark() {
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="34" height="34" aria-hidden="true">
    <rect width="40" height="40" rx="11" fill="url(#ground)" />
    <path
      d="M9 12c7 0 8 5 8 8s-1 8-8 8M31 12c-7 0-8 5-8 8s1 8 8 8"
      fill="none"
      stroke="#fff"
      stroke-width="2.6"
      stroke-linecap="round"
    />
    <circle cx="20" cy="20" r="1.9" fill="#fff" />
    <defs>
      <linearGradient id="ground" x2="1" y2="1">
        <stop stop-color="#2b6cb0" />
        <stop offset="1" stop-color="#134e7a" />
      </linearGradient>
    </defs>
  </svg>`;
}
