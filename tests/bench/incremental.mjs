// SPDX-License-Identifier: Apache-2.0
// What an event costs where work must be proportional to what changed: the shared workload of rules beside its baseline,
// the windowed workload beside plain JavaScript, and how cost, loading and memory grow with the segments.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../js/lib/bundle.mjs';
import { engines } from './rules-adapter.mjs';
import { PlainWindows, windowedConsent, windowedEvents, windowedPlaybook, windowedWorkload } from './windowed.mjs';
import { InputKind } from './vocabulary.mjs';

const micros = () => Number(process.hrtime.bigint()) / 1000;
const sorted = (values) => [...values].sort((a, b) => a - b);
const median = (values) => sorted(values)[values.length >> 1];
const [Rules] = Object.values(engines);

/**
 * Microseconds an event of several engines side by side. Each play is cut into short pieces that alternate between the
 * engines, and of each piece the median of the rounds counts, so that what else the machine does falls on all alike.
 */
function sideBySide(players, count, { rounds = 21, pieces = 16 } = {}) {
  for (let warm = 0; warm < 4; warm += 1)
    for (const { reset, play } of players) {
      reset();
      play(0, count);
    }
  const times = players.map(() => Array.from({ length: pieces }, () => []));
  const size = Math.floor(count / pieces);
  for (let round = 0; round < rounds; round += 1) {
    players.forEach(({ reset }) => reset());
    for (let piece = 0; piece < pieces; piece += 1)
      players.forEach(({ play }, which) => {
        const from = micros();
        play(piece * size, (piece + 1) * size);
        times[which][piece].push((micros() - from) / size);
      });
  }
  return times.map((list) => list.reduce((sum, piece) => sum + median(piece), 0) / pieces);
}

/** The shared workload (OMO_RULES, default ../shared/bench/rules beside the repository); absent, a row says so. */
export async function rules(report) {
  const folder = process.env.OMO_RULES ?? join(root, '../shared/bench/rules');
  if (!existsSync(join(folder, 'workload.mjs'))) {
    report('segment workload', '–', '–', `not measured: ${folder} is not there`);
    return;
  }
  const workload = await import(pathToFileURL(join(folder, 'workload.mjs')));
  const Baseline = await baseline(folder);
  const seed = Number(process.env.OMO_SEED ?? 1);
  const profile = workload.makeProfile(seed);
  const events = workload.makeEvents(4096, profile, seed + 2);
  for (const [count, bar] of [
    [10, 0.5],
    [100, 0.5],
    [1000, 0.35],
    [10_000, 0.3],
  ]) {
    const list = workload.makeRules(count, seed + 1);
    const players = [new Baseline(list, profile), new Rules(list, profile)].map((engine) => ({
      engine,
      reset: () => engine.reset(profile),
      play(from, to) {
        for (let i = from; i < to; i += 1) engine.event(events[i]);
      },
    }));
    const [theirs, ours] = sideBySide(players, events.length);
    if (players[0].engine.out.some((on, i) => on !== players[1].engine.out[i])) throw new Error('the truths differ');
    report(
      `segment workload, ${count.toLocaleString('en')} segments`,
      `${ours.toFixed(3)} µs an event`,
      `${(ours / theirs).toFixed(2)} × of at most ${bar}`,
      `engine-host.wasm; incremental B: ${theirs.toFixed(3)} µs; seed ${seed}`,
    );
  }
}

/**
 * The class of incremental B, taken out of its file where it is found: the file imports every peer, installed or not.
 */
async function baseline(folder) {
  const file = join(folder, 'engines.mjs');
  let from = file;
  const text = readFileSync(file, 'utf8');
  const begin = text.indexOf('class IncrB');
  const end = text.indexOf('export const engines');
  if (begin >= 0 && end > begin) {
    const workload = pathToFileURL(join(folder, 'workload.mjs'));
    from = join(root, 'build/tests-js/incremental-b.mjs');
    mkdirSync(dirname(from), { recursive: true });
    writeFileSync(
      from,
      `import { attrs, times, T0 } from '${workload}';\n${text.slice(begin, end)}\nexport const engines = { 'incremental B': IncrB };\n`,
    );
  }
  const { engines: peers } = await import(pathToFileURL(from));
  return Object.entries(peers).find(([name]) => name.includes('incremental B'))[1];
}

export async function windowed(report, startEngine, compile) {
  const start = Date.UTC(2026, 0, 1);
  const workload = windowedWorkload(7, 1000);
  const { program, diagnostics } = compile(JSON.stringify(windowedPlaybook(workload)));
  if (!program) throw new Error(JSON.stringify(diagnostics.slice(0, 3)));
  const events = windowedEvents(8, 4096, start);
  const params = events.map(({ amount }) => ({ amount }));
  let now = start;
  const engine = await startEngine(program, () => now);
  engine._apply(InputKind.consent, 63, windowedConsent);
  let plain;
  const items = [];
  const [theirs, ours] = sideBySide(
    [
      {
        reset: () => (plain = new PlainWindows(workload, start)),
        play(from, to) {
          for (let i = from; i < to; i += 1) plain.event(events[i]);
        },
      },
      {
        reset() {
          engine.omo_state_clear();
          now = start;
        },
        play(from, to) {
          for (let i = from; i < to; i += 1) {
            now = events[i].time;
            engine._apply(InputKind.event, events[i].name, params[i], items);
          }
        },
      },
    ],
    events.length,
  );
  const differing = plain.out.reduce((sum, on, i) => sum + (on !== (engine.omo_truth(i) === 1 ? 1 : 0)), 0);
  if (differing) throw new Error(`windowed workload: ${differing} of 1,000 segments differ`);
  report(
    'windowed workload: counts, sums, recencies over 1 h to 30 d, 1,000 segments',
    `${ours.toFixed(2)} µs an event`,
    'below 1 µs',
    `plain JavaScript, incremental: ${theirs.toFixed(2)} µs, ${(ours / theirs).toFixed(2)} ×; seven signals an event`,
  );
}

/** Segments that an event does not touch, loading and memory. */
export async function growth(report, startEngine, compile) {
  const start = Date.UTC(2026, 0, 1);
  const players = [];
  for (const count of [1000, 100_000]) {
    // A hundred of them look at what the event changes; the others at something else.
    const rest = Array.from({ length: count }, (_, i) => ({
      id: i,
      op: 'and',
      args: [
        { k: 'num', a: i < 100 ? 'touched' : `other${i % 50}`, cmp: '>=', v: 1 + (i % 997) },
        { k: 'num', a: `third${i % 7}`, cmp: '<', v: 5 + (i % 31) },
      ],
    }));
    const engine = new Rules(rest, { touched: 0 });
    players.push({
      reset: () => engine.reset({ touched: 0 }),
      play(from, to) {
        for (let i = from; i < to; i += 1) engine.event({ a: 'touched', v: i % 101, now: start + i * 1000 });
      },
    });
  }
  const [small, large] = sideBySide(players, 4096);
  report(
    'an event that touches 100 segments of 100,000',
    `${large.toFixed(3)} µs`,
    `${(large / small).toFixed(2)} × of at most 3`,
    `of 1,000: ${small.toFixed(3)} µs`,
  );

  const workload = windowedWorkload(7, 1000);
  const { program } = compile(JSON.stringify(windowedPlaybook(workload)));
  let now = start;
  const filled = await startEngine(program, () => now);
  filled._apply(InputKind.consent, 63, 63);
  filled._apply(InputKind.seed, ...new Uint8Array(16).fill(7));
  for (const event of windowedEvents(8, 1500, start)) {
    now = event.time;
    filled._apply(InputKind.event, event.name, { amount: event.amount }, []);
  }
  const snapshot = filled._saveSnapshot();
  if (!snapshot.length) throw new Error('no snapshot');
  const loads = [];
  for (let i = 0; i < 15; i += 1) {
    const fresh = await startEngine(program, () => now);
    const from = micros();
    const address = fresh.omo_program_reserve(program.length);
    new Uint8Array(fresh.memory.buffer).set(program, address);
    if (fresh.omo_program_load(program.length)) throw new Error('the program does not load');
    fresh._apply(InputKind.consent, 63, 63);
    const status = fresh._loadSnapshot(snapshot);
    loads.push((micros() - from) / 1000);
    if (status) throw new Error(`snapshot: status ${status}`);
  }
  report(
    'loading 1,000 segments and a 30-day snapshot',
    `${median(loads).toFixed(2)} ms`,
    'below 2 ms',
    `the program of ${program.length.toLocaleString('en')} bytes checked, its state made, consent, a snapshot of ` +
      `${snapshot.length.toLocaleString('en')} bytes taken; instance and module made before`,
  );
  report(
    'memory for 1,000 segments',
    `${(filled.memory.buffer.byteLength / 1024).toFixed(0)} KiB`,
    'below 256 KiB',
    'the whole linear memory: stack, tables, transfer buffer, program, state, queue, journal',
  );
}
