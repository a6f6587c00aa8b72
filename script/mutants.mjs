// SPDX-License-Identifier: Apache-2.0
// Builds mutants for script/mutate.mjs. All of them are built at once: in a copy of the sources each place reads
// `(mutant == 7 ? put : find)`, and the number comes from the environment. So each test binary is linked once, the shell is
// bundled once, and a mutant costs no more than its tests.
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { bundleShell } from './shell.mjs';

const run = promisify(execFile);

/** Runs an action for each of a list, as many at a time as there are processors. */
export async function inParallel(list, action) {
  const left = [...list];
  const work = async () => {
    while (left.length) await action(left.shift());
  };
  await Promise.all(Array.from({ length: Math.min(cpus().length, left.length) }, work));
}

const isShell = (file) => file.startsWith('js/');

/** The text of a file with its mutants in it. Throws where two lie across each other; within each other they may. */
function withMutants(text, mutations, language) {
  const places = mutations
    .map(({ at, find = at, put, number }) => {
      const from = text.indexOf(at) + at.indexOf(find);
      return { from, to: from + find.length, put, number };
    })
    .sort((a, b) => a.from - b.from || b.to - a.to);
  const render = (from, to) => {
    let done = '';
    let at = from;
    while (places.length && places[0].from < to) {
      const { from: begin, to: end, put, number } = places.shift();
      if (end > to) throw new Error(`two mutations lie across each other: ${text.slice(begin, end)}`);
      done += text.slice(at, begin);
      const original = render(begin, end);
      done +=
        language === 'js'
          ? `(omoMutant == ${number} ? (${put}) : (${original}))`
          : `(omo_mutant == ${number} ? (${put}) : ${put === '(void)0' ? '(void)' : ''}(${original}))`;
      at = end;
    }
    return done + text.slice(at, to);
  };
  return render(0, text.length);
}

/**
 * Builds the chosen mutants into `work`.
 * @param keep takes the objects of the last run, where neither sources nor list have changed
 */
export async function buildMutants(root, work, chosen, keep) {
  const native = join(root, 'build/native');
  if (!keep) rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  for (const folder of ['wasm', 'server-stub', 'js'])
    cpSync(join(root, folder), join(work, folder), { recursive: true });
  const files = [...new Set(chosen.map(({ file }) => file))];
  for (const file of files) {
    const own = chosen.filter((mutation) => mutation.file === file);
    const text = readFileSync(join(root, file), 'utf8');
    const mutated = withMutants(text, own, isShell(file) ? 'js' : 'cpp');
    writeFileSync(join(work, file), isShell(file) ? mutated : `extern int omo_mutant;\n${mutated}`);
  }
  if (files.some(isShell)) await buildShell(root, work);
  if (files.every(isShell)) return;
  writeFileSync(
    join(work, 'mutant.cpp'),
    '#include <cstdlib>\nint omo_mutant = std::getenv("OMO_MUTANT") ? std::atoi(std::getenv("OMO_MUTANT")) : -1;\n',
  );

  const commands = JSON.parse(readFileSync(join(native, 'compile_commands.json'), 'utf8'));
  // Sources that are compiled together are so here too: an object then has all that it replaces.
  const together = commands
    .filter(({ file }) => /\/Unity\/unity_\d+_cxx\.cxx$/.test(file))
    .map(({ file }) => [file.slice(native.length + 1), readFileSync(file, 'utf8').replaceAll(root, work)]);
  const unitOf = (source) => together.find(([, text]) => text.includes(`"${join(work, source)}"`))?.[0] ?? source;
  for (const [unit, text] of together) {
    mkdirSync(join(work, dirname(unit)), { recursive: true });
    writeFileSync(join(work, unit), text);
  }
  const objectOf = (unit) => join(work, unit.replaceAll('/', '_') + '.o');
  const shell = (command) =>
    run('bash', ['-c', command], { cwd: native, maxBuffer: 1 << 26 }).catch((error) => {
      throw new Error(error.stderr);
    });
  const unitsOf = ({ file, units = [file] }) => units.map(unitOf);
  const units = [...new Set(chosen.filter(({ file }) => !isShell(file)).flatMap(unitsOf))];
  await inParallel([...units, 'mutant.cpp'], async (unit) => {
    if (keep && existsSync(objectOf(unit))) return;
    const like = unit === 'mutant.cpp' ? 'wasm/engine/queue.cpp' : unit;
    const known = commands.find(({ file }) => file === join(root, like) || file === join(native, like));
    if (!known) throw new Error(`${unit} is not in compile_commands.json: script/build native`);
    const command = known.command
      .replace(/-I\S*\/(wasm|server-stub)\b/g, (_, folder) => `-I${join(work, folder)}`)
      .replace(/-O\d\b/, '-O0')
      .replace(/ -Werror\b/, ' -w')
      .replace(/ -o \S+/, ` -o ${objectOf(unit)}`)
      .replace(/ -c \S+/, ` -c ${join(work, unit)}`);
    await shell(command);
  });
  for (const binary of new Set(chosen.filter(({ file }) => !isShell(file)).map((mutation) => mutation.binary))) {
    if (!existsSync(join(native, binary))) throw new Error(`build/native/${binary} is missing: script/build native`);
    const link = execFileSync('ninja', ['-C', native, '-t', 'commands', '-s', binary], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .at(-1);
    const own = chosen.filter((mutation) => !isShell(mutation.file) && mutation.binary === binary).flatMap(unitsOf);
    // Before all others: of an inline function the linker takes the first.
    const objects = [...new Set([...own, 'mutant.cpp'])].map(objectOf);
    const command = link
      .replace(/ (\S+\.o) /, ` ${objects.join(' ')} $1 `)
      .replace(/ -o \S+/, ` -o ${join(work, binary)}`)
      .replace(/^: && /, '')
      .replace(/ && .*$/, '');
    await shell(command);
  }
}

/** dist/ with the mutated shell, for browsers: there the number is a global that a test sets before anything runs. */
async function buildShell(root, work) {
  const dist = join(root, 'dist');
  for (const name of ['engine.wasm', 'catalog.wasm', 'compiler.wasm'])
    if (!existsSync(join(dist, name))) throw new Error(`dist/${name} is missing: script/build wasm, script/build dist`);
  const out = join(work, 'dist');
  mkdirSync(out, { recursive: true });
  for (const name of readdirSync(dist, { withFileTypes: true }))
    if (name.isFile()) cpSync(join(dist, name.name), join(out, name.name));
  await bundleShell(join(work, 'js/src'), out, { define: { omoMutant: 'globalThis.omoMutant' } });
}
