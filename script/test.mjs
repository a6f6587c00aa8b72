// SPDX-License-Identifier: Apache-2.0
// The steps of script/test: each runs to its end, so that one failure does not hide another. A step's tests are counted
// from what its runner prints; a step without a runner counts as one test.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values: options } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean' } } });

const sum = (text, pattern) => [...text.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);
const counters = {
  ctest: (text) => {
    const failed = sum(text, /(\d+) tests? failed out of \d+/g);
    return { passed: sum(text, /tests? failed out of (\d+)/g) - failed, failed };
  },
  node: (text) => ({ passed: sum(text, /^# pass (\d+)/gm), failed: sum(text, /^# (?:fail|cancelled) (\d+)/gm) }),
  playwright: (text) => ({
    passed: sum(text, /^\s+(\d+) (?:passed|flaky)/gm),
    failed: sum(text, /^\s+(\d+) (?:failed|interrupted|did not run)/gm),
  }),
  mutants: (text) => ({ passed: sum(text, /^(\d+) killed/gm), failed: sum(text, /killed, (\d+) survived/g) }),
};

/** The lines by which the runners name, at their end, what failed and what passed only when tried again. */
function namesOf(text) {
  const listed = [...text.matchAll(/^\s+\d+ (failed|interrupted|flaky)\n((?:\s+\[\w+\] › .*\n)+)/gm)].flatMap(
    ([, how, lines]) => lines.match(/\[.*/g).map((line) => `${how}: ${line.replace(/[\s─]+$/, '')}`),
  );
  const cases = [...text.matchAll(/^\s+\d+ - (.*\((?:Failed|Timeout|SEGFAULT|Subprocess aborted|Not Run).*)$/gm)];
  const points = [...text.matchAll(/^\s*(?:not ok \d+ -|survived:) (.*)$/gm)];
  // Why, of those that a browser ran: the first line of what each of them said.
  const causes = [...text.matchAll(/^\s+\d+\) (\[\w+\] › .*?)[\s─]*\n[^]*?^\s+((?:\w*Error|Test timeout).*)$/gm)];
  const why = causes.map(([, title, cause]) => `why: ${title}: ${cause}`);
  return [...listed, ...why, ...[...cases, ...points].map(([, line]) => `failed: ${line}`)];
}

/** name, what it is, command, how its tests are counted (default: the step is one test). */
const steps = [
  ['build', 'native programs, Wasm, dist/, demo and dashboard', 'script/build'],
  [
    'generated',
    'generated files are current',
    'node script/generate.mjs --check && node script/generate-timezones.mjs --check',
  ],
  ['format', 'formatting of every source', 'script/lint format'],
  ['types', 'TypeScript is strictly typed', 'script/lint types'],
  ['tidy', 'clang-tidy finds nothing', 'script/lint tidy'],
  ['native', 'native tests', 'ctest --preset native -j 2', counters.ctest],
  [
    'node',
    'tests under Node: shell, Wasm, walls, package, collector',
    'node --test --test-timeout=900000 --test-reporter=tap tests/js tests/collector',
    counters.node,
  ],
  ['browser', 'the story in Chromium and Firefox', 'npx --no-install playwright test', counters.playwright],
  [
    'webkit',
    'the story in WebKitGTK',
    'node --test --test-timeout=900000 --test-reporter=tap tests/webkit',
    counters.node,
  ],
  [
    'sanitizers',
    'native tests under address and undefined-behaviour sanitizers',
    'script/build asan && ctest --preset asan -j 2',
    counters.ctest,
  ],
  [
    'mutations',
    'label checks taken out, each 12th from a seed on: the tests that name them fail',
    'script/mutate --part 12',
    counters.mutants,
  ],
];

if (options.list) {
  for (const [name, title] of steps) console.log(`${name.padEnd(12)} ${title}`);
  process.exit(0);
}
const chosen = steps.filter(([name]) => !options.only || name === options.only);
if (!chosen.length) {
  console.error(`no step is called '${options.only}': see script/test --list`);
  process.exit(2);
}

// These need processors and no clock: they run beside the others, which mostly wait, and at the lowest priority.
const beside = new Set(options.only ? [] : ['tidy', 'sanitizers', 'mutations']);

// A step that hangs must not hide the results of the others: one that is waited for ends after the first, any after the
// second.
const stepMinutes = 35;
const allMinutes = 82;
const deadline = Date.now() + allMinutes * 60_000;

// Each step is a process group of its own, so that it ends with all that it started, also when this program is stopped.
const groups = new Set();
const endGroup = (pid) => groups.delete(pid) && process.kill(-pid, 'SIGKILL');
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const pid of groups) endGroup(pid);
    process.exit(130);
  });
}

/** Runs a command; answers its output, which is shown as it comes, or where `quiet` only by who asked. */
function run(command, quiet) {
  return new Promise((resolve) => {
    // Linux shares the processors among sessions first, so that `nice` alone would say little.
    const lowest = 'echo 19 2>/dev/null >/proc/self/autogroup; renice -n 19 $$ >/dev/null; ';
    // What it took of the processors, user and system, stands in the last line of a pipe of its own.
    const timed = `TIMEFORMAT='%U %S'; { time { (${command}) 2>&4 3>&- 4>&-; }; } 4>&2 2>&3`;
    const values = ['-c', quiet ? lowest + timed : timed];
    const child = spawn('bash', values, { cwd: root, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], detached: true });
    groups.add(child.pid);
    let text = '';
    const take = (chunk) => {
      text += chunk;
      if (!quiet) process.stdout.write(chunk);
    };
    const [, stdout, stderr, times] = child.stdio;
    for (const stream of [stdout, stderr]) stream.on('data', take);
    let processor = '';
    times.on('data', (chunk) => (processor += chunk));
    const own = quiet ? allMinutes : stepMinutes;
    const milliseconds = Math.max(0, Math.min(own * 60_000, deadline - Date.now()));
    const timer = setTimeout(() => {
      take(`\nended by script/test: not done after ${Math.round(milliseconds / 60_000)} minutes\n`);
      endGroup(child.pid);
      resolve({ code: 1, text, processor: NaN });
    }, milliseconds);
    child.on('close', (code) => {
      clearTimeout(timer);
      groups.delete(child.pid);
      resolve({
        code,
        text,
        processor: processor
          .trim()
          .split(' ')
          .reduce((sum, part) => sum + Number(part), 0),
      });
    });
  });
}

const results = [];
async function runStep([name, title, command, count]) {
  const quiet = beside.has(name);
  const heading = `\n==> ${chosen.findIndex(([other]) => other === name) + 1} of ${chosen.length}: ${title}`;
  console.log(quiet ? `${heading} (in the background)` : heading);
  const started = Date.now();
  const { code, text, processor } = await run(command, quiet);
  if (quiet) console.log(`${heading}: ended\n${code === 0 ? text.slice(-600) : text}`);
  let { passed, failed } = count ? count(text) : { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
  // A runner that fails without naming a test, or passes without running one, has failed.
  if ((code !== 0 && failed === 0) || passed + failed === 0) failed += 1;
  const seconds = (Date.now() - started) / 1000;
  results.push({ name, passed, failed, names: namesOf(text), seconds, processor });
  return failed === 0;
}
async function runAll(list) {
  for (const step of list) if (!(await runStep(step)) && step[0] === 'build') return false;
  return true;
}

const isBuilt = await runAll(chosen.filter(([name]) => name === 'build'));
const rest = isBuilt ? chosen.filter(([name]) => name !== 'build') : [];
await Promise.all([
  runAll(rest.filter(([name]) => !beside.has(name))),
  runAll(rest.filter(([name]) => beside.has(name))),
]);

console.log('');
const column = (value, width) => String(Math.round(value)).padStart(width);
for (const { name, passed, failed, seconds, processor } of results) {
  console.log(
    `${failed ? 'FAIL' : ' ok '} ${name.padEnd(12)} ${column(passed, 5)} passed ${column(failed, 4)} failed ` +
      `${column(seconds, 5)} s, ${column(processor, 5)} s of processors`,
  );
}
console.log(`all of it ${column(process.uptime(), 0)} s`);
for (const { name, names } of results) for (const line of names) console.log(`${name}: ${line}`);
const total = (key) => results.reduce((all, result) => all + result[key], 0);
console.log(`\n${total('passed')} passed, ${total('failed')} failed`);
process.exit(total('failed') ? 1 : 0);
