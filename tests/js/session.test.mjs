// SPDX-License-Identifier: Apache-2.0
// Sessions over several tabs, in Wasm: each tab is an instance of the engine, joined by journals as the shell joins them.
// OMO_DIST is the folder of the modules (default dist).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadCompiler } from '../lib/compiler.mjs';
import { instantiateEngine, loadProgram, recordOf } from '../lib/engine.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dist = process.env.OMO_DIST ?? join(root, 'dist');
const { tables, purposes, truth } = JSON.parse(readFileSync(join(root, 'wasm/wire/vocabulary.json'), 'utf8'));
const engineBytes = readFileSync(join(dist, 'engine.wasm'));
const compiler = await loadCompiler(join(dist, 'compiler.wasm'));

const { program } = compiler.compile(
  JSON.stringify({
    omotenashi: 1,
    site: 'tabs',
    signals: { sessions: { count: 'session_start' }, views: { count: 'page_view' } },
    segments: { second: 'sessions >= 2', third: 'sessions >= 3', views_3: 'views >= 3' },
  }),
);
const minute = 60_000;
const start = Date.UTC(2026, 10, 22);
const header = [79, 77, 79, 74, 1, 0, 0, 0, ...program.subarray(16, 24)];
const all = Object.fromEntries(purposes.map((purpose) => [purpose, 'granted']));

/** One tab; `frames` is what it wants in its journal. */
async function openTab() {
  const exports = await instantiateEngine(engineBytes);
  const engine = loadProgram(exports, program);
  const frames = [];
  const take = (line) => {
    assert.equal(engine.apply(recordOf(line)), 0, JSON.stringify(line));
    const length = new Uint32Array(exports.memory.buffer, exports.omo_outcome(), 14)[5];
    let bytes = new Uint8Array(exports.memory.buffer, exports.omo_journal(), length).slice();
    while (bytes.length > 0) {
      const end = 7 + bytes[4] + 256 * bytes[5];
      frames.push({ time: line.time, bytes: bytes.slice(0, end) });
      bytes = bytes.slice(end);
    }
  };
  take({ time: start, type: 'consent', params: all });
  return {
    frames,
    take,
    page: (time, path) => take({ time, type: 'page', params: { path } }),
    edge: (time, name) => take({ time, type: 'edge', name }),
    on: (name) =>
      Array.from({ length: exports.omo_count(tables.segment) }, (_, row) => row).some(
        (row) => engine.name(tables.segment, row) === name && exports.omo_truth(row) === truth.on,
      ),
    /** Journals of tabs, by the time of their frames. */
    merge(...journals) {
      const sorted = journals.flat().sort((a, b) => a.time - b.time);
      const bytes = Uint8Array.from([...header, ...sorted.flatMap((frame) => [...frame.bytes])]);
      new Uint8Array(exports.memory.buffer, exports.omo_buffer(), bytes.length).set(bytes);
      exports.omo_journal_apply(bytes.length);
    },
  };
}

test('tracking 26: idle for 30 minutes in tab A while tab B is active is one session', async () => {
  const a = await openTab();
  a.page(start, '/a');
  const b = await openTab();
  b.merge(a.frames);
  b.page(start + 5 * minute, '/b');
  for (let i = 6; i <= 66; i += 1) b.edge(start + i * minute, 'activity');
  a.merge(b.frames);
  a.page(start + 70 * minute, '/c');
  const merged = await openTab();
  merged.merge(a.frames, b.frames);
  for (const tab of [a, merged]) {
    assert.ok(tab.on('views_3'));
    assert.ok(!tab.on('second'));
  }
  const alone = await openTab();
  alone.page(start, '/a');
  alone.page(start + 70 * minute, '/c');
  assert.ok(alone.on('second'));
});

test('two tabs that come back at the same moment begin one session', async () => {
  const yesterday = await openTab();
  yesterday.page(start, '/');
  const tabs = [await openTab(), await openTab()];
  tabs.forEach((tab, i) => {
    tab.merge(yesterday.frames);
    tab.page(start + 1440 * minute + 5 * i, `/${i}`);
    assert.ok(tab.on('second'));
  });
  const merged = await openTab();
  merged.merge(tabs[1].frames, yesterday.frames, tabs[0].frames);
  assert.ok(merged.on('views_3'));
  assert.ok(merged.on('second'));
  assert.ok(!merged.on('third'));
});
