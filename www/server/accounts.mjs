// @ts-check

/**
 * Who can sign in. `synapseId` is the subject at the provider; `sub` is the stable UUID by which the auth service
 * knows the same person: the two are never equal, as in production.
 *
 * @typedef {object} Account
 * @property {string} synapseId
 * @property {string} sub
 * @property {string} username
 * @property {string} password known to everybody: the login page shows it
 * @property {string} name
 * @property {string} email
 * @property {string[]} roles admins carry both roles
 * @property {string} about one line for the login page
 * @property {string} colour of the avatar
 */

/** @returns {Account[]} fresh copies, because a test may change an account's roles */
export function defaultAccounts() {
  return [
    {
      synapseId: '3401207',
      sub: '5a0a1f6e-3c1b-4d0e-9a57-6f2f5c1d7b21',
      username: 'maya',
      password: 'maya-local',
      name: 'Maya Okafor',
      email: 'maya.okafor@example.org',
      roles: ['user'],
      about: 'Votes in the arena',
      colour: '#0f766e',
    },
    {
      synapseId: '3401831',
      sub: 'c2b8d4f0-7e65-4b8a-8f13-2d9e0a4c6e58',
      username: 'jonas',
      password: 'jonas-local',
      name: 'Jonas Lindqvist',
      email: 'jonas.lindqvist@example.org',
      roles: ['user', 'admin'],
      about: 'Runs the arena',
      colour: '#7c3aed',
    },
  ];
}
