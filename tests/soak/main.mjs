// SPDX-License-Identifier: Apache-2.0
// The soak as a command: see script/soak.
import { inspect, parseArgs } from 'node:util';
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
    lanes: { type: 'string', default: '1' },
  },
});
const rounds = Number(options.rounds);
const seed = Number(options.seed);
const from = Number(options.from);
const lanes = Number(options.lanes);
const browserName = options.browser;
const project = config.projects.find(({ name }) => name === browserName);
if (!project || !(rounds > from) || !Number.isInteger(seed) || !(lanes > 0)) {
  console.error(
    'usage: script/soak [--rounds N] [--seed N] [--browser chromium|firefox] [--from ROUND] [--without STEP,...] [--lanes N]',
  );
  process.exit(2);
}
/** A visitor and a store grow old: both are new after so many rounds. */
const roundsOfOneLife = 50;
const started = performance.now();
const { launchOptions, channel } = project.use;
const browser = await { chromium, firefox }[browserName].launch({ ...launchOptions, channel });
const media =
  browserName === 'firefox' ? { colorScheme: null, reducedMotion: null, forcedColors: null, contrast: null } : {};
let tracked = 0;
let done = 0;
let next = from;
let failed = false;

function show() {
  const rate = (done / (performance.now() - started)) * 1000;
  const left = Math.round((rounds - from - done) / rate / 60);
  const bar = '#'.repeat(Math.floor((20 * done) / (rounds - from))).padEnd(20, '.');
  const line = `[${bar}] ${done} of ${rounds - from} rounds, ${rate.toFixed(2)} a second, ${left} min left`;
  if (process.stdout.isTTY) process.stdout.write(`\r${line}`);
  else if (done % 50 === 0) console.log(line);
}

/** The rounds from `begin` to before `end`, of one visitor with a collector of their own. */
async function live(begin, end) {
  const collector = await startCollector({ site: 'tests/browser/pages', playbook: 'tests/soak/playbook.json' });
  const context = await browser.newContext(media);
  const soak = await createSoak({ context, collector, browserName });
  for (let round = begin; round < end && !failed; round += 1) {
    // Each round has its own seed, so that it can be looked at without those before it.
    const plan = planRound(createRandom(seed * 100_003 + round), options.without.split(','));
    try {
      await soak.run(plan);
      done += 1;
      show();
    } catch (error) {
      failed = true;
      console.error(inspect(await soak.state(), { maxArrayLength: null, breakLength: 120 }));
      console.error(`\nround ${round} failed: ${error.message}`);
      console.error(plan.map(([name, tab]) => `${name} ${tab}`).join(' · '));
      console.error(`again: script/soak --browser ${browserName} --seed ${seed} --from ${round} --rounds ${round + 1}`);
      console.error(`with the rounds before it: --from ${begin}`);
    }
  }
  tracked += soak.events;
  await context.close();
  await collector.stop();
}

async function runLane() {
  while (next < rounds && !failed) {
    const begin = next;
    next = Math.min(rounds, begin + roundsOfOneLife);
    await live(begin, next);
  }
}

console.log(`seed ${seed}, ${browserName}, rounds ${from} to ${rounds - 1}`);
await Promise.all(Array.from({ length: lanes }, runLane));
console.log(`\n${done} rounds, ${tracked} events tracked, ${failed ? 'not all' : 'each'} as it must be`);
await browser.close();
process.exit(failed ? 1 : 0);
