// SPDX-License-Identifier: Apache-2.0
// docs/labels.md, "Sinks": each row is tried in a real page, with what it needs and without it. A row without a check fails, and
// so does a check without its row.
import {
  KEPT,
  PURPOSES,
  allBut,
  consent,
  keptNames,
  keys,
  live,
  ours,
  shopPage,
  signOutUnheard,
  sinkRows,
  startSinks,
  told,
  written,
} from './support/sinks.mjs';
import { expect, test } from './support/visitor.mjs';

let shop;
const open = (page, options) => shopPage(page, shop, options);
test.beforeAll(async () => {
  shop = await startSinks();
});
test.afterAll(() => shop.stop());

const shows = (page, slot, text) => expect(page.locator(`omo-slot[name=${slot}]`)).toContainText(text);
const visitors = async (segment) =>
  (await shop.collector.stats('segments')).find((row) => row.segment === segment)?.visitors ?? 0;
const checks = {
  'page: creatives, their images, recommendations': async ({ page }) => {
    const seen = await open(page, { state: allBut('marketing', 'measurement', 'storage') });
    await live(page);
    await shows(page, 'hero', 'Plain');
    expect(seen.requests.filter(({ path }) => path.startsWith('/image/'))).toEqual([]);
    await consent(page, { marketing: 'granted' });
    await live(page);
    // What was seen holds for a page view.
    await page.evaluate(() => history.pushState(null, '', '?second'));
    await shows(page, 'hero', 'The ad');
    await expect.poll(() => seen.requests.filter(({ path }) => path === '/image/ad.svg').length).toBeGreaterThan(0);
    // Items that were seen are kept in storage, and recommended under personalization.
    await shows(page, 'list', 'default list');
    await consent(page, { storage: 'granted' });
    await shows(page, 'list', 'Item a');
    await consent(page, { personalization: 'denied' });
    await expect(page.locator('.omo-item')).toHaveCount(0);
  },

  'page: `<omo-privacy>`': async ({ page }) => {
    // What a test runs counts as the visitor's own action in Chromium.
    await page.addInitScript(() =>
      Object.defineProperty(navigator, 'userActivation', { value: { isActive: false, hasBeenActive: false } }),
    );
    await open(page, { state: allBut(), on: 'tag' });
    await live(page);
    // Without that action no script opens it.
    expect(await page.evaluate(() => window.omo.export())).toBe(null);
    await page.evaluate(() => document.body.append(document.createElement('omo-privacy')));
    await page.evaluate(() => history.pushState(null, '', '/tag.html?again'));
    await page.waitForFunction(() => customElements.get('omo-privacy'));
    const [element, dialogs, root] = await page.evaluate(() => [
      document.querySelectorAll('omo-privacy').length,
      document.querySelectorAll('omo-privacy[dialog]').length,
      document.querySelector('omo-privacy').shadowRoot,
    ]);
    expect([element, dialogs, root]).toEqual([1, 0, null]);
    expect(await page.evaluate(() => document.documentElement.textContent)).not.toContain('Kyoto');
  },

  'network: batches, membership of segments': async ({ page }, needs) => {
    const seen = await open(page, { state: allBut(...needs) });
    await live(page);
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.evaluate(() => window.omo.flush());
    expect(ours(seen)).toEqual([]);
    shop.collector.stored();
    const before = [await visitors('hot'), await visitors('busy')];
    await consent(page, { ...allBut('marketing') });
    await live(page);
    // A request may fail on a busy machine: what `flush` could not send goes out some seconds later.
    const all = [];
    const names = () => {
      all.push(...shop.collector.stored().map(({ name }) => name));
      return all;
    };
    await expect.poll(names).toContain('view_item');
    await expect.poll(() => visitors('busy')).toBe(before[1] + 1);
    expect(await visitors('hot')).toBe(before[0]);
    await consent(page, allBut());
    await live(page);
    await expect.poll(names).toEqual(expect.arrayContaining(['secret', 'segment_entered']));
    // Once, though it was done three times.
    expect(all.filter((name) => name === 'secret').length).toBe(1);
    await expect.poll(() => visitors('hot')).toBe(before[0] + 1);
    // What waits is gone with its purpose.
    all.length = 0;
    await page.evaluate((denied) => {
      window.omo.track('secret', { what: 'never sent' });
      window.omo.track('view_item', { items: [{ item_id: 'b' }] });
      window.omo.consent(denied);
      return window.omo.flush();
    }, allBut('marketing'));
    await expect.poll(names).toEqual(['view_item']);
  },

  'network: erasure of the stream': async ({ page }, needs) => {
    expect(needs).toEqual(['measurement']);
    const seen = await open(page, { state: allBut('measurement') });
    await live(page);
    await page.evaluate(() => window.omo.erase());
    expect(ours(seen)).toEqual([]);
    await consent(page, allBut());
    await live(page);
    await page.evaluate(() => window.omo.erase());
    const erasures = ours(seen).filter(({ method }) => method === 'DELETE');
    expect(erasures.length).toBe(1);
    expect(erasures[0].path).toMatch(/^\/v1\/streams\/[0-9a-f]{16}$/);
    expect(erasures[0].body).toBe(0);
  },

  'network: chunks, catalog, playbook': async ({ browser }) => {
    const asked = [];
    for (const state of [null, allBut(...PURPOSES), allBut()]) {
      const context = await browser.newContext();
      const page = await context.newPage();
      const { requests } = await open(page, { state, on: 'tag' });
      await live(page);
      await expect.poll(() => requests.some(({ path }) => path.endsWith('/catalog.wasm'))).toBe(true);
      asked.push(
        requests
          .filter(({ path, method }) => method === 'GET' && !path.startsWith('/image/'))
          .map(({ path }) => path)
          .sort(),
      );
      await context.close();
    }
    expect(asked[1]).toEqual(asked[0]);
    expect(asked[2]).toEqual(asked[0]);
    expect(asked[0]).toEqual(expect.arrayContaining(['/playbook.omo', '/dist/engine.wasm', '/dist/recommend.mjs']));
  },

  'network: coupons': async ({ page }) => {
    const seen = await open(page, { state: allBut('measurement') });
    await live(page);
    await shows(page, 'side', 'HANA10');
    const before = seen.requests.length;
    // The picture of another slot is asked for when its creative is shown: Firefox does so once more after a grant.
    const asked = () => seen.requests.slice(before).filter(({ path }) => path !== '/image/ad.svg');
    await page.locator('omo-slot[name=side] .omo-cta').click();
    await page.evaluate(() => window.omo.flush());
    expect(asked()).toEqual([]);
    await consent(page, { measurement: 'granted' });
    shop.collector.stored();
    await page.locator('omo-slot[name=side] .omo-cta').click();
    await page.evaluate(() => window.omo.flush());
    expect(new Set(asked().map(({ method, path }) => `${method} ${path}`))).toEqual(new Set(['POST /v1/events']));
    const events = shop.collector.stored();
    expect(events.map(({ name }) => name)).toContain('select_promotion');
    expect(JSON.stringify(events)).not.toContain('HANA10');
  },

  'network: handed on to others': async ({ page }) => {
    const seen = await open(page, { state: allBut() });
    await live(page);
    await shows(page, 'hero', 'The ad');
    await consent(page, allBut('sharing'));
    await live(page);
    expect(seen.requests.filter(({ origin }) => origin !== shop.collector.origin && origin !== 'null')).toEqual([]);
  },

  'storage: snapshot, journals, items, clock, leader, sign-out': async ({ page }, needs, row) => {
    expect(needs).toEqual(['storage', 'personalization']);
    expect(row.slice(row.indexOf(':') + 2).split(', ')).toEqual(Object.keys(KEPT));
    expect(new Set(keptNames())).toEqual(new Set(['omo.consent', ...Object.values(KEPT)]));
    // Without Web Locks the leader writes its name; and the collector's clock is a day ahead.
    await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined }));
    await page.route('**/v1/events', (route) =>
      route.fulfill({ status: 204, headers: { Date: new Date(Date.now() + 86_400_000).toUTCString() } }),
    );
    const seen = await open(page, { state: allBut('storage') });
    await live(page);
    await expect.poll(() => ours(seen).length).toBeGreaterThan(0);
    await expect.poll(() => seen.requests.some(({ path }) => path.endsWith('/catalog.wasm'))).toBe(true);
    // Longer than the leader's beat.
    await page.waitForTimeout(1500);
    expect(await written(page)).toEqual(['omo.consent']);
    expect(await page.evaluate(() => [...new Set(window.read)])).toEqual(['omo.consent']);
    expect(await signOutUnheard(page, shop)).toEqual([]);
    await consent(page, { storage: 'granted', personalization: 'denied' });
    const others = Object.values(KEPT).filter((name) => name !== KEPT.items && name !== KEPT['sign-out']);
    await expect(async () => {
      await live(page);
      const all = await written(page);
      expect(others.filter((name) => !all.some((one) => one.startsWith(name)))).toEqual([]);
    }).toPass({ timeout: 20_000 });
    expect(await written(page)).not.toContain(KEPT.items);
    expect(await signOutUnheard(page, shop)).toEqual([KEPT['sign-out']]);
    await consent(page, { personalization: 'granted' });
    await expect.poll(() => keys(page)).toContain(KEPT.items);
    await consent(page, { personalization: 'denied' });
    expect(await keys(page)).not.toContain(KEPT.items);
    await consent(page, { storage: 'denied' });
    expect(await keys(page)).toEqual(['omo.consent']);
  },

  'storage: consent record': async ({ browser }) => {
    const records = [];
    for (const facts of [true, false]) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await open(page, { state: allBut('marketing') });
      if (facts) await live(page);
      await consent(page, allBut(...PURPOSES));
      expect(await keys(page)).toEqual(['omo.consent']);
      records.push(JSON.parse(await page.evaluate(() => localStorage.getItem('omo.consent'))));
      await context.close();
    }
    for (const record of records) {
      expect(Object.keys(record).sort()).toEqual(['check', 'since', 'source', 'state', 'time', 'version']);
      // Times, and the check, which changes with them.
      for (const name of ['time', 'check']) delete record[name];
    }
    expect(records[0]).toEqual(records[1]);
    expect(records[0]).toEqual({ since: {}, source: 'site', version: '', state: allBut(...PURPOSES) });
  },

  'storage: cookies, sessionStorage, IndexedDB, caches, window.name': async ({ page, context }) => {
    await open(page, { state: allBut(), on: 'tag' });
    await live(page);
    await shows(page, 'hero', 'The ad');
    const left = await page.evaluate(async () => [
      document.cookie,
      sessionStorage.length,
      (await indexedDB.databases?.()) ?? [],
      await caches.keys(),
      window.name,
    ]);
    expect(left).toEqual(['', 0, [], [], '']);
    expect(await context.cookies()).toEqual([]);
  },

  'other tabs: number of the latest snapshot': async ({ page }, needs) => {
    await open(page, { state: allBut(...needs) });
    await page.evaluate(() => {
      window.heard = [];
      new BroadcastChannel('omotenashi').onmessage = ({ data }) => window.heard.push(data);
    });
    await live(page);
    await page.waitForTimeout(300);
    expect(await page.evaluate(() => window.heard)).toEqual([]);
    await consent(page, allBut());
    await expect(async () => {
      await live(page);
      expect((await page.evaluate(() => window.heard)).length).toBeGreaterThan(0);
    }).toPass();
    for (const message of await page.evaluate(() => window.heard)) expect(Number.isInteger(message)).toBe(true);
  },

  'callbacks: `event`, `segment`, `decision`': async ({ page, context }) => {
    const names = async (tab) => (await told(tab, 'event')).map(({ name }) => name);
    await open(page, { state: allBut('marketing') });
    await live(page);
    await shows(page, 'hero', 'Plain');
    expect(await names(page)).not.toContain('secret');
    expect(JSON.stringify(await told(page, 'segment'))).not.toContain('"hot":true');
    expect(JSON.stringify(await told(page, 'decision'))).not.toContain('The ad');
    await consent(page, { marketing: 'granted' });
    await live(page);
    // What was seen holds for a page view.
    await page.evaluate(() => history.pushState(null, '', '?second'));
    await expect.poll(() => names(page)).toContain('view_promotion');
    expect(await names(page)).toContain('secret');
    expect(JSON.stringify(await told(page, 'segment'))).toContain('"hot":true');
    expect(JSON.stringify(await told(page, 'decision'))).toContain('The ad');
    // On the tag's global only what the playbook exposes.
    const other = await context.newPage();
    shop.collector.stored();
    await open(other, { state: allBut(), on: 'tag' });
    await live(other);
    await shows(other, 'side', 'HANA10');
    await expect(async () => {
      await other.evaluate(() => window.omo.flush());
      expect(shop.collector.stored().map(({ name }) => name)).toContain('view_promotion');
    }).toPass();
    expect(new Set(await names(other))).toEqual(new Set(['view_item']));
    const segments = Object.assign({}, ...(await told(other, 'segment')));
    expect(Object.keys(segments).sort().join()).toMatch(/^(busy)?,?(hot)?$/);
    expect(new Set((await told(other, 'decision')).map(({ slot }) => slot))).toEqual(new Set(['hero']));
  },

  console: async ({ page }) => {
    const seen = await open(page, { state: allBut('marketing') });
    await live(page);
    await page.evaluate(() => {
      window.omo.track('secret', { what: 7 });
      window.omo.track('secret', { what: 'x'.repeat(20_000) });
      window.omo.identify({ rank: 7 });
    });
    expect(seen.said).toEqual([]);
    expect(await told(page, 'error')).toEqual([]);
    // Granted, it says what is wrong.
    await consent(page, allBut());
    await page.evaluate(() => window.omo.track('secret', { what: 'x'.repeat(20_000) }));
    await expect.poll(() => seen.said.length).toBe(1);
  },

  '`segments()`, `scores()`, `decide()`, `explain()`': async ({ page, context }) => {
    const answers = (tab) =>
      tab.evaluate(() => [
        window.omo.segments(),
        window.omo.scores(),
        ['hero', 'side'].map((slot) => window.omo.decide(slot)?.campaign ?? null),
        ['hot', 'busy', 'hidden', 'heat', 'warmth', 'rank', 'views', 'hero', 'side'].filter((name) =>
          window.omo.explain(name),
        ),
      ]);
    await open(page, { state: allBut(), on: 'tag' });
    await live(page);
    expect(await answers(page)).toEqual([
      { hot: true, busy: true },
      { heat: 1 },
      ['ad', null],
      ['hot', 'busy', 'heat', 'hero'],
    ]);
    await consent(page, { marketing: 'denied' });
    await live(page);
    expect(await answers(page)).toEqual([{ busy: true }, {}, ['plain', null], ['busy', 'hero']]);
    const other = await context.newPage();
    await open(other, { state: allBut() });
    await live(other);
    const [segments, scores, decisions, explained] = await answers(other);
    expect([segments, Object.keys(scores), decisions]).toEqual([
      { hot: true, busy: true, hidden: true },
      ['heat', 'warmth'],
      ['ad', 'deal'],
    ]);
    expect(explained.length).toBe(9);
  },

  '`export()`': async ({ page, context }) => {
    await open(page, { state: allBut(), on: 'tag' });
    await live(page);
    expect(await page.evaluate(() => window.omo.export())).toBe(null);
    const other = await context.newPage();
    await open(other, { state: allBut() });
    await live(other);
    expect(await other.evaluate(() => window.omo.export().traits)).toMatchObject({ rank: 'gold', city: 'Kyoto' });
    await consent(other, { marketing: 'denied' });
    expect(await other.evaluate(() => window.omo.export().traits)).toMatchObject({ rank: null, city: 'Kyoto' });
  },

  'dataLayer, queue of the tag': async ({ page }) => {
    await open(page, { state: allBut(), on: 'tag' });
    await live(page);
    await shows(page, 'hero', 'The ad');
    await page.evaluate(() => window.omo.q.push(['identify', { rank: 'silver' }]));
    expect(await page.evaluate(() => JSON.stringify([...window.dataLayer, ...window.omo.q]))).toBe('[]');
  },
};

const rows = sinkRows();
test('every sink of docs/labels.md has a check, and every check its sink', () => {
  expect(rows.map(([sink]) => sink).sort()).toEqual(Object.keys(checks).sort());
});
for (const [sink, needs] of rows)
  test(`privacy 15, 59b, sink: ${sink}`, async ({ page, context, browser }) => {
    const named = PURPOSES.filter((purpose) => needs.includes(`\`${purpose}\``));
    await checks[sink]({ page, context, browser }, named, sink);
  });

for (const locks of [true, false])
  test(`privacy 1: before a decision nothing is read but the consent record, ${locks ? 'with' : 'without'} Web Locks, also by a tab that could lead`, async ({
    page,
    context,
  }) => {
    if (!locks)
      await context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined }));
    await open(page);
    const other = await context.newPage();
    const seen = await open(other);
    await live(other);
    await expect.poll(() => seen.requests.some(({ path }) => path.endsWith('/catalog.wasm'))).toBe(true);
    await page.close();
    // Somebody else writes there what is not read either.
    const writer = await context.newPage();
    await writer.goto(`${shop.collector.origin}/before.js`);
    await writer.evaluate(() => ['snapshot', 'journal.x'].forEach((name) => localStorage.setItem(`omo.${name}`, 'x')));
    await live(other);
    await other.evaluate(() => window.omo.reset());
    // As if it came back from the cache of pages.
    await other.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    // Longer than what a tab waits for before it leads.
    await other.waitForTimeout(1500);
    expect(await other.evaluate(() => [...new Set(window.read)])).toEqual(['omo.consent']);
    expect(await other.evaluate(() => [window.written, window.removed])).toEqual([[], []]);
  });
