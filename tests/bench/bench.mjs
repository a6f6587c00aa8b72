// SPDX-License-Identifier: Apache-2.0
// Sizes, microseconds an event and bytes an event, each beside its budget or a baseline measured in the same run.
// `script/bench [--write]`: --write puts the table into docs/figures.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { InputKind } from './input_kinds.mjs';
import { loadCompiler } from '../lib/compiler.mjs';
import { root, shell } from '../js/lib/bundle.mjs';
import { session, start } from './session.mjs';

const { startEngine } = await shell('engine');
const wasm = readFileSync(join(root, 'dist/engine.wasm'));
const { compile } = await loadCompiler(readFileSync(join(root, 'dist/compiler.wasm')));
const rows = [];
const report = (what, value, bar, source) => rows.push([what, value, bar, source]);
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

async function engineFor(playbook, clock) {
  const { program, diagnostics } = compile(JSON.stringify(playbook));
  if (!program?.length) throw new Error(JSON.stringify(diagnostics, null, 1));
  const engine = await startEngine(wasm, program, clock);
  const all = 0b111111;
  engine._apply(InputKind.consent, all, all);
  engine._apply(InputKind.seed, new Uint8Array(16).fill(7));
  return engine;
}

/** 100 segments over 20 windowed counts, a sum and a recency. */
function hundredSegments() {
  const signals = { spent: { sum: 'purchase', of: 'value' }, since_order: { recency: 'purchase' } };
  for (let i = 0; i < 20; i += 1)
    signals[`views_${i}`] = { count: 'view_item', where: `item_category == 'c${i}'`, within: `${1 + i}d` };
  const segments = {};
  for (let i = 0; i < 100; i += 1)
    segments[`segment_${i}`] =
      `views_${i % 20} >= ${1 + (i % 7)} && (views_${(i * 3 + 1) % 20} < ${2 + (i % 5)} || since_order == null || spent > ${100 * i}.0)`;
  return { omotenashi: 1, site: 'bench', signals, segments };
}

/** The same segments, all of them evaluated after every event by plain JavaScript over the same counts. */
function plainJavaScript() {
  const times = Array.from({ length: 20 }, () => []);
  const out = new Uint8Array(100);
  return (now, category) => {
    times[category].push(now);
    for (let i = 0; i < 20; i += 1)
      while (times[i].length && (now - times[i][0] >= (1 + i) * 86_400_000 || times[i].length > 64)) times[i].shift();
    for (let i = 0; i < 100; i += 1)
      out[i] = +(times[i % 20].length >= 1 + (i % 7) && (times[(i * 3 + 1) % 20].length < 2 + (i % 5) || true));
    return out;
  };
}

async function eventCost() {
  let now = start;
  const engine = await engineFor(hundredSegments(), () => now);
  const javascript = plainJavaScript();
  const rounds = { omotenashi: [], tick: [], javascript: [] };
  const count = 20_000;
  const events = Array.from({ length: 20 }, (_, i) => [{ item_id: `p${i}`, item_category: `c${i}`, price: 4980 }]);
  const time = (list, run) => {
    const from = process.hrtime.bigint();
    for (let i = 0; i < count; i += 1) run(i);
    list.push(Number(process.hrtime.bigint() - from) / 1000 / count);
  };
  for (let round = 0; round < 15; round += 1) {
    time(rounds.omotenashi, (i) => {
      now += 1000;
      engine._apply(InputKind.event, 'view_item', {}, [events[i % 20][0]]);
    });
    time(rounds.tick, () => {
      now += 1000;
      engine._apply(InputKind.tick);
    });
    time(rounds.javascript, (i) => {
      now += 1000;
      javascript(now, i % 20);
    });
  }
  const ours = median(rounds.omotenashi);
  report(
    'one view_item with one item through the Wasm boundary, 100 segments',
    `${ours.toFixed(2)} µs`,
    'below 1 µs',
    'median of 15 rounds',
  );
  report('the same, a tick', `${median(rounds.tick).toFixed(2)} µs`, '–', '');
  report(
    'beside it: plain JavaScript, all 100 segments an event',
    `${median(rounds.javascript).toFixed(2)} µs`,
    `${(ours / median(rounds.javascript)).toFixed(2)} ×`,
    'ours / plain JavaScript',
  );
}

async function sessionBytes() {
  const playbook = JSON.parse(readFileSync(join(root, 'demo-site/playbook.json'), 'utf8'));
  for (const [title, cuts] of [
    ['in one batch', [24]],
    ['in two batches', [21, 24]],
  ]) {
    let now = start;
    const engine = await engineFor(playbook, () => now);
    let bytes = 0;
    session.forEach(([after, name, { items = [], ...params }], index) => {
      now = start + after;
      const status = engine._apply(InputKind.event, name, params, items);
      if (status) throw new Error(`${name}: status ${status}`);
      if (!cuts.includes(index + 1)) return;
      const batch = engine._buildBatch(false);
      if (!batch.length) throw new Error('no batch was built');
      bytes += batch.length;
      const [first, last] = [engine._word(9), engine._word(10)];
      engine._apply(InputKind.ack, new Uint8Array(new Uint32Array([first, last]).buffer));
    });
    report(
      `24-event session ${title}`,
      `${bytes} bytes, ${(bytes / session.length).toFixed(2)} an event`,
      'at most 12 an event',
      'headers included',
    );
  }
  const json = JSON.stringify(session.map(([after, name, params]) => ({ t: start + after, name, ...params })));
  report('beside it: the session as one JSON, gzipped', `${gzipSync(json, { level: 9 }).length} bytes`, '–', '');
}

function sizes() {
  const all = JSON.parse(readFileSync(join(root, 'dist/sizes.json'), 'utf8'));
  const budget = JSON.parse(readFileSync(join(root, 'tests/budget.json'), 'utf8'));
  for (const [files, limit] of Object.entries(budget)) {
    const total = files.split(' + ').reduce((sum, file) => sum + all[file].brotli, 0);
    report(
      files,
      `${total.toLocaleString('en')} bytes of brotli`,
      `at most ${limit.toLocaleString('en')}`,
      total <= limit ? 'kept' : 'not reached',
    );
  }
  for (const [file, { raw, gzip, brotli }] of Object.entries(all))
    report(
      file,
      `${brotli.toLocaleString('en')} bytes of brotli`,
      '–',
      `${raw.toLocaleString('en')} raw, ${gzip.toLocaleString('en')} gzip`,
    );
}

sizes();
await sessionBytes();
await eventCost();
const head = ['what', 'measured', 'bar or ratio', 'note'];
const table = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
console.log(table);
if (process.argv.includes('--write')) {
  writeFileSync(
    join(root, 'docs/figures.md'),
    `# Figures\n\nWritten by \`script/bench --write\`. Times are of one noisy machine with two cores: only ratios within one run mean anything.\n\n${table}\n`,
  );
}
