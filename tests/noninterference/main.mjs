// SPDX-License-Identifier: Apache-2.0
// script/noninterference: many pairs of visitors, for as long as it takes.
import { parseArgs } from 'node:util';
import { chromium, firefox } from '@playwright/test';
import config from '../../playwright.config.mjs';
import { runPairs } from './harness.mjs';

const { values } = parseArgs({
  options: {
    browser: { type: 'string', default: 'chromium' },
    pairs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    plant: { type: 'boolean', default: false },
    control: { type: 'boolean', default: false },
    dist: { type: 'string' },
  },
});
const project = config.projects.find(({ name }) => name === values.browser);
const pairs = Number(values.pairs);
const seed = Number(values.seed);
if (!project || !(pairs > 0) || !Number.isInteger(seed)) {
  console.error('usage: script/noninterference [--browser chromium|firefox] [--pairs N] [--seed N] [--plant]');
  process.exit(2);
}
const { channel, launchOptions } = project.use;
const browser = await { chromium, firefox }[values.browser].launch({ channel, ...launchOptions });
const started = performance.now();
let done = 0;
try {
  const totals = await runPairs(browser, {
    seed,
    pairs,
    plant: values.plant,
    control: values.control,
    ...(values.dist ? { dist: values.dist } : {}),
    told({ seed: at, found, denied }) {
      done++;
      if (found) console.log(`seed ${at} (denied: ${denied.join(', ')}) differs at ${found}`);
      if (done % 50 === 0 || done === pairs)
        console.log(`${done} of ${pairs} pairs, ${Math.round((performance.now() - started) / 1000)} s`);
    },
  });
  const { differing, ...counts } = totals;
  console.log(
    `${values.browser}, seeds ${seed} to ${seed + pairs - 1}: ${differing.length} of ${pairs} pairs differ; ${JSON.stringify(counts)}`,
  );
  process.exitCode = (values.plant ? differing.length === 0 : differing.length > 0) ? 1 : 0;
} finally {
  await browser.close();
}
