// SPDX-License-Identifier: Apache-2.0
// script/prove: the plain evaluators against the native engine, and the native engine against engine.wasm, in portions.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Segments, signals, journeys, decisions: the cases that are tagged [lives], each of which lives every seed once. */
const EVALUATORS = 4;
/** Seeds of one process: its tape is some 50 MB. */
const PORTION = 250;

const { values } = parseArgs({
  options: { lives: { type: 'string' }, seed: { type: 'string' }, jobs: { type: 'string' } },
});
const numberOf = (name, otherwise) => {
  const text = values[name] ?? String(otherwise);
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    console.error(`prove: --${name} must be a whole number above 0, not '${text}'`);
    process.exit(2);
  }
  return Number(text);
};
const first = numberOf('seed', 1);
const last = first + Math.ceil(numberOf('lives', 100_000) / EVALUATORS) - 1;
const jobs = numberOf('jobs', availableParallelism());

const run = (command, args, env = {}) =>
  new Promise((resolve) =>
    execFile(
      command,
      args,
      { cwd: root, env: { ...process.env, ...env }, maxBuffer: 1 << 24 },
      (error, output, errors) => resolve({ code: error ? (error.code ?? 1) : 0, output: output + errors }),
    ),
  );

const folder = mkdtempSync(join(tmpdir(), 'omo-prove-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const started = Date.now();
const failures = [];
let next = first;
let lives = 0;
let entries = 0;

async function portion(from, to) {
  const seeds = `${from}-${to}`;
  const tape = join(folder, seeds);
  const natively = await run('build/native/engine_test', ['[lives]'], { OMO_LIVES: seeds, OMO_TAPE: tape });
  if (natively.code) failures.push(`natively, seeds ${seeds}:\n${natively.output}`);
  // What was lived before a difference is compared too.
  const inWasm = await run(process.execPath, ['tests/proof/tape.mjs', tape]);
  rmSync(tape, { force: true });
  let result = {};
  if (inWasm.output.startsWith('{')) result = JSON.parse(inWasm.output);
  if (inWasm.code) failures.push(`in Wasm, seeds ${seeds}: ${result.difference ?? inWasm.output}`);
  else if (!natively.code && result.lives !== EVALUATORS * (to - from + 1))
    failures.push(`seeds ${seeds}: ${result.lives} lives on the tape, not ${EVALUATORS * (to - from + 1)}`);
  lives += result.lives ?? 0;
  entries += result.entries ?? 0;
}

async function work() {
  while (next <= last && !failures.length) {
    const from = next;
    next = Math.min(from + PORTION, last + 1);
    await portion(from, next - 1);
    const seconds = Math.round((Date.now() - started) / 1000);
    const all = EVALUATORS * (last - first + 1);
    console.log(`${lives.toLocaleString('en')} of ${all.toLocaleString('en')} lives, ${seconds} s`);
  }
}
await Promise.all(Array.from({ length: jobs }, work));

for (const failure of failures) console.error(failure);
console.log(
  `${lives.toLocaleString('en')} lives (seeds ${first} to ${next - 1}), ${entries.toLocaleString('en')} steps compared natively and in Wasm: ${failures.length ? `${failures.length} differ` : 'no difference'}`,
);
process.exit(failures.length ? 1 : 0);
