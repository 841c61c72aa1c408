// @ts-check
import { after, before, describe, it } from 'node:test';
import { env } from 'node:process';
import { duration } from '../../../scripts/lib/say.mjs';
import { createContext } from './context.mjs';
import { writeResult } from './results.mjs';

const INSTALLATION = 10 * 60_000;

/**
 * One test for each way in which a consumer is used. `CONSUMERS`, names with commas between them, chooses some.
 * @param {import('./consumer.mjs').Found[]} consumers
 */
export function testConsumers(consumers) {
  const wanted = env.CONSUMERS ? env.CONSUMERS.split(',') : undefined;
  for (const consumer of consumers) if (!wanted || wanted.includes(consumer.name)) testConsumer(consumer);
}

/** @param {import('./consumer.mjs').Found} consumer */
function testConsumer(consumer) {
  const { title, version, minutes = 5, uses } = consumer;
  describe(`${title} ${version}`, { concurrency: false }, () => {
    /** @type {import('./results.mjs').Use[]} */
    const results = [];
    /** @type {import('./context.mjs').Context} */
    let context;
    let installation = 0;
    before(
      async () => {
        const began = performance.now();
        context = await createContext(consumer);
        installation = performance.now() - began;
      },
      { timeout: INSTALLATION },
    );
    for (const [use, run] of Object.entries(uses)) {
      it(use, { timeout: minutes * 60_000 }, async (test) => {
        const began = performance.now();
        const result = { use, ok: false, milliseconds: 0 };
        results.push(result);
        try {
          await run(context);
          result.ok = true;
        } catch (error) {
          test.diagnostic(context.said());
          throw error;
        } finally {
          await context.close();
          result.milliseconds = Math.round(performance.now() - began);
        }
        test.diagnostic(`installed in ${duration(installation)}, used in ${duration(result.milliseconds)}`);
      });
    }
    after(async () => {
      await context?.close();
      if (results.length > 0) writeResult(consumer, results, Math.round(installation));
    });
  });
}
