// SPDX-License-Identifier: Apache-2.0
// What was tracked arrives exactly once, over a network and a collector with their faults.
import { expect, test } from './support/visitor.mjs';
import { startCollector } from './support/collector.mjs';
import { startFront } from './support/front.mjs';
import { all, buy, createKept, flush, openClient, openTwoTabs, track } from './support/numbered.mjs';

let front;
let collector;
let kept;
test.beforeEach(async ({ page }) => {
  front = await startFront();
  collector = await startCollector({
    site: 'tests/browser/pages',
    playbook: 'tests/soak/playbook.json',
    origins: [front.origin],
  });
  front.target = collector.origin;
  kept = createKept(collector);
});
test.afterEach(async () => {
  front.stop();
  await collector.stop();
});

const purchases = (ids) => expect(async () => expect(kept.purchases()).toEqual(ids)).toPass({ timeout: 30_000 });
/** The page that has nothing of ours. */
const elsewhere = '/stub.js';

test('tracking 19: a purchase and a navigation in one task, 300 ms round trip, cold connection: delivered', async ({
  page,
}) => {
  await openClient(page, front.origin, { ...all, storage: 'denied' });
  front.always = { delay: 300 };
  await page.evaluate((address) => {
    window.client.track('purchase', { transaction_id: 'order-1' });
    location.href = address;
  }, elsewhere);
  await page.waitForURL('**' + elsewhere);
  await purchases(['order-1']);
});

test('tracking 20: pagehide and visibilitychange both fire: exactly one send', async ({ page }) => {
  await openClient(page, front.origin, all);
  await track(page, 1, 2);
  expect(front.batches.length).toBe(0);
  await page.goto(front.origin + elsewhere);
  await kept.has([1, 2]);
  expect(front.batches.length).toBe(1);
});

test('tracking 20: a page that goes sends by fetchLater where there is one, one that is hidden by a request that is answered', async ({
  page,
}) => {
  // What the site would see of it, in its own storage.
  await page.addInitScript(() => {
    const count = (name) => {
      const original = window[name];
      if (original)
        window[name] = (address, ...rest) => {
          const key = `site.${name}`;
          if (String(address).endsWith('/events')) localStorage[key] = 1 + Number(localStorage[key] ?? 0);
          return original(address, ...rest);
        };
    };
    count('fetch');
    count('fetchLater');
  });
  await openClient(page, front.origin, { ...all, storage: 'denied' });
  const has = await page.evaluate(() => 'fetchLater' in window);
  await track(page, 1);
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  });
  await kept.has([1]);
  await page.evaluate(() => {
    delete document.hidden;
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  });
  await track(page, 2);
  await page.goto(front.origin + elsewhere);
  await kept.has([1, 2]);
  expect(front.batches.length).toBe(2);
  const counted = await page.evaluate(() => [localStorage['site.fetch'], localStorage['site.fetchLater']].map(Number));
  expect(counted).toEqual(has ? [1, 1] : [2, NaN]);
});

test('tracking 20: a page that goes while a request is under way sends the rest once', async ({ page }) => {
  await openClient(page, front.origin, { ...all, storage: 'denied' });
  let release;
  front.faults = [{ hold: new Promise((resolve) => (release = resolve)) }];
  await buy(page, 'order-1');
  await expect(async () => expect(front.batches.length).toBe(1)).toPass();
  await track(page, 1);
  await page.goto(front.origin + elsewhere);
  await kept.has([1]);
  release();
  await purchases(['order-1']);
  // The first, and the one that left with the page.
  expect(front.batches.length).toBe(2);
});

test('tracking 21: a backlog that does not fit beside the page’s own keepalive requests: purchases go first, the rest waits and comes once', async ({
  page,
  context,
}) => {
  await openClient(page, front.origin, all);
  let release;
  front.faults = [{ hold: new Promise((resolve) => (release = resolve)) }];
  await buy(page, 'order-1');
  await expect(async () => expect(front.batches.length).toBe(1)).toPass();
  const count = 180;
  const texts = Array.from({ length: count }, (_, i) => Buffer.from(`${i}`.repeat(30)).toString('base64').slice(-60));
  await page.evaluate((given) => {
    const random = () => Array.from(crypto.getRandomValues(new Uint8Array(45)), (n) => n.toString(36)).join('');
    given.forEach((_, number) => window.client.track('numbered', { number, text: random().slice(0, 90) }));
  }, texts);
  await buy(page, 'order-2', 'order-3');
  // What is under way stays under way; of the rest, only what is small has room. (While a page unloads, Chromium lets more
  // than the quota through; a page that is hidden and then killed gets no more.)
  await page.evaluate(() => {
    fetch('/hang', { method: 'POST', keepalive: true, body: 'x'.repeat(62 * 1024) }).catch(() => {});
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  });
  await expect(async () => expect(front.batches.length).toBe(2)).toPass();
  await page.close();
  await purchases(['order-1', 'order-2', 'order-3']);
  expect(kept.numbers()).toEqual([]);
  release();
  const next = await context.newPage();
  await openClient(next, front.origin);
  await flush(next);
  await kept.has(Array.from({ length: count }, (_, number) => number));
  await purchases(['order-1', 'order-2', 'order-3']);
});

test('tracking 22: two tabs without a network, 3 + 3 events, then online: 6 events, each delivered once', async ({
  page,
}) => {
  const other = await openTwoTabs(page, front.origin);
  await flush(page);
  front.always = { lose: 'request' };
  for (const number of [1, 2, 3]) {
    await track(page, number);
    await track(other, 10 + number);
  }
  await flush(page);
  expect(kept.numbers()).toEqual([]);
  front.always = null;
  for (const one of [page, other]) await one.evaluate(() => dispatchEvent(new Event('online')));
  await kept.has([1, 2, 3, 11, 12, 13]);
});

for (const [what, fault] of [
  ['a lost acknowledgement', { lose: 'answer' }],
  ['a request that is lost', { lose: 'request' }],
  ['an answer of 500', { status: 500 }],
  ['an answer of 503 without an end in sight', { status: 503, headers: { 'Retry-After': '1' } }],
  ['a page of a hotel’s network', { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<h1>Sign in</h1>' }],
]) {
  test(`tracking 23: ${what}, twice: sent again, counted once`, async ({ page }) => {
    await openClient(page, front.origin, all);
    front.faults = [fault, fault];
    await track(page, 1);
    await buy(page, 'order-1');
    await expect(async () => expect(front.batches.length).toBe(3)).toPass({ timeout: 40_000 });
    await kept.has([1]);
    await purchases(['order-1']);
    await track(page, 2);
    await flush(page);
    await kept.has([1, 2]);
  });
}

for (const [what, header] of [
  ['seconds', () => '4'],
  ['a date', () => new Date(Date.now() + 5000).toUTCString()],
])
  test(`tracking 23: 429 with Retry-After in ${what}: no request before then, then delivered`, async ({ page }) => {
    await openClient(page, front.origin, all);
    front.faults = [{ status: 429, headers: { 'Retry-After': header(), Date: new Date().toUTCString() } }];
    await buy(page, 'order-1');
    await expect(async () => expect(front.batches.length).toBe(1)).toPass();
    await buy(page, 'order-2');
    await flush(page);
    await purchases(['order-1', 'order-2']);
    const [first, second] = front.batches;
    expect(second.time - first.time).toBeGreaterThan(3900);
  });

test('tracking 23: an ad blocker costs no more than three requests a page, and nothing is lost', async ({ page }) => {
  const asked = [];
  await page.route('**/v1/events', (route) => {
    asked.push(route.request().url());
    return route.abort('blockedbyclient');
  });
  await page.clock.install();
  await openClient(page, front.origin, all);
  for (let i = 0; i < 12; i += 1) {
    await buy(page, `order-${i}`);
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
      Object.defineProperty(document, 'hidden', { value: false, configurable: true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    });
    await page.clock.runFor(30_000);
  }
  expect(asked.length).toBe(3);
  await page.unroute('**/v1/events');
  await page.clock.resume();
  await openClient(page, front.origin);
  await flush(page);
  await purchases(Array.from({ length: 12 }, (_, i) => `order-${i}`).sort());
});

test('tracking 25: pending and denied send nothing; what is withdrawn while a batch is under way is never sent again', async ({
  page,
}) => {
  await openClient(page, front.origin);
  await track(page, 1);
  await flush(page);
  await page.evaluate(() => window.client.consent({ storage: 'denied', measurement: 'denied' }));
  await track(page, 2);
  await flush(page);
  expect(front.batches.length).toBe(0);
  await page.evaluate((state) => window.client.consent(state), all);
  let release;
  front.faults = [{ hold: new Promise((resolve) => (release = resolve)), status: 500 }];
  await track(page, 3);
  await buy(page, 'order-1');
  await expect(async () => expect(front.batches.length).toBe(1)).toPass();
  await track(page, 4);
  await page.evaluate(() => window.client.consent({ measurement: 'denied' }));
  release();
  await flush(page);
  await page.evaluate(() => window.client.consent({ measurement: 'granted' }));
  await track(page, 5);
  await expect(async () => {
    await flush(page);
    expect(kept.numbers()).toEqual([5]);
  }).toPass({ timeout: 30_000 });
  expect(kept.purchases()).toEqual([]);
});

test('tracking 27: under a strict policy, with a collector of another origin, events arrive and nothing is violated', async ({
  page,
}) => {
  // Firefox asks for the site's icon.
  front.headers = {
    'content-security-policy': `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self'; connect-src 'self' ${collector.origin}`,
  };
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', ({ violatedDirective }) =>
      window.violations.push(violatedDirective),
    );
  });
  await page.route('**/client.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({
      response,
      body: (await response.text()).replace("collector: '/'", `collector: '${collector.origin}'`),
    });
  });
  await openClient(page, front.origin, all);
  await track(page, 1);
  await flush(page);
  await kept.has([1]);
  expect(front.batches.length).toBe(0);
  expect(await page.evaluate(() => window.violations)).toEqual([]);
});
