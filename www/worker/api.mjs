// @ts-check
// The Worker's own API. `guard` answers whoever may not see it.

import { guard } from 'bixarena-auth-client/edge';
import { note } from './log.mjs';
import { json } from './answers.mjs';
import { corsOf, verifierOf } from './settings.mjs';

/** @type {import('bixarena-auth-client/edge').GuardOptions<import('./settings.mjs').Env>} */
const options = {
  verifier: verifierOf,
  cors: corsOf,
  onRefused: ({ code }, request) => note(request, { code }),
};

/** What the token says of its user. */
export const me = guard(
  (request, _env, _ctx, { claims: { sub, roles, exp } }) => {
    note(request, { sub });
    return json({ sub, roles, exp });
  },
  { ...options, public: false },
);

/** For administrators only. */
export const admin = guard(
  (request, _env, _ctx, { claims: { sub } }) => {
    note(request, { sub });
    return json({ secret: 'only an administrator reads this', sub });
  },
  { ...options, public: false, roles: ['admin'] },
);

/** For everybody; but who brings a token brings a good one. */
export const welcome = guard(
  (request, _env, _ctx, auth) => {
    note(request, { sub: auth?.claims.sub });
    return json({ hello: auth?.claims.sub ?? 'whoever you are' });
  },
  { ...options, public: true },
);
