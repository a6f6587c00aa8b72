// SPDX-License-Identifier: Apache-2.0
// Mutation run: each label check of tests/mutations/labels.mjs is taken out, and the tests that it names must fail.
// `node script/mutate.mjs [--only TEXT] [--every N] [--keep]`, after build/native was built. --keep takes the objects of the
// last run, where neither sources nor list have changed.
//
// All mutants are compiled at once: in a copy of the sources each place reads `(mutant == 7 ? put : find)`, and the number
// comes from the environment. So each test binary is linked once, and a mutant costs no more than its tests.
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { mutations } from '../tests/mutations/labels.mjs';
import { others, scanned } from '../tests/mutations/scanned.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const native = join(root, 'build/native');
const work = join(root, 'build/mutate');
const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    every: { type: 'string', default: '1' },
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
    if (!/\.(cpp|h)$/.test(name)) continue;
    const text = textOf(file);
    for (const match of text.matchAll(new RegExp(pattern, 'g'))) {
      const inside = (covered[file] ?? []).some(([from, to]) => match.index >= from && match.index < to);
      const line = text.slice(0, match.index).split('\n').length;
      if (!inside) missing.push(`${file}:${line}: ${text.split('\n')[line - 1].trim()}`);
    }
  }
if (missing.length) fail(`not listed in tests/mutations:\n${missing.join('\n')}`);

const chosen = mutations
  .map((mutation, number) => ({ ...mutation, number }))
  .filter(
    ({ name, equivalent }, i) => !equivalent && i % Number(options.every) === 0 && name.includes(options.only ?? ''),
  );
if (!chosen.length) fail('no such mutation');

// The copy, with all mutants in it.
if (!options.keep) rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
cpSync(join(root, 'wasm'), join(work, 'wasm'), { recursive: true });
const sources = [...new Set(chosen.map(({ file }) => file))];
for (const file of sources) {
  const text = textOf(file);
  const places = chosen
    .filter((mutation) => mutation.file === file)
    .map(({ at, find = at, put, number }) => {
      const from = text.indexOf(at) + at.indexOf(find);
      return { from, to: from + find.length, put, number };
    })
    .sort((a, b) => a.from - b.from || b.to - a.to);
  // Places may lie within each other, but not across.
  const render = (from, to) => {
    let done = '';
    let at = from;
    while (places.length && places[0].from < to) {
      const { from: begin, to: end, put, number } = places.shift();
      if (end > to) fail(`${file}: two mutations lie across each other: ${text.slice(begin, end)}`);
      done += text.slice(at, begin);
      done += `(omo_mutant == ${number} ? (${put}) : ${put === '(void)0' ? '(void)' : ''}(${render(begin, end)}))`;
      at = end;
    }
    return done + text.slice(at, to);
  };
  writeFileSync(join(work, file), `extern int omo_mutant;\n${render(0, text.length)}`);
}
writeFileSync(
  join(work, 'mutant.cpp'),
  '#include <cstdlib>\nint omo_mutant = std::getenv("OMO_MUTANT") ? std::atoi(std::getenv("OMO_MUTANT")) : -1;\n',
);

const commands = JSON.parse(readFileSync(join(native, 'compile_commands.json'), 'utf8'));
const started = performance.now();
const seconds = () => Math.round((performance.now() - started) / 1000);
async function inParallel(list, action) {
  const left = [...list];
  const work = async () => {
    while (left.length) await action(left.shift());
  };
  await Promise.all(Array.from({ length: Math.min(cpus().length, list.length) }, work));
}
const objectOf = (file) => join(work, file.replaceAll('/', '_') + '.o');
const shell = (command) => run('bash', ['-c', command], { cwd: native, maxBuffer: 1 << 26 });
await inParallel([...sources, 'mutant.cpp'], async (file) => {
  if (options.keep && existsSync(objectOf(file))) return;
  const known = commands.find(
    (entry) => entry.file === join(root, file === 'mutant.cpp' ? 'wasm/engine/queue.cpp' : file),
  );
  if (!known) fail(`${file} is not in compile_commands.json: script/build native`);
  const command = known.command
    .replace(/-I\S*\/wasm\b/g, `-I${join(work, 'wasm')}`)
    .replace(/-O\d\b/, '-O0')
    .replace(/ -Werror\b/, ' -w')
    .replace(/ -o \S+/, ` -o ${objectOf(file)}`)
    .replace(/ -c \S+/, ` -c ${join(work, file)}`);
  await shell(command).catch((error) => fail(error.stderr));
});
const binaries = [...new Set(chosen.map(({ binary }) => binary))];
for (const binary of binaries) {
  if (!existsSync(join(native, binary))) fail(`build/native/${binary} is missing: script/build native`);
  const link = execFileSync('ninja', ['-C', native, '-t', 'commands', '-s', binary], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .at(-1);
  const objects = [...sources.filter((file) => chosen.some((mutation) => mutation.file === file)), 'mutant.cpp'].map(
    objectOf,
  );
  const command = link
    .replace(/ -o \S+/, ` ${objects.join(' ')} -o ${join(work, binary)}`)
    .replace(/^: && /, '')
    .replace(/ && .*$/, '');
  await shell(command).catch((error) => fail(error.stderr));
}
console.log(`${chosen.length} mutants of ${mutations.length} listed label checks, built in ${seconds()} s`);

/** 'passed', 'failed', or why it could not be run. A mutant that crashes or hangs is found too. */
async function outcomeOf(binary, test, number) {
  try {
    const { stdout } = await run(join(work, binary), [test.replace(/([,[\]])/g, '\\$1')], {
      env: { ...process.env, OMO_MUTANT: String(number) },
      timeout: 120_000,
      maxBuffer: 1 << 26,
    });
    return /No test cases matched|No tests ran/.test(stdout) ? 'not there' : 'passed';
  } catch (error) {
    return /No test cases matched|No tests ran/.test(error.stdout ?? '') ? 'not there' : 'failed';
  }
}
const tests = [
  ...new Map(chosen.flatMap(({ binary, tests }) => tests.map((test) => [binary + test, { binary, test }]))).values(),
];
let broken = 0;
await inParallel(tests, async ({ binary, test }) => {
  const outcome = await outcomeOf(binary, test, -1);
  if (outcome === 'passed') return;
  broken++;
  console.log(`without a mutant: '${test}' of ${binary} ${outcome}`);
});
const survived = [];
await inParallel(chosen, async ({ name, binary, tests, number }) => {
  const missed = [];
  for (const test of tests) if ((await outcomeOf(binary, test, number)) !== 'failed') missed.push(test);
  if (missed.length || !tests.length) survived.push(`${name}: ${missed.join(' | ') || 'no test is named'}`);
});
for (const line of survived) console.log(`survived: ${line}`);
console.log(
  `${chosen.length - survived.length} killed, ${survived.length} survived, ${mutations.filter(({ equivalent }) => equivalent).length} equivalent (each with its reason in the list), ${seconds()} s`,
);
process.exit(broken || survived.length ? 1 : 0);
