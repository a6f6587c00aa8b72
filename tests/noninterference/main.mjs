// SPDX-License-Identifier: Apache-2.0
// script/noninterference: many pairs of visitors, for as long as it takes.
import { parseArgs } from 'node:util';
import { chromium, firefox } from '@playwright/test';
import config from '../../playwright.config.mjs';
import { runPairs } from './harness.mjs';
import { late, pauseBrowsers } from './pauses.mjs';

const { values } = parseArgs({
  options: {
    browser: { type: 'string', default: 'chromium' },
    pairs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    plant: { type: 'boolean', default: false },
    control: { type: 'boolean', default: false },
    disturb: { type: 'boolean', default: false },
    lanes: { type: 'string', default: '2' },
    dist: { type: 'string' },
  },
});
const project = config.projects.find(({ name }) => name === values.browser);
const pairs = Number(values.pairs);
const seed = Number(values.seed);
const lanes = Number(values.lanes);
if (!project || !(pairs > 0) || !Number.isInteger(seed) || !(lanes > 0)) {
  console.error(
    'usage: script/noninterference [--browser chromium|firefox] [--pairs N] [--seed N] [--plant | --control] [--disturb] [--lanes N]',
  );
  process.exit(2);
}
const { channel, launchOptions } = project.use;
const browser = await { chromium, firefox }[values.browser].launch({ channel, ...launchOptions });
const started = performance.now();
const seconds = () => Math.round((performance.now() - started) / 1000);
let done = 0;
const stop = values.disturb ? pauseBrowsers(seed) : undefined;
try {
  const totals = await runPairs(browser, {
    seed,
    pairs,
    plant: values.plant,
    control: values.control,
    lanes,
    late: values.disturb ? late : undefined,
    ...(values.dist ? { dist: values.dist } : {}),
    told({ seed: at, found, isStable, denied }) {
      done++;
      const how = isStable ? 'differs' : 'differed once, and not when run again,';
      if (found) console.log(`seed ${at} (denied: ${denied.join(', ')}) ${how} at ${found}`);
      if (done % 50 === 0 || done === pairs) console.log(`${done} of ${pairs} pairs, ${seconds()} s`);
    },
  });
  const { differing, unstable, ...counts } = totals;
  console.log(
    `${values.browser}, seeds ${seed} to ${seed + pairs - 1}, ${seconds()} s: ${differing.length} of ${pairs} pairs differ, ` +
      `${unstable.length} differed once; ${JSON.stringify(counts)}${stop ? `; ${stop()} pauses` : ''}`,
  );
  const isAsWished = values.plant ? differing.length : !differing.length && !unstable.length;
  process.exitCode = isAsWished ? 0 : 1;
} finally {
  stop?.();
  await browser.close();
}
