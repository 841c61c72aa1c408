// One process that imports the package and requires it: a module that is still CommonJS, used by one that is not.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import * as imported from 'bixarena-auth-client';
import * as importedVerifier from 'bixarena-auth-client/verifier';
import * as importedEdge from 'bixarena-auth-client/edge';

const require = createRequire(import.meta.url);
const required = require('bixarena-auth-client');

assert.equal(required.AuthError, imported.AuthError);
assert.equal(required.JwtVerifier, imported.JwtVerifier);
assert.equal(require('bixarena-auth-client/verifier').JwtVerifier, importedVerifier.JwtVerifier);
assert.equal(require('bixarena-auth-client/verifier').AuthError, imported.AuthError);
assert.equal(require('bixarena-auth-client/edge').AuthError, importedEdge.AuthError);
assert.deepEqual(Object.keys(required).sort(), Object.keys(imported).sort());
console.log('one identity');
