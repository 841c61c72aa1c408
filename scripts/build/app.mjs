// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { must } from '../lib/exec.mjs';
import { withLock } from '../lib/lock.mjs';
import { inRoot, scratch } from '../lib/paths.mjs';
import { Problem } from '../lib/problem.mjs';
import { step } from '../lib/say.mjs';
import { digest, once } from '../lib/stamp.mjs';

/** Where the built UI lies. */
export const appFolder = inRoot('www', 'app', 'dist');

/** Builds the demo UI, unless neither it nor the package has changed. The package has to be built before. */
export async function buildApp() {
  if (!existsSync(inRoot('www', 'app', 'index.html'))) throw new Problem('the demo UI is missing: www/app/index.html.');
  const vite = inRoot('node_modules', 'vite', 'bin', 'vite.js');
  const action = () =>
    step(
      'Building the demo UI',
      'about 5 s',
      async () => void (await must(process.execPath, [vite, 'build', 'www/app'])),
    );
  const generated = digest(['.'], { folder: inRoot('pkg', 'dist') });
  const inputs = digest(['www/app', 'pkg', 'package-lock.json'], { extra: generated });
  const stamp = join(scratch, 'app.stamp');
  await withLock(join(scratch, 'app.lock'), () => once({ stamp, inputs, output: appFolder, action }));
}
