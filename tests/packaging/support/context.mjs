// @ts-check
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { must } from '../../../scripts/lib/exec.mjs';
import { inRoot } from '../../../scripts/lib/paths.mjs';
import { EXPECTED, fixture } from './fixture.mjs';
import { install, installNode } from './install.mjs';
import { startProcess } from './processes.mjs';
import { serve } from './serve.mjs';
import { createVisitor } from './visit.mjs';

/** @typedef {Awaited<ReturnType<typeof createContext>>} Context */

/** A command may take this long. */
const LIMIT = 4 * 60_000;

/** Nothing of the tests' own environment may decide what a consumer does, nor may it report to anybody. */
const QUIET = {
  CI: '1',
  NO_COLOR: '1',
  NODE_TEST_CONTEXT: undefined,
  NODE_OPTIONS: undefined,
  NODE_ENV: undefined,
  FORCE_COLOR: undefined,
  NEXT_TELEMETRY_DISABLED: '1',
  NG_CLI_ANALYTICS: 'false',
  WRANGLER_SEND_METRICS: 'false',
};

/**
 * What a consumer's ways of use are given. Everything that it starts is ended by `close()`.
 * @param {import('./consumer.mjs').Found} consumer
 */
export async function createContext(consumer) {
  const facts = await fixture();
  const folder = await install(consumer, facts);
  const bin = consumer.node ? await installNode(consumer.node) : dirname(process.execPath);
  const env = { ...process.env, ...QUIET, PATH: [bin, process.env.PATH].join(delimiter) };
  const visitor = createVisitor();
  /** @type {(() => Promise<unknown>)[]} */
  const started = [];
  /** @type {(() => string)[]} */
  const outputs = [];

  /** @template {{ close?: () => Promise<void>, stop?: () => Promise<void> }} T @param {T} what */
  const keep = (what) => {
    started.push(async () => (what.close ?? what.stop)?.());
    return what;
  };

  return {
    /** The copy of the project; the dependencies are installed. */
    folder,
    /** A good token, a tampered one, and the key set. */
    fixture: facts,
    /** The environment of commands: quiet, and with the consumer's Node first. */
    env,
    /** The program of Node that the consumer runs under. */
    node: join(bin, 'node'),

    /** A path in the project. @param {...string} path */
    path: (...path) => join(folder, ...path),

    /**
     * Runs a program of an npm package that the project, or else the repository, has installed. Its output, or an error that holds it.
     * @param {string} name as in node_modules/.bin
     * @param {string[]} [args]
     * @param {{ env?: Record<string, string>, limit?: number }} [options]
     */
    run: (name, args = [], options = {}) =>
      must(program(folder, name), args, { cwd: folder, limit: LIMIT, ...options, env: { ...env, ...options.env } }),

    /**
     * Starts one that keeps running, and waits until its output matches.
     * @param {string} name
     * @param {string[]} args
     * @param {RegExp} ready
     * @param {{ env?: Record<string, string> }} [options]
     */
    start: async (name, args, ready, options = {}) => {
      const running = await startProcess(program(folder, name), args, {
        cwd: folder,
        env: { ...env, ...options.env },
        ready,
      });
      outputs.push(running.output);
      return keep(running);
    },

    /** What the programs that were started have said. */
    said: () => outputs.map((output) => output()).join('\n'),

    /**
     * Serves a folder of the project with the strict content security policy.
     * @param {string} path
     * @param {Parameters<typeof serve>[1]} [options]
     */
    serve: async (path, options) => keep(await serve(join(folder, path), options)),

    /** Opens an empty page in Chromium. */
    open: visitor.open,

    /**
     * Opens a page in Chromium whose application puts its outcome into `window.outcome`, and judges that.
     * @param {string} url
     */
    visit: async (url) => assert.deepEqual(await visitor.visit(url), EXPECTED),

    /**
     * Judges an outcome that came in another way: a value, or the line of JSON in a program's output.
     * @param {unknown} outcome
     */
    judge: (outcome) => assert.deepEqual(typeof outcome === 'string' ? outcomeIn(outcome) : outcome, EXPECTED),

    /** Ends what is still running. */
    close: async () => {
      outputs.splice(0);
      for (const end of started.splice(0).reverse()) await end();
      await visitor.close();
    },
  };
}

/**
 * @param {string} folder
 * @param {string} name
 */
function program(folder, name) {
  if (name === 'node') return 'node';
  const places = [join(folder, 'node_modules', '.bin', name), inRoot('node_modules', '.bin', name)];
  const found = places.find(existsSync);
  assert.ok(found, `no package of the project or the repository brings ${name}`);
  return found;
}

/** @param {string} output */
function outcomeIn(output) {
  const line = /^\{"(?:main|failed)".*\}$/m.exec(output)?.[0];
  assert.ok(line, `the output holds no outcome:\n${output}`);
  return JSON.parse(line);
}
