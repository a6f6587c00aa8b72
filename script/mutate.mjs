// SPDX-License-Identifier: Apache-2.0
// Mutation run: each label check of tests/mutations/labels.mjs is taken out, and the tests that it names must fail.
// `node script/mutate.mjs [--only TEXT] [--part N] [--seed S] [--keep]`, after build/native and dist/ were built. --only takes
// those whose file or name holds the text, --part each N-th, from a place that the seed gives (by default the day, printed). --keep takes the objects of the last run.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { mutations } from '../tests/mutations/labels.mjs';
import { others, scanned } from '../tests/mutations/scanned.mjs';
import { buildMutants, inParallel } from './mutants.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const work = join(root, 'build/mutate');
const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    part: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Math.floor(Date.now() / 86_400_000)) },
    keep: { type: 'boolean', default: false },
  },
});
const run = promisify(execFile);
const fail = (message) => {
  console.error('mutate: ' + message);
  process.exit(2);
};
const textOf = (file) => readFileSync(join(root, file), 'utf8');
const count = (text, part) => text.split(part).length - 1;

// The list is true: each place is there once, and nothing that looks like a label check is missing.
const covered = {};
const note = (file, at) => {
  const text = textOf(file);
  if (count(text, at) !== 1) fail(`${file} holds ${count(text, at)} times: ${at}`);
  const from = text.indexOf(at);
  (covered[file] ||= []).push([from, from + at.length]);
};
for (const { name, file, at, find = at } of mutations) {
  note(file, at);
  if (count(at, find) !== 1) fail(`${name}: what is replaced must stand once in its place`);
}
for (const [file, at] of others) note(file, at);
const missing = [];
for (const { folder, pattern } of scanned)
  for (const name of readdirSync(join(root, folder))) {
    const file = `${folder}/${name}`;
    if (!/\.(cpp|h|ts)$/.test(name)) continue;
    const text = textOf(file);
    for (const match of text.matchAll(new RegExp(pattern, 'g'))) {
      const inside = (covered[file] ?? []).some(([from, to]) => match.index >= from && match.index < to);
      const line = text.slice(0, match.index).split('\n').length;
      if (!inside) missing.push(`${file}:${line}: ${text.split('\n')[line - 1].trim()}`);
    }
  }
if (missing.length) fail(`not listed in tests/mutations:\n${missing.join('\n')}`);

const part = Number(options.part);
const chosen = mutations
  .map((mutation, number) => ({ ...mutation, number }))
  .filter(({ equivalent }) => !equivalent)
  .filter(
    ({ name, file }, i) => i % part === Number(options.seed) % part && `${file}: ${name}`.includes(options.only ?? ''),
  );
if (!chosen.length) fail('no such mutation');

const started = performance.now();
const seconds = () => Math.round((performance.now() - started) / 1000);
await buildMutants(root, work, chosen, options.keep).catch(({ message }) => fail(message));
const which = part > 1 ? `, each ${part}th from seed ${options.seed} on` : '';
console.log('privacy 23: removing any one label check fails a test');
console.log(`${chosen.length} mutants of ${mutations.length} listed label checks${which}, built in ${seconds()} s`);

const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
/** Command, its values and further environment of one test of a binary, a file of node:test, or one of Playwright. */
function commandOf(binary, test, number) {
  if (binary.endsWith('.spec.mjs')) {
    const cli = join(root, 'node_modules/@playwright/test/cli.js');
    const output = join(work, `playwright-${number}-${process.pid}-${(outputs += 1)}`);
    const rest = [
      '--project',
      'chromium',
      '--retries',
      // A mutant that survives once has survived; what fails without one may be the machine.
      number < 0 ? '1' : '0',
      '--workers',
      '1',
      '--reporter',
      'line',
      '--output',
      output,
    ];
    const mutant = number < 0 ? {} : { OMO_MUTANT: String(number) };
    return [
      process.execPath,
      [cli, 'test', binary, '-g', `${escaped(test)}$`, ...rest],
      { ...mutant, OMO_DIST: join(work, 'dist') },
    ];
  }
  if (binary.endsWith('.test.mjs')) {
    const values = ['--test', '--test-reporter=tap', `--test-name-pattern=^${escaped(test)}$`, binary];
    return [process.execPath, values, { OMO_JS: join(work, 'js/src'), OMO_MUTANT: String(number) }];
  }
  return [join(work, binary), [test.replace(/([,[\]])/g, '\\$1')], { OMO_MUTANT: String(number) }];
}
let outputs = 0;
/** 'passed', 'failed', or why it could not be run. A mutant that crashes or hangs is found too. */
async function outcomeOf(binary, test, number) {
  const [command, values, environment] = commandOf(binary, test, number);
  const isThere = (text) => !/No test cases matched|No tests ran|No tests found/.test(text);
  try {
    const { stdout } = await run(command, values, {
      cwd: root,
      env: { ...process.env, ...environment },
      timeout: 180_000,
      maxBuffer: 1 << 26,
    });
    return isThere(stdout) && !/^# pass 0$/m.test(stdout) ? 'passed' : 'not there';
  } catch ({ stdout = '', stderr = '' }) {
    return isThere(stdout + stderr) ? 'failed' : 'not there';
  }
}
const tests = [
  ...new Map(chosen.flatMap(({ binary, tests }) => tests.map((test) => [binary + test, { binary, test }]))).values(),
];
let broken = 0;
await inParallel(tests, async ({ binary, test }) => {
  if (!/\.mjs$/.test(binary) || existsSync(join(root, binary))) {
    const outcome = await outcomeOf(binary, test, -1);
    if (outcome === 'passed') return;
    console.log(`without a mutant: '${test}' of ${binary} ${outcome}`);
  } else console.log(`${binary} is not there`);
  broken++;
});
const survived = [];
await inParallel(chosen, async ({ name, binary, tests, number }) => {
  const missed = [];
  for (const test of tests) if ((await outcomeOf(binary, test, number)) !== 'failed') missed.push(test);
  if (!missed.length && tests.length) return;
  survived.push(name);
  console.log(`survived: ${name}: ${missed.join(' | ') || 'no test is named'}`);
});
console.log(
  `${chosen.length - survived.length} killed, ${survived.length} survived, ${mutations.filter(({ equivalent }) => equivalent).length} equivalent (each with its reason in the list), ${seconds()} s`,
);
process.exit(broken || survived.length ? 1 : 0);
