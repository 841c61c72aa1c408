// @ts-check
// The consumers that need nothing but the package and what this repository has installed.

import { findConsumers } from '../support/consumer.mjs';
import { testConsumers } from '../support/suite.mjs';

testConsumers(await findConsumers(({ quick }) => quick === true));
