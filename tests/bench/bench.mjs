// SPDX-License-Identifier: Apache-2.0
// Sizes, bytes and microseconds an event, time on a page's main thread, each beside its budget or a baseline measured in
// the same run. `script/bench [--quick | --write]`: --write puts the tables into docs/figures.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import config from '../../playwright.config.mjs';
import { startCollector } from '../browser/support/collector.mjs';
import { InputKind } from './vocabulary.mjs';
import { byName } from '../../script/abi.mjs';
import { loadCompiler } from '../lib/compiler.mjs';
import { root, shell } from '../js/lib/bundle.mjs';
import { backtest } from './backtest.mjs';
import { growth, rules, windowed } from './incremental.mjs';
import { mainThread } from './main_thread.mjs';
import { offline } from './offline.mjs';
import { recommendations } from './recommend.mjs';
import { session, start } from './session.mjs';
import { head as trackersHead, trackers } from './trackers.mjs';

const { startEngine } = await shell('engine');
const wasm = readFileSync(join(root, 'dist/engine.wasm'));
const { compile } = await loadCompiler(readFileSync(join(root, 'dist/compiler.wasm')));
const tables = [];
/** Begins a section; what is reported goes into its table. */
const section = (title, head = ['what', 'measured', 'bar or ratio', 'note']) =>
  tables.push({ title, rows: [head, head.map(() => '---')] });
const report = (...row) => tables.at(-1).rows.push(row);
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** An engine with consent to these purposes (bits), and a seed. */
async function engineFor(playbook, clock, granted = 0b111111) {
  const { program, diagnostics } = compile(JSON.stringify(playbook));
  if (!program?.length) throw new Error(JSON.stringify(diagnostics, null, 1));
  const engine = await startEngine(wasm, program, clock);
  engine._apply(InputKind.consent, 0b111111, granted);
  engine._apply(InputKind.seed, ...new Uint8Array(16).fill(7));
  return engine;
}

const categories = ['bouquet', 'plant', 'arrangement', 'dried'];
const day = 86_400_000;

/** 100 segments over nine signals of four events, as a shop's playbook has them. A view touches five of the signals. */
function hundredSegments() {
  const signals = {
    views: { count: 'view_item', within: '30d' },
    bouquet_views: { count: 'view_item', where: "item_category == 'bouquet'", within: '7d' },
    plant_views: { count: 'view_item', where: "item_category == 'plant'", within: '7d' },
    last_category: { last: 'view_item', of: 'item_category' },
    since_view: { recency: 'view_item' },
    cart_adds: { count: 'add_to_cart', within: '7d' },
    searches: { count: 'search', within: '1d' },
    spent: { sum: 'purchase', of: 'value' },
    since_order: { recency: 'purchase' },
  };
  const counts = ['views', 'bouquet_views', 'plant_views', 'cart_adds', 'searches'];
  const segments = {};
  for (let i = 0; i < 100; i += 1)
    segments[`segment_${i}`] =
      `${counts[i % 5]} >= ${1 + (i % 11)} && (${counts[(i * 3 + 1) % 5]} < ${2 + (i % 5)} || last_category == '${categories[i % 4]}'` +
      ` || since_order == null || spent > ${100 * i}.0 || since_view > duration('${1 + i}h'))`;
  return { omotenashi: 1, site: 'bench', signals, segments };
}

/** The same signals and segments in plain JavaScript: every segment is evaluated after every event. */
function plainJavaScript() {
  const windows = [[], [], [], [], []];
  const widths = [30, 7, 7, 7, 1];
  const out = new Uint8Array(100);
  let lastView = 0;
  const state = { spent: 0, lastOrder: 0, lastCategory: null };
  return (now, { item_category: category }) => {
    windows[0].push(now);
    if (category === 'bouquet') windows[1].push(now);
    if (category === 'plant') windows[2].push(now);
    for (let i = 0; i < 5; i += 1)
      while (windows[i].length && (now - windows[i][0] >= widths[i] * day || windows[i].length > 11))
        windows[i].shift();
    state.lastCategory = category;
    lastView = now;
    for (let i = 0; i < 100; i += 1)
      out[i] = +(
        windows[i % 5].length >= 1 + (i % 11) &&
        (windows[(i * 3 + 1) % 5].length < 2 + (i % 5) ||
          state.lastCategory === categories[i % 4] ||
          state.lastOrder === 0 ||
          state.spent > 100 * i ||
          now - lastView > (1 + i) * 3_600_000)
      );
    return out;
  };
}

async function eventCost() {
  let now = start;
  const engine = await engineFor(hundredSegments(), () => now);
  const personalization = 0b1000;
  const quiet = await engineFor(hundredSegments(), () => now, personalization);
  const javascript = plainJavaScript();
  const rounds = { view: [], search: [], tick: [], javascript: [] };
  const items = Array.from({ length: 20 }, (_, i) => [
    { item_id: `SKU-${4000 + i}`, item_category: categories[i % 4], price: 4980 },
  ]);
  /** Microseconds a call; after every 50 calls the queue is emptied, outside the measured time, as a sender does. */
  const time = (list, run) => {
    let total = 0n;
    const count = 10_000;
    for (let block = 0; block < count / 50; block += 1) {
      const from = process.hrtime.bigint();
      for (let i = 0; i < 50; i += 1) run(i);
      total += process.hrtime.bigint() - from;
      engine._buildBatch(0);
      const range = Uint32Array.of(engine._word(9), engine._word(10));
      engine._apply(InputKind.ack, ...new Uint8Array(range.buffer));
    }
    list.push(Number(total) / 1000 / count);
  };
  for (let round = 0; round < 15; round += 1) {
    time(rounds.view, (i) => {
      now += 1000;
      engine._apply(InputKind.event, 'view_item', {}, items[i % 20]);
    });
    time(rounds.search, () => {
      now += 1000;
      quiet._apply(InputKind.event, 'search', { search_term: 'rose' }, []);
    });
    time(rounds.tick, () => {
      now += 1000;
      engine._apply(InputKind.tick);
    });
    time(rounds.javascript, (i) => {
      now += 1000;
      javascript(now, items[i % 20][0]);
    });
  }
  const ours = median(rounds.view);
  const theirs = median(rounds.javascript);
  report(
    'one view_item with one item through the Wasm boundary, 100 segments',
    `${ours.toFixed(2)} µs`,
    'below 1 µs',
    `median of 15 rounds, encoding, queue and journal included`,
  );
  report(
    'a search with its term, personalization only: no queue, no journal',
    `${median(rounds.search).toFixed(2)} µs`,
    'below 1 µs',
    'the decision alone',
  );
  report('the same, a tick', `${median(rounds.tick).toFixed(2)} µs`, '–', '');
  report(
    'beside it: plain JavaScript, no queue, no journal',
    `${theirs.toFixed(2)} µs`,
    `${(ours / theirs).toFixed(2)} ×`,
    'ours / plain JavaScript',
  );
}

/** Answers the bytes an event of each way to send the session. */
async function sessionBytes() {
  const perEvent = [];
  const playbook = JSON.parse(readFileSync(join(root, 'demo-site/playbook.json'), 'utf8'));
  for (const [title, cuts, bar] of [
    ['in one batch', [24], 'at most 6 an event'],
    ['in two batches', [21, 24], '–'],
  ]) {
    let now = start;
    const engine = await engineFor(playbook, () => now);
    let bytes = 0;
    session.forEach(([after, name, { items = [], ...params }], index) => {
      now = start + after;
      const status = engine._apply(InputKind.event, name, params, items);
      if (status) throw new Error(`${name}: status ${status}`);
      if (!cuts.includes(index + 1)) return;
      const batch = engine._buildBatch(0);
      if (!batch.length) throw new Error('no batch was built');
      bytes += batch.length;
      const [first, last] = [engine._word(9), engine._word(10)];
      engine._apply(InputKind.ack, ...new Uint8Array(new Uint32Array([first, last]).buffer));
    });
    perEvent.push(bytes / session.length);
    report(
      `24-event session ${title}`,
      `${bytes} bytes, ${(bytes / session.length).toFixed(2)} an event`,
      bar,
      'headers included',
    );
  }
  const json = JSON.stringify(session.map(([after, name, params]) => ({ t: start + after, name, ...params })));
  report('beside it: the session as one JSON, gzipped', `${gzipSync(json, { level: 9 }).length} bytes`, '–', '');
  return perEvent;
}

/** Answers the bytes of brotli that a page loads. */
function sizes() {
  const all = JSON.parse(readFileSync(join(root, 'dist/sizes.json'), 'utf8'));
  const budget = JSON.parse(readFileSync(join(root, 'tests/budget.json'), 'utf8'));
  for (const [files, { target: limit }] of Object.entries(budget)) {
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
  return all['engine.wasm'].brotli + all['omotenashi.js'].brotli;
}

/** What only a real browser and the real collector can tell. */
async function inBrowser(brotli, perEvent) {
  const { launchOptions } = config.projects.find(({ name }) => name === 'chromium').use;
  const browser = await chromium.launch(launchOptions);
  const collector = await startCollector({
    site: 'tests/browser/pages',
    playbook: 'tests/browser/pages/playbook.json',
  });
  try {
    section('Beside other trackers', trackersHead);
    trackers(brotli, perEvent, await offline(browser, collector)).forEach((row) => report(...row));
    section('The main thread of a page');
    await mainThread(browser, collector.origin, report, (line) => console.error(line));
  } finally {
    await browser.close();
    await collector.stop();
  }
}

section('Sizes and costs');
const brotli = sizes();
const perEvent = await sessionBytes();
await eventCost();
section('Work in proportion to what changed');
const withProgram = async (program, now) => byName(await startEngine(wasm, program, now));
await rules(report);
await windowed(report, withProgram, compile);
await growth(report, withProgram, compile);

section('Backtest');
backtest(report);

section('Recommendations');
await recommendations(report);
if (!process.argv.includes('--quick')) await inBrowser(brotli, perEvent);
const text = tables
  .map(({ title, rows }) => `## ${title}\n\n${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`)
  .join('\n');
console.log(text);
if (process.argv.includes('--write')) {
  writeFileSync(
    join(root, 'docs/figures.md'),
    `# Figures\n\nWritten by \`script/bench --write\`. Times are of one noisy machine with two cores: only ratios within one run mean anything.\n` +
      `The other trackers' rows are quoted from requirements/tracking.md, not measured here.\n\n${text}`,
  );
}
