// @ts-check
import { test } from 'node:test';
import { openWorkerdMemory } from '../../bench/hosts/memory.mjs';
import { checkMemory } from '../memory/check.mjs';

test('tokens by the thousand leave nothing behind in workerd', { timeout: 120_000 }, () =>
  checkMemory(openWorkerdMemory, { heap: false }),
);
