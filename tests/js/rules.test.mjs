// SPDX-License-Identifier: Apache-2.0
// The adapter of tests/bench for workloads of rules: the same truth as an evaluator that is written plainly here.
// `OMO_SEED=N` replays one seed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engines } from '../bench/rules-adapter.mjs';

const [Rules] = Object.values(engines);
const start = Date.UTC(2026, 0, 1);

/** Numbers below n from a seed (xorshift). */
function randomFrom(seed) {
  let state = (seed * 2654435761) >>> 0 || 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

/** Is the atom true of the values at this time? */
function holds(atom, values, now) {
  const value = values[atom.a];
  if (atom.k === 'eq') return value === atom.v;
  if (atom.k === 'in') return atom.vs.includes(value);
  if (typeof value !== 'number') return false;
  if (atom.k === 'rec') return now - value <= atom.ms;
  return { '>=': value >= atom.v, '>': value > atom.v, '<': value < atom.v, '<=': value <= atom.v }[atom.cmp];
}
const truth = (rules, values, now) =>
  rules.map(({ op, args }) => +args[op === 'and' ? 'every' : 'some']((atom) => holds(atom, values, now)));

const minute = 60_000;
const numbers = ['visits', 'pages read', 'Umsatz'];
const texts = ['city', 'プラン'];
const times = ['last order', 'last visit', 'last click'];
const words = ['', 'tokyo', '大阪', 'quote " and \\ slash', 'free', 'paid', 'x'.repeat(60)];

function randomRules(below, count) {
  const one = (list) => list[below(list.length)];
  const atom = () => {
    const kind = below(10);
    if (kind < 5) return { k: 'num', a: one(numbers), cmp: one(['>=', '>', '<', '<=']), v: (below(81) - 20) / 4 };
    if (kind < 6) return { k: 'eq', a: one(texts), v: one(words) };
    if (kind < 7) return { k: 'eq', a: one(numbers), v: below(12) };
    if (kind < 8) return { k: 'in', a: one(texts), vs: Array.from({ length: 1 + below(4) }, () => one(words)) };
    return { k: 'rec', a: one(times), ms: one([0, 1, 1500, minute, 10 * minute, 3 * 86_400_000]) };
  };
  return Array.from({ length: count }, (_, i) => ({
    id: `rule ${i}`,
    op: one(['and', 'or']),
    args: Array.from({ length: 1 + below(6) }, atom),
  }));
}

function compare(seed, count, events) {
  const below = randomFrom(seed);
  const rules = randomRules(below, count);
  const values = { unused: 1 };
  for (const name of numbers) values[name] = below(10);
  for (const name of texts) values[name] = words[below(words.length)];
  for (const name of times) if (below(4) > 0) values[name] = start - below(20 * minute);
  const engine = new Rules(rules, values);
  engine.reset(values);
  let now = start;
  assert.deepEqual([...engine.out], truth(rules, values, now), `seed ${seed}, before any event`);
  for (let i = 0; i < events; i += 1) {
    now += [0, 1, 1000, 1000, 90_000][below(5)];
    const kind = below(20);
    let a = numbers[below(numbers.length)];
    let v = (below(90) - 20) / 4;
    if (kind < 1) a = 'unused';
    else if (kind < 6)
      [a, v] = [texts[below(texts.length)], [...words, 'never seen', `new ${i}`][below(words.length + 2)]];
    else if (kind < 12) {
      a = times[below(times.length)];
      v = [now, now, now - below(15 * minute), now + below(2 * minute)][below(4)];
    }
    values[a] = v;
    engine.event({ a, v, now });
    const expected = truth(rules, values, now);
    if (expected.some((on, row) => on !== engine.out[row]))
      assert.fail(
        `seed ${seed}, event ${i} ${JSON.stringify({ a, v, now })}: rules ${expected.flatMap((on, row) => (on === engine.out[row] ? [] : [JSON.stringify(rules[row])]))}`,
      );
  }
}

describe('a workload of rules on the engine', () => {
  const seeds = process.env.OMO_SEED ? [Number(process.env.OMO_SEED)] : [1, 2, 3, 4, 5, 6, 7, 8].map((n) => n * 7919);
  test('300 rules have the truth of a plain evaluator after every event, whatever the values are', () => {
    for (const seed of seeds) compare(seed, 300, 400);
  });
  test('so have 1,000 and 10,000', () => {
    for (const seed of seeds.slice(0, 2)) compare(seed, 1000, 200);
    compare(seeds[0], 10_000, 40);
  });
  test('a string that moves inside a set flips nothing: the segment is not reported as changed', () => {
    const rules = [{ id: 'in', op: 'and', args: [{ k: 'in', a: 'city', vs: ['tokyo', 'osaka'] }] }];
    const engine = new Rules(rules, { city: 'tokyo' });
    engine.reset({ city: 'tokyo' });
    const flags = () => new Uint32Array(engine.engine.memory.buffer, engine.engine.omo_outcome())[4];
    engine.event({ a: 'city', v: 'osaka', now: start + 1000 });
    assert.equal(engine.out[0], 1);
    assert.equal(flags() & 1, 0);
    engine.event({ a: 'city', v: 'nara', now: start + 2000 });
    assert.equal(engine.out[0], 0);
    assert.equal(flags() & 1, 1);
  });
  test('a workload older than its start begins again at its own time', () => {
    const rules = [{ id: 'recent', op: 'and', args: [{ k: 'rec', a: 'seen', ms: 1000 }] }];
    const now = Date.UTC(2020, 0, 1);
    const engine = new Rules(rules, { seen: now - 500 });
    engine.event({ a: 'other', v: 1, now });
    assert.equal(engine.out[0], 1);
    engine.event({ a: 'other', v: 1, now: now + 600 });
    assert.equal(engine.out[0], 0);
  });
});
