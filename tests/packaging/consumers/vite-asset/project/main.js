import { AuthClient, JwtVerifier } from 'bixarena-auth-client/asset';
import { JwtVerifier as Slim, init } from 'bixarena-auth-client/slim/verifier';
import wasm from 'bixarena-auth-client/verifier_bg.wasm?url';
import fixture from './fixture.js';

async function judge(verifier) {
  const { claims } = await verifier.verify(fixture.token);
  const tampered = await verifier.verify(fixture.tampered).catch((error) => error.code);
  return { subject: claims.sub, tampered };
}

async function check() {
  const { jwks, issuer, audience } = fixture;
  const client = await AuthClient.create();
  await init(wasm);
  return {
    main: await judge(await JwtVerifier.create({ jwks, issuer, audience })),
    verifier: await judge(new Slim({ jwks, issuer, audience })),
    client: client.state.status,
  };
}

window.outcome = await check().catch((error) => ({ failed: String(error.cause ?? error) }));
