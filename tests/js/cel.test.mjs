// SPDX-License-Identifier: Apache-2.0
// The cases of CEL's specification in the engine's Wasm: every case is a score of one program. OMO_DIST is the folder
// of the modules (default dist).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadCompiler } from '../lib/compiler.mjs';
import { instantiateEngine, loadProgram, recordOf } from '../lib/engine.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dist = process.env.OMO_DIST ?? join(root, 'dist');
const cases = JSON.parse(readFileSync(join(root, 'tests/fixtures/cel/conformance.json'), 'utf8'));
const scoreTable = 9;

test('in Wasm every case of the specification gives what it gives natively', async () => {
  const compiler = await loadCompiler(join(dist, 'compiler.wasm'));
  const valid = cases.filter(({ gives }) => gives !== 'invalid');
  // What loads nothing is folded by the compiler: a value of the page keeps it for the engine.
  const scores = Object.fromEntries(
    valid.map(({ expr, gives }, i) => [
      `c${i}`,
      `(context.device == 'phone' || u) ? ((${expr}) == (${['error', 'unknown'].includes(gives) ? expr : gives}) ? 1.0 : 0.0) : 2.0`,
    ]),
  );
  const playbook = { omotenashi: 1, site: 'cel', traits: { u: { type: 'bool' } }, scores };
  const { program, diagnostics } = compiler.compile(JSON.stringify(playbook));
  assert.ok(program, JSON.stringify(diagnostics));
  const engine = loadProgram(await instantiateEngine(readFileSync(join(dist, 'engine.wasm'))), program);
  engine.apply(recordOf({ time: 1, type: 'context', params: { device: 'phone' } }));
  const wrong = valid
    .map(({ expr, gives }, row) => {
      assert.equal(engine.name(scoreTable, row), `c${row}`);
      const expected = ['error', 'unknown'].includes(gives) ? NaN : 1;
      const found = engine.exports.omo_score(row);
      return Object.is(found, expected) ? null : `${expr}: ${found}`;
    })
    .filter((line) => line !== null);
  assert.deepEqual(wrong, []);
});

test('what the compiler refuses natively it refuses in Wasm', async () => {
  const compiler = await loadCompiler(join(dist, 'compiler.wasm'));
  for (const { expr } of cases.filter(({ gives }) => gives === 'invalid')) {
    const segments = { s: `(${expr}) == (${expr})` };
    const { program } = compiler.compile(JSON.stringify({ omotenashi: 1, site: 'cel', segments }));
    assert.ok(!program, expr);
  }
});
