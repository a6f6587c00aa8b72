// SPDX-License-Identifier: Apache-2.0
// The shell's host of the engine: names that are looked up once, and what the demo's visitor takes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { session, start } from '../bench/session.mjs';
import { InputKind } from '../bench/vocabulary.mjs';
import { loadCompiler } from '../lib/compiler.mjs';
import { instantiateEngine, loadProgram, recordOf, seedRecord } from '../lib/engine.mjs';
import { root, shell } from './lib/bundle.mjs';

const dist = process.env.OMO_DIST ?? join(root, 'dist');
const wasm = readFileSync(join(dist, 'engine.wasm'));
const { startEngine } = await shell('engine');
const { compile } = await loadCompiler(join(dist, 'compiler.wasm'));
const { program } = compile(readFileSync(join(root, 'demo-site/playbook.json')));
const all = 0b111111;
const unknownEvent = 9;
const tooLarge = 13;

test('events whose names were looked up leave the same journal and snapshot as events with names', async () => {
  let now = start;
  const engine = await startEngine(wasm, program, () => now);
  const exports = await instantiateEngine(wasm);
  const plain = loadProgram(exports, program);
  const granted = { storage: 1, functional: 1, measurement: 1, personalization: 1, marketing: 1, sharing: 1 };
  for (const name of Object.keys(granted)) granted[name] = 'granted';
  engine._apply(InputKind.consent, all, all);
  plain.apply(recordOf({ time: now, type: 'consent', params: granted }));
  engine._apply(InputKind.seed, ...seedRecord(5).slice(7));
  plain.apply(seedRecord(5));
  const strange = [1, 'no_such_event', { x: 1 }];
  const undeclared = [
    2,
    'view_item',
    { no_such_param: 'é', value: 3, '': 1, items: [{ item_id: '花', nothing: true }] },
  ];
  for (const [after, name, params] of [...session, ...session, strange, undeclared]) {
    now += 1 + (after % 997);
    const { items = [], ...own } = params;
    const status = engine._apply(InputKind.event, name, own, items);
    assert.equal(plain.apply(recordOf({ time: now, type: 'event', name, params })), status, name);
    const words = new Uint32Array(exports.memory.buffer, exports.omo_outcome(), 14);
    const frames = new Uint8Array(exports.memory.buffer, exports.omo_journal(), words[5]);
    assert.deepEqual(engine._journal(), frames.slice(), name);
  }
  assert.deepEqual(engine._saveSnapshot(), plain.snapshot());
});

test('names without end and without limit are no one’s: the engine goes on', async () => {
  const engine = await startEngine(wasm, program, () => start);
  engine._apply(InputKind.consent, all, all);
  assert.equal(engine._apply(InputKind.event, 'x'.repeat(300_000), {}, []), unknownEvent);
  for (let i = 0; i < 3000; i += 1)
    assert.equal(engine._apply(InputKind.event, 'view_item', { [`made_up_${i}`]: i, ['花'.repeat(20_000)]: 1 }, []), 0);
  assert.equal(engine._apply(InputKind.event, 'view_item', { value: 1 }, [{ item_id: 'a' }]), 0);
});

test('a record beyond the limit leaves no frame, and not that of the record before either', async () => {
  const engine = await startEngine(wasm, program, () => start);
  engine._apply(InputKind.consent, all, all);
  engine._apply(InputKind.event, 'view_item', { value: 1 }, []);
  assert.ok(engine._journal().length > 0);
  assert.equal(engine._apply(InputKind.identify, { name: 'x'.repeat(16_000), more: 'x'.repeat(16_000) }), tooLarge);
  assert.equal(engine._journal().length, 0);
});

test("what is kept of the demo's visitor takes less than 1 KB once the collector has the events", async () => {
  let now = start;
  const engine = await startEngine(wasm, program, () => now);
  engine._apply(InputKind.consent, all, all);
  engine._apply(InputKind.seed, ...new Uint8Array(16).fill(7));
  for (const [after, name, { items = [], ...params }] of session) {
    now = start + after;
    assert.equal(engine._apply(InputKind.event, name, params, items), 0);
  }
  assert.ok(engine._buildBatch(0).length > 0);
  const [first, last] = [engine._word(9), engine._word(10)];
  engine._apply(InputKind.ack, ...new Uint8Array(new Uint32Array([first, last]).buffer));
  const { length } = engine._saveSnapshot();
  assert.ok(length > 200 && length < 1000, `${length} bytes`);
});
