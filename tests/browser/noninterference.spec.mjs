// SPDX-License-Identifier: Apache-2.0
// The short part of tests/noninterference: two visitors who differ only in facts of denied purposes leave the same bytes.
// script/noninterference runs as many pairs as one wants.
import { readFileSync } from 'node:fs';
import { loadCompiler } from '../lib/compiler.mjs';
import { difference, runPairs } from '../noninterference/harness.mjs';
import { randomLives } from '../noninterference/lives.mjs';
import { late, pauseBrowsers } from '../noninterference/pauses.mjs';
import { randomPlaybook } from '../noninterference/playbooks.mjs';
import { createRandom, namesOf } from '../noninterference/random.mjs';
import { expect, test } from './support/visitor.mjs';

const pairs = { chromium: 20, firefox: 6 };
const few = { chromium: 4, firefox: 2 };
// A pair that differs is run again by `script/noninterference --pairs 1 --seed N`, which also looks at as many others as one wants.
const seed = Number(process.env.OMO_SEED ?? 1);

test('privacy 15, 20, 21, 24: visitors who differ only in denied facts give the same requests at the same times, DOM, storage and callbacks', async ({
  browser,
  browserName,
}) => {
  test.setTimeout(600_000);
  const totals = await runPairs(browser, { seed, pairs: pairs[browserName] });
  expect([...totals.differing, ...totals.unstable], `seed ${seed}`).toEqual([]);
  // It was no silence that was compared: nor were there no coupons, recommendations or panels.
  for (const what of ['secrets', 'requests', 'batches', 'images', 'shown', 'claims', 'recommended', 'panels'])
    expect(totals[what], `seed ${seed}: ${what}`).toBeGreaterThan(0);
});

test('a label that is missing in the program is found', async ({ browser, browserName }) => {
  test.setTimeout(600_000);
  const planted = await runPairs(browser, { seed: 1, pairs: 10, plant: true });
  expect(planted.differing.length).toBeGreaterThan(0);
});

test('visitors who do the same are the same, however processes of the browser are paused and answers late', async ({
  browser,
  browserName,
}) => {
  test.setTimeout(600_000);
  const stop = pauseBrowsers(seed);
  let pauses = 0;
  try {
    const control = await runPairs(browser, { seed, pairs: few[browserName], control: true, late });
    expect([...control.differing, ...control.unstable], `seed ${seed}`).toEqual([]);
  } finally {
    // What went wrong comes first: it is not hidden by too few pauses.
    pauses = stop();
  }
  expect(pauses).toBeGreaterThan(10);
});

test('a difference is told by its place', () => {
  expect(difference({ a: [1, { b: 'x' }] }, { a: [1, { b: 'y' }] })).toBe('.a.1.b: "x" | "y"');
  expect(difference({ a: 1 }, { a: 1, b: 2 })).toBe('.b: undefined | 2');
  expect(difference([NaN, null], [NaN, null])).toBe(undefined);
});

test('a seed gives one playbook and one pair of lives, and their common steps are the same', () => {
  const make = (number) => {
    const random = createRandom(number);
    const made = randomPlaybook(random);
    return { made, lives: randomLives(random, made) };
  };
  for (let number = 1; number <= 50; number++) {
    const { made, lives } = make(number);
    expect(make(number)).toEqual({ made, lives });
    const common = lives.map((life) =>
      life.map(({ gap, state, steps }) => {
        let at = 0;
        const kept = [];
        for (const [wait, [name, what], secret] of steps) {
          at += wait;
          if (!secret) kept.push([at, name, typeof what === 'object' ? null : what]);
        }
        return { gap, state, kept };
      }),
    );
    expect(common[0], `seed ${number}`).toEqual(common[1]);
  }
});

test('privacy 19: what the pairs take for denied has at least that label for the compiler too', async () => {
  const compiler = await loadCompiler(readFileSync(new URL('../../dist/compiler.wasm', import.meta.url)));
  let labelled = 0;
  for (let number = 1; number <= 60; number++) {
    const { playbook, facts } = randomPlaybook(createRandom(number));
    const { manifest, diagnostics } = compiler.compile(JSON.stringify(playbook));
    expect(manifest, `seed ${number}: ${JSON.stringify(diagnostics)}`).toBeTruthy();
    for (const { name, purposes } of manifest.kept.campaigns) {
      const needed = namesOf(facts.campaigns[name].label);
      expect(purposes, `seed ${number}: ${name}`).toEqual(expect.arrayContaining(needed));
      labelled += needed.length;
    }
  }
  expect(labelled).toBeGreaterThan(100);
});
