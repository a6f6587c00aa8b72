// SPDX-License-Identifier: Apache-2.0
// `omo backtest` on one core: a month of a shop's visitors through a small playbook and through the demo shop's. Beside
// it, where OMO_BESIDE names another omo (an earlier one, say), that one, in turns; both make recordings of their own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../js/lib/bundle.mjs';
import { start } from './session.mjs';

const VISITORS = 20_000;
const ROUNDS = 7;
const day = 86_400_000;
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Two signals, three segments, two campaigns of which one has a cap. */
const few = {
  omotenashi: 1,
  site: 'bench',
  signals: { views: { count: 'view_item', within: '2d' }, orders: { count: 'purchase' } },
  segments: { looking: 'views >= 2', customer: 'orders >= 1', always: 'true' },
  campaigns: Object.fromEntries(
    [
      ['hello', { slot: 'hero', audience: 'looking', cap: { impressions: 2, within: '1d' } }],
      ['thanks', { slot: 'account', audience: 'customer' }],
    ].map(([name, campaign]) => [
      name,
      { ...campaign, variants: { a: { creative: { type: 'banner', title: name, href: '/', cta: 'Go' } } } },
    ]),
  ),
};

/** Lines of visitors that come within a month and make 5 to 44 events, some after days. */
function visits() {
  let state = 1;
  const chance = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const below = (n) => Math.floor(chance() * n);
  const category = () => ['bouquet', 'plant', 'arrangement', 'dried'][below(4)];
  const events = [
    [0.45, () => ['page_view', { page_path: `/p${below(30)}` }]],
    [0.75, () => ['view_item', { items: [{ item_id: `sku${below(99)}`, item_category: category(), price: 3000 }] }]],
    [0.85, () => ['search', { search_term: 'rose' }]],
    [0.95, () => ['add_to_cart', { items: [{ item_id: 'sku1' }] }]],
    [1, (visitor, i) => ['purchase', { transaction_id: `o${visitor}-${i}`, value: 5000 }]],
  ];
  const lines = [];
  for (let visitor = 0; visitor < VISITORS; visitor += 1) {
    let time = start + below(30 * day);
    for (let i = 0, count = 5 + below(40); i < count; i += 1) {
      time += below(chance() < 0.1 ? 5 * day : 120_000);
      const what = chance();
      const [name, params] = events.find(([until]) => what < until)[1](visitor, i);
      lines.push(JSON.stringify({ visitor, time, type: 'event', name, params }));
    }
  }
  return lines;
}

export function backtest(report) {
  const folder = mkdtempSync(join(tmpdir(), 'omo-bench-'));
  const run = (omo, ...args) => execFileSync(omo, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const lines = join(folder, 'lines.ndjson');
    const all = visits();
    writeFileSync(lines, all.join('\n'));
    writeFileSync(join(folder, 'few.json'), JSON.stringify(few));
    const programs = [join(root, 'build/native/omo'), process.env.OMO_BESIDE].filter(Boolean);
    const recordings = programs.map((omo, i) => {
      const recording = join(folder, `${i}.omor`);
      run(omo, 'record', lines, '-o', recording);
      return recording;
    });
    for (const [title, playbook] of [
      ['a playbook of three segments and two campaigns', join(folder, 'few.json')],
      ['the playbook of the demo shop', join(root, 'demo-site/playbook.json')],
    ]) {
      const speeds = programs.map(() => []);
      for (let round = 0; round < ROUNDS; round += 1)
        programs.forEach((omo, i) => {
          const text = run(omo, 'backtest', playbook, recordings[i], '--threads', '1');
          speeds[i].push(Number(/([\d.]+) million inputs a second/.exec(text)[1]));
        });
      const [ours, theirs] = speeds.map(median);
      report(
        `backtest, ${title}`,
        `${ours.toFixed(2)} M events a second and core`,
        'at least 10 M',
        `${all.length.toLocaleString('en')} events of ${VISITORS.toLocaleString('en')} visitors; median of ${ROUNDS} runs` +
          (theirs === undefined ? '' : `; ${(ours / theirs).toFixed(2)} × of ${theirs.toFixed(2)} M beside it`),
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
