// @ts-check
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** @param {...string} parts */
export const inRoot = (...parts) => join(root, ...parts);

/** Tools that take minutes to build are kept per user and version, so that a second clone finds them. */
export const toolCache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'bixarena-auth-client', 'tools');

/** What the scripts remember of this clone: stamps, locks, scratch files. Goes with `cargo clean`. */
export const scratch = inRoot('target', 'scripts');
