// SPDX-License-Identifier: Apache-2.0
// The soak as a command: see script/soak.
import { parseArgs } from 'node:util';
import { chromium, firefox } from '@playwright/test';
import config from '../../playwright.config.mjs';
import { startCollector } from '../browser/support/collector.mjs';
import { createRandom, createSoak, planRound } from './rounds.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    browser: { type: 'string', default: 'chromium' },
    from: { type: 'string', default: '0' },
    without: { type: 'string', default: '' },
  },
});
const rounds = Number(options.rounds);
const seed = Number(options.seed);
const from = Number(options.from);
const browserName = options.browser;
const { use } = config.projects.find(({ name }) => name === browserName);
/** A browser and a store grow old: both are new after so many rounds. */
const roundsOfOneLife = 50;
const started = performance.now();

const browser = await { chromium, firefox }[browserName].launch({ ...use.launchOptions, channel: use.channel });
const media =
  browserName === 'firefox' ? { colorScheme: null, reducedMotion: null, forcedColors: null, contrast: null } : {};
let collector;
let context;
let soak;
let tracked = 0;

async function begin() {
  await context?.close();
  await collector?.stop();
  collector = await startCollector({ site: 'tests/browser/pages', playbook: 'tests/soak/playbook.json' });
  context = await browser.newContext(media);
  soak = await createSoak({ context, collector, browserName });
}

function show(round) {
  const done = round + 1 - from;
  const seconds = (performance.now() - started) / 1000;
  const rate = done / seconds;
  const left = Math.round((rounds - from - done) / rate / 60);
  const bar = '#'.repeat(Math.floor((20 * (round + 1)) / rounds)).padEnd(20, '.');
  const line = `[${bar}] ${round + 1} of ${rounds} rounds, ${rate.toFixed(2)} a second, ${left} min left`;
  if (process.stdout.isTTY) process.stdout.write(`\r${line}`);
  else if (done % 50 === 0) console.log(line);
}

console.log(`seed ${seed}, ${browserName}`);
let failed = false;
for (let round = from; round < rounds && !failed; round += 1) {
  if ((round - from) % roundsOfOneLife === 0) {
    tracked += soak?.events ?? 0;
    await begin();
  }
  // Each round has its own seed, so that it can be looked at without those before it.
  const plan = planRound(createRandom(seed * 100_003 + round), options.without.split(','));
  try {
    await soak.run(plan);
    show(round);
  } catch (error) {
    failed = true;
    console.error(await soak.state());
    console.error(`\nround ${round} failed: ${error.message}`);
    console.error(plan.map(([name, tab]) => `${name} ${tab}`).join(' · '));
    console.error(`again: script/soak --browser ${browserName} --seed ${seed} --from ${round} --rounds ${round + 1}`);
    console.error(`with the rounds before it: --from ${round - ((round - from) % roundsOfOneLife)}`);
  }
}
console.log(`\n${tracked + soak.events} events tracked, ${failed ? 'not all' : 'each'} as it must be`);
await browser.close();
await collector.stop();
process.exit(failed ? 1 : 0);
