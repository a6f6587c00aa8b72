// SPDX-License-Identifier: Apache-2.0
// clang-tidy over the C++ sources, of which it takes half a minute each: `node script/tidy.mjs [--all] [--record]
// [--part N] [--seed S]`, after build/native was configured. tests/tidy.json has, of each source that was found clean, a
// hash of all that the answer rests on, and build/tidy/clean.json those that were found clean here. One that is in neither
// as it is now is looked at, and of the others each N-th, from a place that the seed gives (by default the day, printed),
// so that the record itself is checked. --all looks at every source; --record writes what is clean into tests/tidy.json.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const recordFile = join(root, 'tests/tidy.json');
const database = join(root, 'build/tidy');
const hereFile = join(database, 'clean.json');
const { values: options } = parseArgs({
  options: {
    all: { type: 'boolean' },
    record: { type: 'boolean' },
    part: { type: 'string', default: '12' },
    seed: { type: 'string', default: String(Math.floor(Date.now() / 86_400_000)) },
  },
});

const commandsFile = join(root, 'build/native/compile_commands.json');
if (!existsSync(commandsFile)) {
  console.error('run script/build native first: clang-tidy reads its compile commands');
  process.exit(2);
}
// GCC's precompiled headers and its flags for a program that is optimised as a whole mean nothing to clang.
const entries = JSON.parse(readFileSync(commandsFile, 'utf8')).map((entry) => ({
  ...entry,
  command: entry.command.replace(/ -include \S*cmake_pch\.hxx| -Winvalid-pch| -flto\S*| -ffat-lto-objects/g, ''),
}));
mkdirSync(database, { recursive: true });
writeFileSync(join(database, 'compile_commands.json'), JSON.stringify(entries));
/** By source, relative to the root: what it is compiled with, without where the tree stands. */
const commands = new Map(entries.map(({ file, command }) => [relative(root, file), command.replaceAll(root, '')]));
// The Wasm exports (wasm/abi) are in no native build: they hold no logic.
const folders = ['wire', 'engine', 'catalog', 'cli'].map((folder) => `wasm/${folder}/*.cpp`);
const sources = execFileSync('git', ['ls-files', ...folders], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => commands.has(file));

const read = (file) => readFileSync(join(root, file), 'utf8');
/** A source and the headers of this project that it includes, and they in turn. */
function filesOf(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, name] of read(file).matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)) {
    // Generated headers (in build/) come from sources that are hashed where they change a program.
    const header = [join('wasm', name), join(dirname(file), name)].find((path) => existsSync(join(root, path)));
    if (header) filesOf(header, found);
  }
  return found;
}
const checker = read('.clang-tidy') + execFileSync('clang-tidy', ['--version'], { encoding: 'utf8' });
function hashOf(source) {
  const hash = createHash('sha256').update(checker).update(commands.get(source));
  for (const file of [...filesOf(source)].sort()) hash.update(`\0${file}\0`).update(read(file));
  return hash.digest('hex').slice(0, 24);
}

const hashesIn = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});
const recorded = { ...hashesIn(recordFile), ...hashesIn(hereFile) };
const hashes = new Map(sources.map((source) => [source, hashOf(source)]));
const part = Number(options.part);
const changed = sources.filter((source) => options.all || recorded[source] !== hashes.get(source));
const sampled = sources.filter((source, i) => !changed.includes(source) && i % part === Number(options.seed) % part);
const chosen = [...changed, ...sampled];
console.log(
  options.all
    ? `clang-tidy: all ${sources.length} sources`
    : `clang-tidy: of ${sources.length} sources ${changed.length} that are not recorded as clean as they are now, and ` +
        `each ${part}th of the others from seed ${options.seed} on: ${sampled.length}`,
);

/** Answers what clang-tidy says of one source; empty where it finds nothing. */
function check(source) {
  return new Promise((resolve) => {
    const values = ['-p', database, '--quiet', source];
    const child = spawn('clang-tidy', values, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let found = '';
    let errors = '';
    child.stdout.on('data', (chunk) => (found += chunk));
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.on('error', (error) => resolve(String(error)));
    child.on('close', (code) => resolve(code === 0 ? '' : found + errors || `ended with ${code}`));
  });
}

const clean = Object.fromEntries(Object.entries(recorded).filter(([source, hash]) => hashes.get(source) === hash));
function write(file) {
  const sorted = Object.entries(clean).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}
let failed = 0;
let done = 0;
const waiting = [...chosen];
async function work() {
  for (let source = waiting.shift(); source; source = waiting.shift()) {
    const found = await check(source);
    done += 1;
    console.log(`${found ? 'FAIL' : ' ok '} ${String(done).padStart(3)} of ${chosen.length} ${source}`);
    if (found) {
      failed += 1;
      console.log(found);
      delete clean[source];
    } else clean[source] = hashes.get(source);
    // At once: what was found so far is not lost with a run that is stopped.
    write(hereFile);
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, work));
if (options.record) {
  write(recordFile);
  console.log(`tests/tidy.json: ${Object.keys(clean).length} of ${sources.length} sources are clean`);
} else if (!failed && changed.length && !options.all) {
  console.log(
    'clean; `script/lint tidy --record` writes it into tests/tidy.json, so that it is not looked at each time',
  );
}
if (failed) console.error(`clang-tidy found something in ${failed} of ${chosen.length} sources`);
process.exit(failed ? 1 : 0);
