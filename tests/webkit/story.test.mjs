// SPDX-License-Identifier: Apache-2.0
// The third engine: the same story in WebKitGTK's MiniBrowser.
import { test } from 'node:test';
import { startCollector } from '../browser/support/collector.mjs';
import { installPackage } from '../browser/support/package.mjs';
import { tellStory } from '../browser/support/story.mjs';
import { bounded, startBrowser } from './browser.mjs';
import { pageOf } from './page.mjs';

/** WebDriver shows no requests; the collector counts all that reach it, also those that it refuses. */
async function received(collector) {
  const metrics = await (await fetch(`${collector.origin}/metrics`)).text();
  const counts = metrics.matchAll(/^omo_requests_total\{route="(?:events|streams)".*\} (\d+)/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

const name = 'the main job holds end to end in WebKitGTK, by the script tag of the installed package';

async function tellIt(dist) {
  const collector = await startCollector({ dist });
  try {
    const browser = await startBrowser();
    try {
      // WebKit says that a program drives it, and nothing can make it say otherwise: the collector counts it with the bots.
      const operator = { ...collector, stats: (table) => collector.stats(`${table}?bots=1`) };
      await bounded(
        tellStory(pageOf(browser.driver), operator, () => received(collector)),
        'The story',
        300_000,
      );
    } finally {
      await browser.stop();
    }
  } finally {
    await collector.stop();
  }
}

test(name, { timeout: 900_000 }, async (t) => {
  const dist = `${installPackage()}/node_modules/omotenashi/dist`;
  try {
    await tellIt(dist);
  } catch (error) {
    // As for the other browsers: what works in a second one is told and let pass.
    t.diagnostic(`in the first of two browsers: ${error.stack}`);
    await tellIt(dist);
  }
});
