// SPDX-License-Identifier: Apache-2.0
// Two visitors who differ only in facts of denied purposes, in a real browser, against a server that records every byte it is
// sent: what differs between them is a leak.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadCompiler } from '../lib/compiler.mjs';
import { randomLives } from './lives.mjs';
import { randomPlaybook, withLeak } from './playbooks.mjs';
import { createRandom } from './random.mjs';
import { describe, startServer } from './server.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const frozen = join(root, 'tests/noninterference/frozen.js');
/** Then a new one: a tab's memory grows. */
const PAIRS_PER_TAB = 50;
/** Of real time, after which a page that does not settle is told of; paused processes take their time. */
const PATIENCE_MS = 300_000;
const START = Date.UTC(2026, 2, 2);

/**
 * A tab for one visitor after the other: what a visitor has stored is removed before the next one comes, and nothing is cached.
 * `live(program, life, settings)` answers what a visitor leaves behind, as texts.
 */
async function openTab(browser, lane, options) {
  const context = await browser.newContext(options);
  await context.addInitScript({ path: frozen });
  const tab = await context.newPage();
  let elsewhere = [];
  tab.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && origin !== lane.shop && origin !== lane.collector) elsewhere.push(request.url());
  });
  const open = (path, at) => tab.goto(`${lane.shop}${path}?at=${at}`, { waitUntil: 'load', timeout: PATIENCE_MS });
  const patiently = async (doing) => {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(async () => {
        const waits = await Promise.race([
          tab.evaluate(() => window.omoFrozen.waits()),
          new Promise((resolve) => setTimeout(resolve, 5000, 'for something in the browser itself')),
        ]);
        reject(new Error(`a page does not settle: ${JSON.stringify([waits, lane.waits()])}`));
      }, PATIENCE_MS);
    });
    return Promise.race([doing, late]).finally(() => clearTimeout(timer));
  };
  await open('/', START);
  return {
    close: () => context.close(),
    async live(program, life, settings) {
      await tab.evaluate(() => window.omoFrozen.clear());
      lane.visit(program);
      elsewhere = [];
      const texts = [];
      const counts = {};
      let at = START;
      let sent = 0;
      for (const { gap, path, state, steps } of life) {
        at += gap;
        await open(path, at);
        const view = await patiently(
          tab.evaluate(
            ([...values]) => window.omoFrozen.run(...values),
            [{ ...settings, collector: lane.collector, sent }, state, steps],
          ),
        );
        texts.push(view.text);
        for (const [name, count] of Object.entries(view.counts)) counts[name] = (counts[name] ?? 0) + count;
        at = view.end;
        sent = view.sent;
      }
      // Leaving the last page stores and sends too.
      await open('/', at + 1000);
      const left = await patiently(tab.evaluate(() => window.omoFrozen.left()));
      if (elsewhere.length) throw new Error(`a request went elsewhere: ${elsewhere[0]}`);
      if (lane.strange().length) throw new Error(`a request for what there is not: ${lane.strange()[0]}`);
      return { texts, left, requests: lane.requests(), counts };
    },
  };
}

/** The first place where two values differ, as "path: one | other"; undefined = nowhere. */
export function difference(one, other, path = '') {
  if (Object.is(one, other)) return undefined;
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) {
    const texts = [one, other].map((value) => JSON.stringify(value) ?? 'undefined');
    // Long texts: from a little before the place where they part.
    let at = 0;
    while (at < texts[0].length && texts[0][at] === texts[1][at]) at++;
    const [a, b] = texts.map((text) => (at > 60 ? '…' : '') + text.slice(at > 60 ? at - 40 : 0, at + 200));
    return `${path}: ${a} | ${b}`;
  }
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const found = difference(one[key], other[key], `${path}.${key}`);
    if (found) return found;
  }
  return undefined;
}

/** Where two visitors differ in what they leave behind; undefined = nowhere. */
function parting(one, other) {
  const whole = ({ texts, left, requests }) => ({ views: texts, left, requests });
  if (!difference(whole(one), whole(other))) return undefined;
  const told = ({ texts, left, requests }) => ({
    views: texts.map((text) => JSON.parse(text)),
    left: JSON.parse(left),
    requests,
  });
  return difference(told(one), told(other)) ?? 'the order of what is told';
}

/** Everything of pair `number`: its playbook, compiled, and two lives. */
export function makePair(compiler, number, { plant = false, control = false } = {}) {
  const random = createRandom(number);
  const made = randomPlaybook(random);
  const lives = randomLives(random, made);
  const source = plant ? withLeak(random, made) : made.playbook;
  const { program, diagnostics } = compiler.compile(JSON.stringify(source));
  if (!program)
    throw new Error(
      `seed ${number}: the playbook does not compile: ${JSON.stringify(diagnostics)}\n${JSON.stringify(source)}`,
    );
  const kinds = {
    ...{ trait: 'traits', context: 'context', signal: 'signals', score: 'scores' },
    ...{ segment: 'segments', campaign: 'campaigns', journey: 'journeys' },
  };
  const slots = ['slot0', 'slot1', 'slot2', 'slot3'];
  const all = Object.entries(kinds).flatMap(([kind, part]) =>
    Object.keys(source[part] ?? {}).map((name) => [kind, name]),
  );
  const paths = new Set(lives.flat().flatMap(({ steps }) => steps.map(([, [name, path]]) => name === 'push' && path)));
  paths.delete(false);
  const settings = {
    ...made.page,
    names: { slots, all: [...all, ...slots.map((name) => ['slot', name])] },
    described: Object.fromEntries([...paths].map((path) => [path, describe(path)])),
  };
  return { ...made, program, settings, lives: control ? [lives[0], lives[0]] : lives };
}

/**
 * Runs pairs of visitors in a browser of Playwright. Pair `i` depends on `seed + i` alone.
 * @param control both visitors do the same: the harness itself must make no difference
 * @param plant the program has lost one label, so that there is a leak to be found: ends with the first pair in which it is
 * @param lanes so many tabs at a time, each in a context of its own
 * @param late answers how many ms a request, or an answer, is on its way
 * @param told is called after each pair: {seed, found, denied}; found = where they differ, undefined = nowhere
 */
export async function runPairs(
  browser,
  {
    seed,
    pairs,
    dist = join(root, 'dist'),
    plant = false,
    control = false,
    lanes = 2,
    late,
    options = {},
    told = () => {},
  },
) {
  const compiler = await loadCompiler(readFileSync(join(dist, 'compiler.wasm')));
  const server = await startServer(dist, late);
  const totals = { pairs: 0, differing: [], unstable: [], secrets: 0, requests: 0, batches: 0 };
  const add = (name, count) => (totals[name] = (totals[name] ?? 0) + count);
  let next = 0;
  let isOver = false;

  const runPair = async (tab, number) => {
    const { program, settings, lives, denied } = makePair(compiler, number, { plant, control });
    const both = async () => {
      const results = [];
      for (const life of lives) results.push(await tab.live(program, life, settings));
      return { results, found: parting(...results) };
    };
    // Time and chance are frozen, so a leak comes again. What does not is a flaw of the harness, and told as one.
    const first = await both();
    const { results, found } = first.found && !plant ? await both() : first;
    if (first.found && !found) totals.unstable.push({ seed: number, found: first.found });
    if (found) totals.differing.push({ seed: number, found });
    if (found && plant) isOver = true;
    const requests = results[0].requests.flat();
    const steps = lives.flat().flatMap((view) => view.steps);
    add('pairs', 1);
    add('secrets', steps.filter(([, , secret]) => secret).length);
    add('requests', requests.length);
    add('batches', requests.filter((request) => request.includes('"POST"')).length);
    for (const [name, count] of Object.entries(results[0].counts)) add(name, count);
    told({ seed: number, found: found ?? first.found, isStable: !first.found || !!found, denied });
  };
  const runLane = async () => {
    const lane = server.addLane();
    let tab;
    try {
      for (let done = 0; next < pairs && !isOver; done++) {
        if (done % PAIRS_PER_TAB === 0) {
          await tab?.close();
          tab = await openTab(browser, lane, options);
        }
        const number = seed + next++;
        await runPair(tab, number).catch((error) => {
          throw new Error(`seed ${number}: ${error.message}`, { cause: error });
        });
      }
      await tab?.close();
    } catch (error) {
      isOver = true;
      throw error;
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(lanes, pairs) }, runLane));
  } finally {
    server.stop();
  }
  return totals;
}
