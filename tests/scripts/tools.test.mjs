// @ts-check
// The set-up against stand-ins for cargo and apt-get, so that nothing is installed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inRoot } from '../../scripts/lib/paths.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tools-'));
  mkdirSync(join(folder, 'bin'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** @param {string} name @param {string} script of sh */
function program(name, script) {
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'bin', name), 0o755);
}

/** Installs a `tool` after a while, and writes down that it was asked to. `$6` is the folder behind `--root`. */
const CARGO = `
echo "$*" >> "$LOG"
mkdir -p "$6/bin"
printf '#!/bin/sh\\necho tool 1.2.3\\n' > "$6/bin/tool"
chmod +x "$6/bin/tool"
sleep 0.5`;

/**
 * Runs some lines with the set-up's modules, in a process of its own.
 * @param {string} module
 * @param {string} lines
 * @param {string} [path] default: the stand-ins, then the usual programs
 */
async function inProcess(module, lines, path = `${join(folder, 'bin')}${delimiter}/usr/bin${delimiter}/bin`) {
  const url = pathToFileURL(inRoot('scripts', 'setup', module)).href;
  const problem = pathToFileURL(inRoot('scripts', 'lib', 'problem.mjs')).href;
  const source = `import { runCommand } from '${problem}';
    import * as setup from '${url}';
    await runCommand(async () => { ${lines} });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    env: { PATH: path, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), LOG: join(folder, 'log') },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const status = await new Promise((resolve) => child.on('close', resolve));
  return { status, output };
}

const TOOL = `{ crate: 'a-tool', version: '1.2.3', program: 'tool', estimate: 'a moment' }`;
const setUpTool = () =>
  inProcess('cargo-tools.mjs', `await setup.setUpCargoTool(${TOOL}); console.log(process.env.PATH);`);
const home = () => join(folder, 'cache', 'bixarena-auth-client', 'tools', 'a-tool-1.2.3');
const asked = () =>
  existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8').trim().split('\n') : [];

test('a tool is built once and found again', { timeout: 60_000 }, async () => {
  program('cargo', CARGO);
  const first = await setUpTool();
  assert.equal(first.status, 0, first.output);
  assert.match(first.output, /Building a-tool 1\.2\.3 \(a moment\)/);
  assert.match(first.output, new RegExp(`^${join(home(), 'bin')}:`, 'm'));
  const second = await setUpTool();
  assert.doesNotMatch(second.output, /Building/);
  assert.equal(asked().length, 1);
});

test('two clones at once build it once', { timeout: 60_000 }, async () => {
  program('cargo', CARGO);
  const both = await Promise.all([setUpTool(), setUpTool()]);
  for (const { status, output } of both) assert.equal(status, 0, output);
  assert.equal(asked().length, 1);
  assert.ok(both.some(({ output }) => output.includes('Waiting for another set-up that is building a-tool')));
});

test('an interrupted build is not mistaken for a tool', { timeout: 60_000 }, async () => {
  program('cargo', `${CARGO}\necho 'no space left' >&2; exit 101`);
  const { status, output } = await setUpTool();
  assert.equal(status, 1);
  assert.match(output, /no space left\n\n`cargo install a-tool .*` ended with status 101/);
  assert.equal(existsSync(home()), false);
  program('cargo', CARGO);
  assert.equal((await setUpTool()).status, 0);
  assert.deepEqual(readdirSync(join(home(), '..')), ['a-tool-1.2.3']);
});

test('a tool of the right version on the PATH is used, one of another is not', { timeout: 60_000 }, async () => {
  program('cargo', CARGO);
  program('tool', 'echo tool 1.2.3');
  await setUpTool();
  assert.equal(asked().length, 0);
  program('tool', 'echo tool 1.2.30');
  await setUpTool();
  assert.equal(asked().length, 1);
});

const WISH = `{
  what: 'Thing', why: 'the tests need it', estimate: 'a moment',
  debian: ['thing', 'thing-driver'], ubuntu: ['thing', 'thing-driver'], elsewhere: 'Thing with its driver' }`;

/** @param {string} [before] @param {string} [path] */
const install = (before = '', path) =>
  inProcess('system.mjs', `${before}; await setup.installPackages(${WISH});`, path);

test('without apt-get, what is missing is named', async () => {
  const { status, output } = await install('', join(folder, 'bin'));
  assert.equal(status, 1);
  assert.equal(output, '\nThing is missing, and the tests need it: install Thing with its driver.\n');
});

test('without root, the command is named', async () => {
  program('apt-get', 'echo "$*" >> "$LOG"');
  const { status, output } = await install('process.getuid = () => 1000');
  assert.equal(status, 1);
  assert.equal(output, '\nThing is missing, and the tests need it: run `sudo apt-get install thing thing-driver`.\n');
  assert.deepEqual(asked(), []);
});

test('as root, the packages are installed', async () => {
  program('apt-get', 'echo "$*" >> "$LOG"');
  const { status, output } = await install('process.getuid = () => 0');
  assert.equal(status, 0, output);
  assert.match(output, /Installing Thing: thing thing-driver \(a moment\)/);
  assert.equal(asked().length, 2);
  assert.match(asked()[0], / update$/);
  assert.match(asked()[1], / install --no-install-recommends thing thing-driver$/);
});

test('without Rust, one sentence says what to do', async () => {
  const { status, output } = await inProcess('rust.mjs', 'await setup.setUpRust();', join(folder, 'bin'));
  assert.equal(status, 1);
  assert.equal(output, '\nRust is missing: install it with rustup, see https://rustup.rs, and run this again.\n');
});

test('a toolchain and a target that are missing are asked for by name', async () => {
  program('cargo', '');
  program('cc', '');
  program('rustup', 'echo "$*" >> "$LOG"');
  program('rustc', `if [ "$1" = --print ]; then echo ${folder}; elif [ -s "$LOG" ]; then echo rustc; else exit 1; fi`);
  const { status, output } = await inProcess('rust.mjs', 'await setup.setUpRust();');
  assert.equal(status, 0, output);
  assert.match(asked()[0], /^toolchain install 1\.\d+\.\d+ --profile minimal .*--target wasm32-unknown-unknown$/);
  assert.equal(asked()[1], 'target add wasm32-unknown-unknown');
});
