// SPDX-License-Identifier: Apache-2.0
import { test, expect } from './support/visitor.mjs';
import { startCollector } from './support/collector.mjs';
import { installPackage } from './support/package.mjs';
import { tellStory } from './support/story.mjs';

let collector;
test.afterEach(() => collector?.stop());

/** Answers how many requests the page has made to the collector's API, wherever that is. */
function requestsOf(page) {
  let count = 0;
  page.on('request', (request) => (count += new URL(request.url()).pathname.startsWith('/v1/')));
  return async () => count;
}

test('the main job holds end to end, by the script tag of the installed package', async ({ page }) => {
  collector = await startCollector({ dist: `${installPackage()}/node_modules/omotenashi/dist` });
  await tellStory(page, collector, requestsOf(page));
});

test('the main job holds end to end, by the npm package installed into an empty project', async ({ page }) => {
  const project = installPackage();
  collector = await startCollector({ statics: [`${project}/node_modules=/node_modules/`] });
  // The same shop; instead of the script tag's file the page gets one that imports the package and runs the queued calls.
  await page.addInitScript(() => {
    window.omotenashi = { q: [], ready: new Promise((resolve) => (window.packageIsReady = resolve)) };
  });
  await page.route('**/dist/omotenashi.js', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: `import('/node_modules/omotenashi/dist/omotenashi.mjs').then(({ createClient }) => {
        const client = createClient({ playbook: '/playbook.omo', collector: '/' });
        const run = ([name, ...values]) => client[name](...values);
        window.omotenashi.q.forEach(run);
        window.omotenashi.q = { push: run };
        client.ready.then(window.packageIsReady);
      });`,
    }),
  );
  await tellStory(page, collector, requestsOf(page));
});
