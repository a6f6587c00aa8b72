// SPDX-License-Identifier: Apache-2.0
// The third engine: the same story in WebKitGTK's MiniBrowser.
import { test } from 'node:test';
import { startCollector } from '../browser/support/collector.mjs';
import { installPackage } from '../browser/support/package.mjs';
import { tellStory } from '../browser/support/story.mjs';
import { startBrowser } from './browser.mjs';
import { pageOf } from './page.mjs';

/** WebDriver shows no requests; the collector counts all that reach it, also those that it refuses. */
async function received(collector) {
  const metrics = await (await fetch(`${collector.origin}/metrics`)).text();
  const counts = metrics.matchAll(/^omo_requests_total\{route="(?:events|streams)".*\} (\d+)/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

test('the main job holds end to end in WebKitGTK, by the script tag of the installed package', async (t) => {
  const collector = await startCollector({ dist: `${installPackage()}/node_modules/omotenashi/dist` });
  t.after(collector.stop);
  const browser = await startBrowser();
  t.after(browser.stop);
  // WebKit says that a program drives it, and nothing can make it say otherwise: the collector counts it with the bots.
  const operator = { ...collector, stats: (name) => collector.stats(`${name}?bots=1`) };
  await tellStory(pageOf(browser.driver), operator, () => received(collector));
});
