// @ts-check
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { inRoot, root, toolCache } from '../../../scripts/lib/paths.mjs';

/** The tarball, and what came of the runs. */
export const output = inRoot('target', 'packaging');

/**
 * Where the consumers are installed and built. Not below the repository: there they would find its packages when theirs are
 * missing, and its lock file makes tools take it for their workspace.
 */
export const scratch = join(toolCache, '..', 'packaging', createHash('sha256').update(root).digest('hex').slice(0, 12));
