// SPDX-License-Identifier: Apache-2.0
// Where a page view begins and ends: navigations within the page and away from it, prerendering, the cache of pages.
import { openPageWithCache } from './support/pageCache.mjs';
import { expect, test } from './support/visitor.mjs';
import { nothingBroke, ready, setHidden, signals, startSensing, makeSimulated } from './support/sensing.mjs';

let collector;
let address;
test.beforeAll(async () => {
  collector = await startSensing();
  address = `${collector.origin}/sensing.html`;
});
test.afterAll(() => collector.stop());

const open = async (page, where = address) => {
  await page.goto(where);
  await ready(page);
};
const stats = async (path) => (await collector.stats('pages')).find((row) => row.path === path);

test('tracking 6: a prerendered page starts at its activation, and tells nothing before', async ({ page }) => {
  await page.addInitScript(() => {
    window.prerendering = true;
    Object.defineProperty(document, 'prerendering', { get: () => window.prerendering });
  });
  const sent = [];
  page.on('request', (request) => request.url().includes('/v1/') && sent.push(request.url()));
  await page.goto(address);
  await page.waitForFunction(() => window.client);
  // The program and the engine are there; all that is missing is the visitor.
  await page.waitForFunction(() => performance.getEntriesByName(`${location.origin}/playbook.omo`).length > 0);
  await page.waitForTimeout(1_500);
  expect(await page.evaluate(() => [window.client.export(), Object.keys(localStorage)])).toEqual([
    null,
    ['prerendered'],
  ]);
  expect(sent).toEqual([]);
  const activated = await page.evaluate(() => {
    window.prerendering = false;
    document.dispatchEvent(new Event('prerenderingchange', { bubbles: true }));
    return performance.now();
  });
  await ready(page);
  await page.waitForTimeout(400);
  await page.evaluate(() => history.pushState({}, '', '/next'));
  const { visible, views } = await signals(page);
  expect(views).toBe(2);
  expect(visible).toBeGreaterThan(0);
  expect(visible).toBeLessThanOrEqual((await page.evaluate(() => performance.now())) - activated + 1);
  await nothingBroke(page);
});

test('tracking 6: a page that is prerendered and never activated is no event', async ({ page, context }) => {
  await page.goto(`${collector.origin}/away.html`);
  const before = await stats('/sensing.html');
  const prerendered = await context.newPage();
  await prerendered.addInitScript(() => Object.defineProperty(document, 'prerendering', { get: () => true }));
  await prerendered.goto(`${address}?prerendered`);
  // The page itself says that it ran.
  await page.waitForFunction(() => localStorage.getItem('prerendered') === 'true');
  await page.waitForTimeout(1_500);
  await prerendered.close();
  await page.goto(`${collector.origin}/away.html?next`);
  expect(await stats('/sensing.html')).toEqual(before);
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual(['prerendered']);
});

/** Leaves a page by a link for two seconds, and goes back. Answers whether the cache of pages had kept it. */
async function awayAndBack(page) {
  await page.evaluate(() => {
    window.kept = true;
    window.persisted = [];
    addEventListener('pageshow', (event) => window.persisted.push(event.persisted));
    const link = document.createElement('a');
    link.href = '/away.html';
    link.textContent = 'away';
    document.body.append(link);
  });
  await page.waitForTimeout(300);
  await page.getByText('away').click();
  await page.waitForURL('**/away.html');
  await page.waitForTimeout(2_000);
  await page.evaluate(() => void setTimeout(() => history.back()));
  // A page of the cache loads nothing that could be waited for.
  await expect.poll(() => page.evaluate(() => !!window.client).catch(() => false), { timeout: 20_000 }).toBe(true);
  return page.evaluate(() => !!window.kept);
}
/** The view after it: its dwell is what has passed since it began, without the time away. */
async function looksOn(page, views, back) {
  const before = await signals(page);
  expect(before.views).toBe(views);
  expect(before.times_told).toBe(views - 1);
  await page.waitForTimeout(300);
  await page.evaluate(() => history.pushState({}, '', '/next'));
  const after = await signals(page);
  expect(after.views).toBe(views + 1);
  expect(after.times_told).toBe(views);
  const dwell = after.visible - before.visible;
  expect(dwell).toBeGreaterThanOrEqual(300);
  // Longer than since the page was back, by what it took to see it, but without the two seconds away.
  expect(dwell).toBeLessThan((await page.evaluate(() => performance.now())) - back + 1_900);
  await nothingBroke(page);
}

test('tracking 7: back from the cache of pages is a new view with dwell of its own, and no listener is doubled', async ({
  page: given,
  browserName,
}) => {
  const [page, close] = await openPageWithCache(given, browserName);
  await open(page);
  expect(await awayAndBack(page)).toBe(true);
  await expect.poll(() => page.evaluate(() => window.persisted)).toEqual([true]);
  await looksOn(page, 2, await page.evaluate(() => performance.now()));
  await close();
});

test('tracking 7: so is going back to a page that leads by a Web Lock, whether the browser has kept it or loads it anew', async ({
  page: given,
  browserName,
}) => {
  const [page, close] = await openPageWithCache(given, browserName, true);
  await open(page);
  expect(await page.evaluate(() => navigator.locks.query().then(({ held }) => held.length))).toBe(1);
  const isKept = await awayAndBack(page);
  await page.evaluate(() => window.client.ready);
  await looksOn(page, 2, isKept ? await page.evaluate(() => performance.now()) : 0);
  await close();
});

const navigations = [
  ['pushState to another path', () => history.pushState({}, '', '/other'), 1],
  ['pushState to another query', () => history.pushState({}, '', '?page=2'), 1],
  ['replaceState to another path', () => history.replaceState({}, '', '/replaced'), 1],
  ['a hash route', () => (location.hash = '#/route'), 1],
  ['a hash-bang route', () => (location.hash = '#!route'), 1],
  ['a jump to an anchor', () => (location.hash = '#anchor'), 0],
  ['pushState to the same address', () => history.pushState({}, '', location.href), 0],
  ['replaceState of the state alone', () => history.replaceState({ scroll: 7 }, ''), 0],
  [
    'back to where a push came from',
    async () => {
      history.pushState({}, '', '/other');
      const back = new Promise((resolve) => addEventListener('popstate', resolve, { once: true }));
      history.back();
      await back;
    },
    2,
  ],
];
for (const [what, act, views] of navigations)
  test(`tracking 12: ${what}: ${['no view', 'one view', 'one view each'][views]}`, async ({ page }) => {
    await open(page);
    const before = (await signals(page)).views;
    await page.evaluate(act);
    // An event of the hash comes with the next task, and so would a second view.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
    expect((await signals(page)).views - before).toBe(views);
    await nothingBroke(page);
  });

test('tracking 12: dwell goes to the address on which it was spent', async ({ page }) => {
  await open(page);
  await page.waitForTimeout(300);
  const left = await page.evaluate(() => {
    history.pushState({}, '', '/next');
    return performance.now();
  });
  const before = await signals(page);
  expect(before).toMatchObject({ visible_next: 0, told: ['/sensing.html'], paths: ['/next', '/sensing.html'] });
  expect(before.visible).toBeGreaterThanOrEqual(300);
  await page.waitForTimeout(200);
  await page.evaluate(() => history.pushState({}, '', '/third'));
  const after = await signals(page);
  expect(after.told).toEqual(['/next', '/sensing.html']);
  expect(after.visible_next).toBeGreaterThanOrEqual(200);
  expect(after.visible_next).toBeLessThanOrEqual((await page.evaluate(() => performance.now())) - left + 1);
  expect(after.visible).toBe(before.visible + after.visible_next);
});

test('tracking 13: a page left within a second of its load delivers a dwell that is not zero', async ({ page }) => {
  await open(page);
  await page.evaluate(() => history.pushState({}, '', '/short'));
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        const from = performance.now();
        const wait = () => (performance.now() - from > 50 ? resolve() : setTimeout(wait));
        wait();
      }),
  );
  await page.goto(`${collector.origin}/away.html`);
  await expect.poll(async () => (await stats('/short'))?.engaged_ms_total ?? 0).toBeGreaterThanOrEqual(50);
  expect((await stats('/short')).engaged_ms_total).toBeLessThan(120_000);
});

test('tracking 14: a page that begins while hidden and is left unseen has no dwell, and never the time since 1970', async ({
  page,
}) => {
  await makeSimulated(page);
  await open(page);
  await setHidden(page, true);
  const before = await signals(page);
  await page.evaluate(() => history.pushState({}, '', '/next'));
  await page.waitForTimeout(100);
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pagehide')));
  const after = await signals(page);
  expect(after.views).toBe(before.views + 1);
  expect(after).toMatchObject({ visible: before.visible, visible_next: 0, times_told: before.times_told });
  // Shown again by nothing but its visibility, without a view: there is no page to which time could go.
  await setHidden(page, false);
  await page.waitForTimeout(100);
  await setHidden(page, true);
  expect(await signals(page)).toMatchObject({ visible: before.visible, times_told: before.times_told });
  expect(before.visible).toBeLessThanOrEqual(await page.evaluate(() => performance.now()));
});
