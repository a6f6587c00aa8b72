// SPDX-License-Identifier: Apache-2.0
// The shell in a real page: what it senses, what it tells, and what it does when something is broken.
import { expect, test } from './support/visitor.mjs';
import { startCollector } from './support/collector.mjs';
import { all } from './support/numbered.mjs';
import { keptKeys } from './support/shop.mjs';

let collector;
test.beforeAll(async () => {
  collector = await startCollector({ site: 'tests/browser/pages', playbook: 'tests/browser/pages/playbook.json' });
});
test.afterAll(() => collector.stop());

const rose = (id) => ({ items: [{ item_id: id, item_category: 'rose', price: 980 }] });

async function openClient(page) {
  await page.goto(`${collector.origin}/client.html`);
  await page.waitForFunction(() => window.client);
  await page.evaluate(() => window.client.ready);
}
async function openTag(page) {
  await page.goto(`${collector.origin}/`);
  await page.waitForFunction(() => window.omotenashi.ready);
  await page.evaluate(() => window.omotenashi.ready);
}
const paths = async () => Object.fromEntries((await collector.stats('pages')).map((row) => [row.path, row]));

test('a segment that turns on shows the creative in every slot of that name, a dismissal brings the default back', async ({
  page,
}) => {
  await openClient(page);
  await page.evaluate(
    ([state, first, second]) => {
      window.client.consent(state);
      window.client.track('view_item', first);
      window.client.track('view_item', second);
    },
    [all, rose('a'), rose('b')],
  );
  await expect(page.locator('.omo-banner')).toContainText('Roses today');
  await expect(page.locator('#default')).toBeHidden();
  expect(await page.evaluate(() => window.client.segments())).toEqual({ rose_lover: true, secret: true });
  expect(await page.evaluate(() => window.client.decide('hero'))).toMatchObject({
    campaign: 'roses',
    variant: 'plain',
  });
  await page.locator('.omo-dismiss').click();
  await expect(page.locator('.omo-banner')).toHaveCount(0);
  await expect(page.locator('#default')).toBeVisible();
  expect(await page.evaluate(() => window.client.explain('roses'))).toMatchObject({
    kind: 'campaign',
    verdict: 'quiet',
  });
});

test('calls queued before the script has loaded run in order, two tags give one instance, and the global tells only what is exposed', async ({
  page,
}) => {
  await page.addInitScript(
    ([state, first, second]) => {
      window.omotenashi = {
        q: [
          ['consent', state],
          ['track', 'view_item', first],
          ['track', 'view_item', second],
        ],
      };
    },
    [all, rose('a'), rose('b')],
  );
  await openTag(page);
  await expect(page.locator('omo-slot .omo-banner')).toContainText('Roses today');
  await expect(page.locator('#second .omo-banner')).toContainText('Roses today');
  expect(await page.evaluate(() => window.omotenashi.segments())).toEqual({ rose_lover: true });
  expect(
    await page.evaluate(() => [window.omotenashi.explain('secret'), window.omotenashi.explain('roses')?.verdict]),
  ).toEqual([null, 'shown']);
  expect(await page.evaluate(() => window.omotenashi.export())).toBeNull();
});

test('GA4 events and Consent Mode in the dataLayer, pushed before and after load, are read', async ({ page }) => {
  await page.addInitScript(
    ([item]) => {
      window.dataLayer = [];
      const push = (...values) =>
        (function () {
          window.dataLayer.push(arguments);
        })(...values);
      push('consent', 'default', { analytics_storage: 'denied', personalization_storage: 'denied' });
      push('consent', 'update', {
        analytics_storage: 'granted',
        personalization_storage: 'granted',
        functionality_storage: 'granted',
      });
      push('event', 'view_item', item);
    },
    [rose('a')],
  );
  await openClient(page);
  await page.evaluate((item) => {
    window.dataLayer.push({ event: 'view_item', ecommerce: item });
    window.dataLayer.push({ event: 'gtm.js' });
  }, rose('b'));
  await expect(page.locator('.omo-banner')).toBeVisible();
  expect((await page.evaluate(() => window.client.export())).consent).toMatchObject({
    measurement: 'granted',
    marketing: 'denied',
  });
});

test('a single-page navigation is one page view, and dwell goes to the page that was read', async ({ page }) => {
  await openClient(page);
  await page.evaluate((state) => window.client.consent(state), all);
  await page.mouse.move(50, 50);
  await page.waitForTimeout(700);
  await page.evaluate(() => history.pushState({}, '', '/second'));
  await page.waitForTimeout(300);
  await page.evaluate(() => history.replaceState({}, '', '/second'));
  await page.evaluate(() => window.client.flush());
  await expect(async () => expect(await paths()).toMatchObject({ '/second': { views: 1 } })).toPass();
  const { pages } = (await page.evaluate(() => window.client.export())).signals;
  expect(pages.slice(0, 2)).toEqual(['/second', '/client.html']);
  expect((await paths())['/client.html'].engaged_ms_total).toBeGreaterThan(300);
});

test('an element counts as viewed after one second in view', async ({ page }) => {
  await openClient(page);
  await page.evaluate((state) => window.client.consent(state), all);
  await expect(async () =>
    expect((await page.evaluate(() => window.client.export())).signals.seen).toBe('story'),
  ).toPass();
});

test('Global Privacy Control forces marketing and sharing denied over any grant', async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
  await openClient(page);
  await page.evaluate((state) => window.client.consent(state), all);
  expect((await page.evaluate(() => window.client.export())).consent).toEqual({
    ...all,
    marketing: 'denied',
    sharing: 'denied',
  });
});

test('privacy 11: withdrawal in one tab stops storage and network in all tabs within a second', async ({
  page,
  context,
}) => {
  await openClient(page);
  await page.evaluate((state) => window.client.consent(state), all);
  const others = [await context.newPage(), await context.newPage()];
  for (const other of others) {
    await openClient(other);
    await other.evaluate(([item]) => window.client.track('view_item', item), [rose('a')]);
  }
  await page.evaluate(() =>
    window.client.consent({ storage: 'denied', measurement: 'denied', personalization: 'denied' }),
  );
  await page.waitForTimeout(1000);
  // What a page leaves to its browser as it goes is no request that can be watched: the collector says what came.
  collector.stored();
  const sent = [];
  context.on('request', (request) => request.url().includes('/v1/') && sent.push(request.url()));
  for (const tab of [...others, page]) {
    expect((await tab.evaluate(() => window.client.export())).consent).toMatchObject({
      storage: 'denied',
      measurement: 'denied',
    });
    await tab.evaluate(([item]) => window.client.track('view_item', item), [rose('b')]);
    await tab.evaluate(() => window.client.flush());
    expect(await keptKeys(tab)).toEqual(['omo.consent']);
  }
  for (const other of others) await other.close();
  await page.reload();
  await page.waitForTimeout(500);
  expect(sent).toEqual([]);
  expect(collector.stored()).toEqual([]);
});

test('erase deletes here and at the collector, and counting starts anew', async ({ page }) => {
  await openClient(page);
  await page.evaluate((state) => window.client.consent(state), all);
  await page.evaluate(() => history.pushState({}, '', '/to-be-erased'));
  await page.evaluate(() => window.client.flush());
  await expect(async () => expect(await paths()).toHaveProperty('/to-be-erased')).toPass();
  await page.evaluate(() => window.client.erase());
  expect(await paths()).not.toHaveProperty('/to-be-erased');
  await page.evaluate(() => history.pushState({}, '', '/after'));
  await page.evaluate(() => window.client.flush());
  await expect(async () => expect((await paths())['/after']?.views).toBe(1)).toPass();
});

for (const [what, break_] of [
  [
    'a program with a flipped byte',
    (page) =>
      page.route('**/playbook.omo', async (route) => {
        const body = await (await route.fetch()).body();
        body[200] ^= 1;
        await route.fulfill({ body, contentType: 'application/octet-stream' });
      }),
  ],
  [
    'a program of an unknown version',
    (page) =>
      page.route('**/playbook.omo', async (route) => {
        const body = await (await route.fetch()).body();
        body[4] = 99;
        await route.fulfill({ body, contentType: 'application/octet-stream' });
      }),
  ],
  [
    'a truncated program',
    (page) =>
      page.route('**/playbook.omo', async (route) => {
        const body = await (await route.fetch()).body();
        await route.fulfill({ body: body.subarray(0, 100), contentType: 'application/octet-stream' });
      }),
  ],
  [
    'an engine that is not there',
    (page) => page.route('**/engine.wasm', (route) => route.fulfill({ status: 404, body: '' })),
  ],
]) {
  test(`${what} leaves the default content and one clear message`, async ({ page }) => {
    const warnings = [];
    const exceptions = [];
    page.on('console', (message) => message.text().includes('omotenashi') && warnings.push(message.text()));
    page.on('pageerror', (error) => exceptions.push(error.message));
    await break_(page);
    await openTag(page);
    await page.evaluate((state) => {
      window.omotenashi.consent(state);
      window.omotenashi.track('view_item', { items: [{ item_category: 'rose' }] });
      window.omotenashi.identify(null);
    }, all);
    await page.waitForTimeout(300);
    await expect(page.locator('#default')).toBeVisible();
    expect(exceptions).toEqual([]);
    expect(warnings.length).toBe(1);
    expect(await page.evaluate(() => [window.omotenashi.segments(), window.omotenashi.decide('hero')])).toEqual([
      {},
      null,
    ]);
  });
}

test('storage that is corrupt or edited by hand neither throws nor grants, and is cleaned up', async ({ page }) => {
  await page.addInitScript(() => {
    if (!location.host) return; // about:blank has no storage
    localStorage.setItem('omo.consent', '{"state": {"storage": "granted", "__proto__": {"measurement": "granted"}}');
    localStorage.setItem('omo.snapshot', 'bm90IGEgc25hcHNob3Q=');
    localStorage.setItem('omo.journal.x', '....!!!');
  });
  const exceptions = [];
  page.on('pageerror', (error) => exceptions.push(error.message));
  await openClient(page);
  expect((await page.evaluate(() => window.client.export())).consent).toMatchObject({
    storage: 'denied',
    measurement: 'denied',
  });
  await page.evaluate((state) => window.client.consent(state), all);
  await page.evaluate(([item]) => window.client.track('view_item', item), [rose('a')]);
  expect((await page.evaluate(() => window.client.export())).signals.roses).toBe(1);
  expect(exceptions).toEqual([]);
});

test('bad input: storage edited by hand to say "granted": denied, no exception, one clear diagnostic', async ({
  page,
  context,
}) => {
  const exceptions = [];
  const warnings = [];
  const sent = [];
  context.on('weberror', (error) => exceptions.push(error.error().message));
  context.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
  context.on('request', (request) => request.url().includes('/v1/') && sent.push(request.url()));
  await openClient(page);
  await page.evaluate(() => window.client.consent({ storage: 'denied', measurement: 'denied' }));
  collector.stored();
  const other = await context.newPage();
  await openClient(other);
  const edited = await page.evaluate(() => {
    const record = localStorage['omo.consent'].replaceAll('"denied"', '"granted"');
    return (localStorage['omo.consent'] = record);
  });
  expect(JSON.parse(edited).state).toEqual(all);

  const diagnostic = 'omotenashi: omo.consent was edited: denied';
  const isRefused = async (tab) => {
    expect(Object.values((await tab.evaluate(() => window.client.export())).consent)).toEqual(Array(6).fill('denied'));
    await tab.evaluate((item) => window.client.track('view_item', item), rose('a'));
    await tab.evaluate(() => window.client.flush());
    expect((await tab.evaluate(() => window.client.export())).signals.roses).toBe(null);
    expect(await tab.evaluate(() => Object.keys(localStorage))).toEqual(['omo.consent']);
  };
  // A tab that is open hears of it, and pages that come later read it: each says so once.
  await expect.poll(() => warnings).toEqual([diagnostic]);
  await isRefused(other);
  await openClient(page);
  await isRefused(page);
  await page.evaluate(() => window.client.consent({}));
  expect(warnings).toEqual([diagnostic, diagnostic]);
  expect([exceptions, sent, collector.stored()]).toEqual([[], [], []]);

  // The visitor's own word makes a record that is believed.
  await page.evaluate((state) => window.client.consent(state), all);
  await openClient(page);
  expect((await page.evaluate(() => window.client.export())).consent).toEqual(all);
  expect(warnings.length).toBe(2);
});
