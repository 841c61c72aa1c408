import { AuthClient, JwtVerifier, init } from 'bixarena-auth-client/slim';
import { JwtVerifier as Verifier, init as initVerifier } from 'bixarena-auth-client/slim/verifier';
import clientWasm from 'bixarena-auth-client/client_bg.wasm';
import verifierWasm from 'bixarena-auth-client/verifier_bg.wasm';
import fixture from './fixture.js';

const { jwks, issuer, audience } = fixture;

// Not waited for: a module is there at once.
init(clientWasm);
initVerifier(verifierWasm);
const main = new JwtVerifier({ jwks, issuer, audience });
const alone = new Verifier({ jwks, issuer, audience });
const client = new AuthClient({ baseUrl: 'https://auth.example/v1' });

async function judge(verifier) {
  const { claims } = await verifier.verify(fixture.token);
  const tampered = await verifier.verify(fixture.tampered).catch((error) => error.code);
  return { subject: claims.sub, tampered };
}

export default {
  async fetch() {
    return Response.json({ main: await judge(main), verifier: await judge(alone), client: client.state.status });
  },
};
