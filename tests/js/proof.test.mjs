// SPDX-License-Identifier: Apache-2.0
// Proof, the part of every run: on lives on which the native engine agrees with the plain evaluators (tests/engine), engine.wasm
// shows the same bytes after every step. script/prove does it for 100,000.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compareTape } from '../proof/tape.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const SEEDS = '1-60';
const engine = readFileSync(join(root, 'dist/engine.wasm'));
const engines = { 'engine.wasm': engine, 'engine-host.wasm': readFileSync(join(root, 'dist/engine-host.wasm')) };
const folder = mkdtempSync(join(tmpdir(), 'omo-proof-'));
let tape;
before(() => {
  const path = join(folder, 'tape');
  execFileSync(join(root, 'build/native/engine_test'), ['[lives]'], {
    env: { ...process.env, OMO_LIVES: SEEDS, OMO_TAPE: path },
  });
  tape = readFileSync(path);
});
after(() => rmSync(folder, { recursive: true }));

for (const [name, bytes] of Object.entries(engines))
  test(`${name} shows what the native engine shows, byte for byte, on the lives of seeds ${SEEDS}`, () => {
    const { lives, entries, difference } = compareTape(tape, bytes);
    assert.equal(difference, undefined);
    assert.equal(lives, 4 * 60);
    assert.ok(entries > 40 * lives, `${entries} entries`);
  });

test('a tape of another engine is told, with the life and the step', () => {
  // As if the native engine had shown something else after the last step.
  const other = Uint8Array.from(tape);
  other[other.length - 1] ^= 1;
  assert.match(compareTape(other, engine).difference, /^life 240 of the tape, seed 60: entry \d+ \(A\) differs$/);
});

test('script/prove refuses what is no number, and says of a short run what it has compared', () => {
  const prove = (...args) => execFileSync(join(root, 'script/prove'), args, { encoding: 'utf8', stdio: 'pipe' });
  assert.throws(() => prove('--lives', 'many'), { status: 2, message: /--lives must be a whole number above 0/ });
  assert.match(prove('--lives', '8', '--seed', '70'), /^8 lives \(seeds 70 to 71\), \d[\d,]* steps compared natively and in Wasm: no difference$/m); // prettier-ignore
});
