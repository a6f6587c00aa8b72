// SPDX-License-Identifier: Apache-2.0
// Where randomness comes from.
import { expect, test } from './support/visitor.mjs';
import { startCollector } from './support/collector.mjs';

let collector;
test.beforeAll(async () => {
  collector = await startCollector();
});
test.afterAll(() => collector.stop());

test('privacy 27: randomness is crypto.getRandomValues alone: seed, stream id, names of journals and delays', async ({
  page,
}) => {
  await page.addInitScript(() => {
    // Firefox tells a test nothing of binary bodies.
    window.bodies = [];
    const { fetch } = window;
    window.fetch = (url, options) => {
      if (options?.body) window.bodies.push([...options.body]);
      return fetch(url, options);
    };
    window.written = [];
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = function (name, text) {
      window.written.push(name);
      return setItem.call(this, name, text);
    };
    window.asked = [];
    window.others = 0;
    // Bytes that a test can tell again.
    Crypto.prototype.getRandomValues = function (bytes) {
      window.asked.push(bytes.length);
      return bytes.fill(17);
    };
    Crypto.prototype.randomUUID = Math.random = () => {
      window.others += /omotenashi/.test(new Error().stack);
      return 0.5;
    };
  });
  // The collector is away: there are delays too.
  await page.route('**/v1/events', (route) => route.abort());
  // A page without the shop's own client.
  await page.route('**/blank.html', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<title>blank</title>' }),
  );
  await page.goto(collector.origin + '/blank.html');
  await page.evaluate(async (origin) => {
    const { createClient } = await import(origin + '/dist/omotenashi.mjs');
    window.client = createClient({
      ...{ playbook: '/playbook.omo', collector: origin },
      consent: { storage: 'granted', measurement: 'granted', personalization: 'granted' },
      // There is no such option.
      seed: 4,
    });
    await window.client.ready;
    window.client.track('search', { search_term: 'roses' });
    await window.client.flush();
  }, collector.origin);
  // The leader merges journals and removes them: what was written counts.
  const journals = (await page.evaluate(() => window.written)).filter((name) => name.startsWith('omo.journal.'));
  expect([...new Set(journals)]).toEqual(['omo.journal.' + '17'.repeat(8)]);
  expect(await page.evaluate(() => window.asked)).toContain(16);
  expect(await page.evaluate(() => window.others)).toBe(0);
  const [body] = await page.evaluate(() => window.bodies);
  expect(body.slice(6, 14), 'the stream id of the header').toEqual(Array(8).fill(17));
});
