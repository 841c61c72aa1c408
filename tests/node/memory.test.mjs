// @ts-check
import { test } from 'node:test';
import { openNodeMemory } from '../../bench/hosts/memory.mjs';
import { checkMemory } from '../memory/check.mjs';

test('tokens by the thousand leave nothing behind in Node', { timeout: 120_000 }, () => checkMemory(openNodeMemory));
