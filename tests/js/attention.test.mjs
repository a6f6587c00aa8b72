// SPDX-License-Identifier: Apache-2.0
// The attention scenarios that also run natively (tests/engine/attention_test.cpp), in Wasm and in wasm2js. OMO_DIST is the
// folder of the modules (default dist).
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { byName } from '../../script/abi.mjs';
import { loadCompiler } from '../lib/compiler.mjs';
import { instantiateEngine, loadProgram, recordOf, seedRecord, translateToJs } from '../lib/engine.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dist = process.env.OMO_DIST ?? join(root, 'dist');
const read = (file) => readFileSync(join(root, file), 'utf8');
const { purposes, tables, value_tags: tags } = JSON.parse(read('wasm/wire/vocabulary.json'));
const playbook = read('tests/fixtures/attention/playbook.json');
const { program } = (await loadCompiler(join(dist, 'compiler.wasm'))).compile(playbook);
const start = Date.UTC(2026, 2, 2);
const signOfLifeMs = 5000;

const folder = mkdtempSync(join(tmpdir(), 'omo-attention-'));
after(() => rmSync(folder, { recursive: true }));
const script = join(folder, 'engine.mjs');
translateToJs(join(root, 'node_modules/.bin'), join(dist, 'engine.wasm'), script);
const bytes = readFileSync(join(dist, 'engine.wasm'));
let instances = 0;
const engines = {
  Wasm: () => instantiateEngine(bytes),
  wasm2js: async () => byName(await import(`${pathToFileURL(script)}?${(instances += 1)}`)),
};

function lineOf(time, word, argument) {
  if (word === 'tick') return { time, type: 'tick' };
  if (word === 'page') return { time, type: 'page', params: { path: argument } };
  if (word === 'in' || word === 'out')
    return { time, type: 'section', name: argument, params: { in_view: word === 'in' } };
  return { time, type: 'edge', name: word };
}

const taken = (engine, line) => assert.equal(engine.apply(recordOf(line)), 0, JSON.stringify(line));

/** An engine of a visitor who has granted everything. */
async function visit(make) {
  const engine = loadProgram(await make(), program);
  taken(engine, {
    time: start,
    type: 'consent',
    params: Object.fromEntries(purposes.map((purpose) => [purpose, 'granted'])),
  });
  engine.apply(seedRecord(7));
  return engine;
}

function run(engine, steps) {
  const apply = (line) => taken(engine, line);
  let now = 0;
  let awake = true;
  for (const step of steps) {
    const [time, word, argument] = step.split(' ');
    for (now += signOfLifeMs; awake && now < time; now += signOfLifeMs) apply({ time: start + now, type: 'tick' });
    now = Number(time);
    awake = word !== 'asleep';
    if (awake) apply(lineOf(start + now, word, argument));
  }
}

function readValue(encoded) {
  let at = 0;
  const value = () => {
    const tag = encoded[at++];
    if (tag === tags.number) return new DataView(encoded.buffer, (at += 8) - 8).getFloat64(0, true);
    // Lists and strings of these scenarios are shorter than 128.
    const length = encoded[at++];
    if (tag === tags.list) return Array.from({ length }, value);
    assert.equal(tag, tags.string);
    return Buffer.from(encoded.subarray(at, (at += length))).toString();
  };
  return value();
}

function signals(engine) {
  const rows = Array.from({ length: engine.exports.omo_count(tables.signal) }, (_, row) => row);
  return Object.fromEntries(
    rows.map((row) => [engine.name(tables.signal, row), readValue(engine.value(tables.signal, row))]),
  );
}

for (const [where, make] of Object.entries(engines))
  for (const { claim, earlier_visit_ms: earlierMs, steps, expected } of JSON.parse(
    read('tests/fixtures/attention/scenarios.json'),
  ))
    test(`${claim} (${where})`, async () => {
      const engine = await visit(make);
      if (earlierMs) {
        const earlier = await visit(make);
        taken(earlier, { time: start + earlierMs, type: 'event', name: 'page_view', params: { page_path: '/a' } });
        assert.equal(engine.loadSnapshot(earlier.snapshot()), 0);
      }
      run(engine, steps);
      const names = Object.keys(JSON.parse(playbook).signals);
      const nothing = Object.fromEntries(names.map((name) => [name, name === 'told' ? [] : 0]));
      assert.deepEqual(signals(engine), { ...nothing, ...expected });
    });
