// @ts-check
// The consumers that install tools of their own.

import { findConsumers } from '../support/consumer.mjs';
import { testConsumers } from '../support/suite.mjs';

testConsumers(await findConsumers(({ quick }) => quick !== true));
