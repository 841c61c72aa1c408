// @ts-check

/** @typedef {import('./sessions.mjs').User} User */
/** @typedef {import('../accounts.mjs').Account} Account */

/**
 * The service's own user table: which account a subject of the provider is, and its roles.
 *
 * @param {Account[]} accounts
 * @param {string} providerUrl
 */
export function createUsers(accounts, providerUrl) {
  /**
   * @param {Account} account
   * @returns {User}
   */
  const of = ({ sub, username, email, roles }) => ({
    sub,
    preferred_username: username,
    email,
    email_verified: true,
    roles,
    avatar_url: `${providerUrl}/avatars/${username}.svg`,
  });
  return {
    of,
    /**
     * @param {import('openid-client').IDToken} claims of a verified ID token
     * @returns {User}
     */
    fromIdToken(claims) {
      const account = accounts.find(({ synapseId }) => synapseId === claims.sub);
      if (!account) throw new Error('the provider signed in somebody whom the service does not know');
      const known = of(account);
      return {
        ...known,
        preferred_username: text(claims.preferred_username) ?? known.preferred_username,
        email: text(claims.email) ?? known.email,
        email_verified: claims.email_verified === true,
        avatar_url: text(claims.picture),
      };
    },
  };
}

/** @param {unknown} value */
function text(value) {
  return typeof value === 'string' ? value : null;
}
