// SPDX-License-Identifier: Apache-2.0
// Tabs of one visitor, browsers without Web Locks, clocks that jump, and programs that drive a browser.
import { expect, test } from './support/visitor.mjs';
import { startCollector } from './support/collector.mjs';
import { grantedOf, keysOf, openPage, rosesOf, seeRoses, startSite } from './support/consentSite.mjs';
import { all, createKept, flush, openClient, openTwoTabs, track } from './support/numbered.mjs';

let collector;
let kept;
test.beforeEach(async () => {
  collector = await startCollector({ site: 'tests/browser/pages', playbook: 'tests/soak/playbook.json' });
  kept = createKept(collector);
});
test.afterEach(() => collector.stop());

const numbersIn = (page) => page.evaluate(() => window.client.export().signals.numbers);

test('counters and the queue of two tabs agree: what one tracks, the leader counts and sends', async ({ page }) => {
  const other = await openTwoTabs(page, collector.origin);
  await track(other, 2);
  await expect(async () => expect(await numbersIn(page)).toEqual([2])).toPass();
  await track(page, 1);
  await flush(page);
  await expect(async () => expect(await numbersIn(other)).toEqual(await numbersIn(page))).toPass();
  await kept.has([1, 2]);
});

for (const locks of ['with', 'without'])
  test(`${locks} Web Locks two tabs agree within a second: counters, a cap, consent and the queue`, async ({
    page,
    context,
  }) => {
    const site = await startSite(undefined, {
      campaigns: {
        roses: {
          slot: 'hero',
          audience: 'rose_lover',
          cap: { impressions: 2, within: '1d' },
          variants: { plain: { creative: { type: 'banner', title: 'Roses today', href: '/roses' } } },
        },
      },
    });
    if (locks === 'without')
      await context.addInitScript(() => Object.defineProperty(navigator, 'locks', { value: undefined }));
    const within = { timeout: 1000, intervals: [25] };
    const other = await context.newPage();
    for (const tab of [page, other]) {
      await openPage(tab, `${site.origin}/bare.html`);
      // Decisions are asked for; what is in view would count impressions of its own.
      await tab.evaluate(() => document.querySelector('omo-slot').remove());
    }
    await page.evaluate((state) => window.client.consent(state), all);
    await expect.poll(() => grantedOf(other), within).toHaveLength(6);
    // One of them leads by now, and has stored what came of the grant.
    await expect.poll(() => keysOf(page)).toContain('omo.snapshot');
    await page.waitForTimeout(2500);
    const decided = (tab) => tab.evaluate(() => window.client.decide('hero')?.campaign ?? null);
    const queued = (tab) => tab.evaluate(() => window.client.export().queue);
    let tabs = [page, other];
    for (let seen = 2; seen <= 4; seen += 2) {
      const [one, two] = tabs;
      await seeRoses(one, 2);
      await expect.poll(() => rosesOf(two), within).toBe(seen);
      expect(await decided(two)).toBe('roses');
      // Whoever does not lead is told what is left of the queue, too.
      await expect.poll(async () => (await queued(two)) === (await queued(one)), within).toBe(true);
      await one.evaluate(() =>
        window.client.track('view_promotion', {
          promotion_id: 'roses',
          creative_name: 'plain',
          creative_slot: 'hero',
        }),
      );
      // What a view has decided holds for as long as it lasts.
      const next = async () => {
        await two.evaluate(() => history.pushState({}, '', `/view-${performance.now()}`));
        return decided(two);
      };
      if (seen === 4) await expect.poll(next, within).toBe(null);
      tabs = tabs.reverse();
    }
    await page.evaluate(() => window.client.consent({ measurement: 'denied' }));
    await expect.poll(() => rosesOf(other), within).toBe(null);
    await site.stop();
  });

test('a tab that takes over waits until it sees what the tab before has stored, however late that reaches it', async ({
  page,
}) => {
  const other = await openTwoTabs(page, collector.origin);
  // As in a process that hears of other processes' writes late: what is read here is what was there at this moment.
  await other.evaluate(() => {
    const { getItem } = Storage.prototype;
    const snapshot = localStorage.getItem('omo.snapshot');
    Storage.prototype.getItem = function (name) {
      return name === 'omo.snapshot' ? snapshot : getItem.call(this, name);
    };
    window.catchUp = () => (Storage.prototype.getItem = getItem);
  });
  await track(page, 1);
  await flush(page);
  await kept.has([1]);
  await track(page, 2);
  // The tab goes without a word, so that nothing is sent any more.
  await page.evaluate(() => {
    navigator.sendBeacon = window.fetch = window.fetchLater = () => new Promise(() => {});
  });
  await page.close();
  await track(other, 3);
  await other.waitForTimeout(1500);
  expect(kept.numbers()).toEqual([1]);
  await other.evaluate(() => window.catchUp());
  await expect(async () => {
    await flush(other);
    expect(kept.numbers()).toEqual([1, 2, 3]);
  }).toPass({ timeout: 20_000 });
});

test('what was withdrawn stays so, although a journal with it is seen again after a new grant', async ({
  page,
  context,
}) => {
  const other = await openTwoTabs(page, collector.origin);
  await context.route('**/v1/events', (route) => route.abort());
  const journals = await other.evaluate(() => {
    window.client.track('numbered', { number: 1 });
    return Object.entries(localStorage).filter(([name]) => name.startsWith('omo.journal.'));
  });
  expect(journals.length).toBeGreaterThan(0);
  await page.evaluate(() => window.client.consent({ measurement: 'denied' }));
  const measured = () => other.evaluate(() => window.client.export().consent.measurement);
  await expect.poll(measured).toBe('denied');
  await page.evaluate((state) => window.client.consent(state), all);
  await expect.poll(measured).toBe('granted');
  // As where a third tab has written it before the withdrawal, and the others hear of it only now.
  await other.evaluate(
    (entries) => entries.forEach(([, text]) => localStorage.setItem('omo.journal.third', text)),
    journals,
  );
  await context.unroute('**/v1/events');
  await track(other, 2);
  await track(page, 3);
  await expect(async () => {
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await flush(page);
    expect(kept.numbers()).toEqual([2, 3]);
  }).toPass({ timeout: 20_000 });
});

test('what a tab appends while the one that leads carries out a withdrawal is not removed with what it wrote before', async ({
  page,
}) => {
  const other = await openTwoTabs(page, collector.origin);
  // It hears nothing between its two events.
  const appended = other.evaluate(() => {
    window.client.track('numbered', { number: 1 });
    for (const end = performance.now() + 1500; performance.now() < end;);
    window.client.track('numbered', { number: 2 });
  });
  await expect(async () => expect(await numbersIn(page)).toContain(1)).toPass();
  // Nor does the one that leads hear of the second one, until it has carried out the withdrawal.
  await page.evaluate(() => {
    void localStorage.length;
    for (const end = performance.now() + 3000; performance.now() < end;);
    window.client.consent({ functional: 'denied' });
  });
  await appended;
  await flush(page);
  await kept.has([1, 2]);
});

test('without Web Locks one of two tabs leads, another takes over when it goes, and each event is delivered once', async ({
  page,
  context,
}) => {
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'locks', { value: undefined }));
  const other = await openTwoTabs(page, collector.origin);
  const expected = [];
  for (let number = 1; number <= 6; number += 1) {
    await Promise.all([track(page, number), track(other, 10 + number)]);
    expected.push(number, 10 + number);
    await Promise.all([flush(page), flush(other)]);
    await page.waitForTimeout(400);
  }
  expected.sort((a, b) => a - b);
  await expect(async () => {
    await Promise.all([flush(page), flush(other)]);
    expect(kept.numbers()).toEqual(expected);
  }).toPass({ timeout: 20_000 });
  await page.close();
  await track(other, 20);
  await expect(async () => {
    await flush(other);
    expect(kept.numbers()).toEqual([...expected, 20]);
  }).toPass({ timeout: 20_000 });
});

for (const [where, days] of [
  ['a day ahead', 1],
  ['a day behind', -1],
])
  test(`tracking 10: a clock that jumps ${where} between visits: events arrive once, at the time they were received`, async ({
    page,
    context,
  }) => {
    await openClient(page, collector.origin, all);
    await track(page, 1);
    await flush(page);
    await context.addInitScript((shift) => {
      const real = Date.now.bind(Date);
      Date.now = () => real() + shift;
    }, days * 86_400_000);
    for (const number of [2, 3]) {
      await openClient(page, collector.origin);
      await track(page, number);
      await flush(page);
    }
    await kept.has([1, 2, 3]);
    // From the answers the runtime has learned how far off it is.
    const ahead = await page.evaluate(() => Number(localStorage.getItem('omo.clock')));
    expect(Math.round(ahead / 3_600_000)).toBe(-24 * days);
    // The collector knows the hour of every view.
    const hours = await collector.stats('hours');
    hours.forEach(({ time_ms: time }) => expect(Math.abs(Date.now() - time)).toBeLessThan(2 * 3_600_000));
    expect(hours.reduce((sum, { views }) => sum + views, 0)).toBeGreaterThan(2);
    if (days < 0) expect(Math.abs(kept.events.at(-1).time - Date.now())).toBeLessThan(120_000);
  });

test('a browser that says it is driven, or presses faster than any hand, is marked, kept, and left out of the stats', async ({
  page,
  browser,
}) => {
  await openClient(page, collector.origin, all);
  await flush(page);
  await expect(async () => expect((await collector.stats('pages')).length).toBe(1)).toPass();
  await page.evaluate(() => {
    for (let i = 0; i < 20; i += 1) document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
  });
  await track(page, 1);
  await flush(page);
  await kept.has([1]);
  expect(kept.events.at(-1).flags & 2).toBe(2);
  expect(await collector.stats('pages')).toEqual([]);
  const driven = await browser.newContext();
  await driven.addInitScript(() => Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => true }));
  const other = await driven.newPage();
  await openClient(other, collector.origin, all);
  await track(other, 2);
  await flush(other);
  await kept.has([1, 2]);
  expect(await collector.stats('pages')).toEqual([]);
  expect((await collector.stats('pages?bots=1'))[0]).toMatchObject({ visitors: 2 });
  await driven.close();
});
