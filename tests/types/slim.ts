// What has to compile of `./asset` and `./slim`, and what must not. Checked by `tsc --noEmit`, never run.
import { AuthClient } from 'bixarena-auth-client';
import * as asset from 'bixarena-auth-client/asset';
import clientWasm from 'bixarena-auth-client/client_bg.wasm';
import * as slim from 'bixarena-auth-client/slim';
import { JwtVerifier, init, isAuthError, type VerifiedJwt, type WasmSource } from 'bixarena-auth-client/slim/verifier';

export async function use(): Promise<void> {
  await asset.init();
  await init(clientWasm);
  await init(import('bixarena-auth-client/verifier_bg.wasm'));
  await slim.init(fetch('/client_bg.wasm'));
  await slim.init(new URL('https://cdn.example/client_bg.wasm'));
  await slim.init(new Uint8Array());
  await slim.init('/client_bg.wasm');
  await slim.init();
  const source: WasmSource = await WebAssembly.compile(new ArrayBuffer(8));
  const verifier = await JwtVerifier.create({ jwks: { keys: [] }, issuer: null, audience: null });
  const verified: VerifiedJwt = await verifier.verify('');
  // One class, whatever the entry.
  const clients: AuthClient[] = [new asset.AuthClient(), await slim.AuthClient.create()];
  console.log(source, verified, clients, isAuthError(0));

  // @ts-expect-error the main entry brings its own
  await asset.init(clientWasm);
  // @ts-expect-error null is no wasm
  await slim.init(null);
  // @ts-expect-error the verifier's entry has no client
  void (await import('bixarena-auth-client/slim/verifier')).AuthClient;
}
