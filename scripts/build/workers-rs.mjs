// @ts-check
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, must } from '../lib/exec.mjs';
import { withLock } from '../lib/lock.mjs';
import { inRoot, scratch } from '../lib/paths.mjs';
import { step } from '../lib/say.mjs';
import { digest, once } from '../lib/stamp.mjs';
import { setUpCargoTool, wasmBindgen } from '../setup/cargo-tools.mjs';

const TARGET = 'wasm32-unknown-unknown';
const EXAMPLE = inRoot('examples', 'workers-rs');
const TARGET_DIR = inRoot('target', 'workers-rs');

const FOLDER = join(scratch, 'workers-rs');

/** The Worker in Rust, once it is built. */
export const workersRsEntry = join(FOLDER, 'index.js');

/** Between the runtime and what wasm-bindgen makes; `worker-build` writes more, for panics and Durable Objects. */
const ENTRY = `import wasm from './worker_bg.wasm';
import { fetch, initSync } from './worker.js';
initSync({ module: wasm });
export default { fetch };
`;

/** Builds examples/workers-rs, unless nothing has changed since. It needs Rust with the wasm target. */
export async function buildWorkersRs() {
  await setUpCargoTool(wasmBindgen());
  const inputs = digest(
    ['examples/workers-rs', 'src', 'Cargo.toml', 'rust-toolchain.toml', 'scripts/build/workers-rs.mjs'],
    {
      extra: [ask('rustc', ['--version']), ask('wasm-bindgen', ['--version'])],
    },
  );
  const stamp = join(scratch, 'workers-rs.stamp');
  const action = () => step('Building the Worker in Rust', 'about 60 s', compile);
  await withLock(join(scratch, 'workers-rs.lock'), () => once({ stamp, inputs, output: FOLDER, action }));
}

async function compile() {
  const args = ['build', '--release', '--locked', `--target=${TARGET}`, `--target-dir=${TARGET_DIR}`];
  await must('cargo', args, { cwd: EXAMPLE });
  const compiled = join(TARGET_DIR, TARGET, 'release', 'bixarena_auth_workers_rs.wasm');
  const options = ['--target=web', '--omit-default-module-path', `--out-dir=${FOLDER}`, '--out-name=worker'];
  await must('wasm-bindgen', [...options, compiled]);
  writeFileSync(workersRsEntry, ENTRY);
}
