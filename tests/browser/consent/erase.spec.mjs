// SPDX-License-Identifier: Apache-2.0
// What a visitor erases in one tab is gone from all of them, and the choice stays.
import {
  flush,
  grantedOf,
  grants,
  keysOf,
  openPage,
  recordOf,
  rosesOf,
  seeRoses,
  startSite,
  storageOf,
} from '../support/consentSite.mjs';
import { openPageWithCache } from '../support/pageCache.mjs';
import { expect, test } from '../support/visitor.mjs';

const all = ['storage', 'functional', 'measurement', 'personalization', 'marketing', 'sharing'];
const everything = Object.fromEntries(all.map((purpose) => [purpose, 'granted']));

let site;
let url;
test.beforeAll(async () => {
  site = await startSite();
  url = `${site.origin}/bare.html`;
});
test.afterAll(() => site.stop());

/** Two tabs that have both seen roses, and both know of what the other saw. */
async function openTabs(page, context) {
  const tabs = [page, await context.newPage()];
  for (const tab of tabs) await openPage(tab, url);
  await page.evaluate((state) => window.client.consent(state, 'policy 7'), everything);
  for (const tab of tabs) await grants(tab, all);
  for (const tab of tabs) {
    await seeRoses(tab);
    await flush(tab);
  }
  await expect.poll(() => rosesOf(tabs[0])).toBe(4);
  return tabs;
}

/** Nothing of before is in any tab, in storage, or on the next page; what comes now counts. */
async function holdsOnlyWhatIsNew(tabs, context) {
  for (const tab of tabs) await expect.poll(() => rosesOf(tab)).toBe(0);
  for (const tab of tabs) {
    await seeRoses(tab, 1);
    await flush(tab);
  }
  for (const tab of tabs) await tab.close();
  const next = await context.newPage();
  await openPage(next, url);
  expect(await rosesOf(next)).toBe(tabs.length);
  return next;
}

for (const [who, index] of [
  ['the tab that leads', 0],
  ['a tab that does not lead', 1],
])
  test(`privacy 18: what ${who} erases no other tab brings back, and the choice stays as it was`, async ({
    page,
    context,
  }) => {
    const tabs = await openTabs(page, context);
    const { check: _, since: __, ...before } = await recordOf(page);
    await tabs[index].evaluate(() => window.client.erase());
    const next = await holdsOnlyWhatIsNew(tabs, context);
    expect(await recordOf(next)).toMatchObject(before);
    expect(await grantedOf(next)).toEqual(all);
  });

test('privacy 18: where the site grants without asking, too; and erasing is no decision', async ({ page, context }) => {
  await context.addInitScript((consent) => (window.options = { consent }), everything);
  const tabs = [page, await context.newPage()];
  for (const tab of tabs) {
    await openPage(tab, url);
    await seeRoses(tab);
    await flush(tab);
  }
  await expect.poll(() => keysOf(page)).toContain('omo.snapshot');
  const record = await recordOf(page);
  await page.evaluate(() => window.client.erase());
  // The other tab holds nothing any more, and goes on as if its visitor had refused; the one that erased goes on as before.
  await expect.poll(() => grantedOf(tabs[1])).toEqual([]);
  await seeRoses(tabs[1], 1);
  await flush(tabs[1]);
  await seeRoses(page, 1);
  for (const tab of tabs) await tab.close();
  const next = await context.newPage();
  await openPage(next, url);
  expect(await rosesOf(next)).toBe(1);
  expect(await recordOf(next)).toEqual(record);
});

test('privacy 16, 18: a page that comes back from the cache of pages knows of what was withdrawn and erased meanwhile', async ({
  page: given,
  browserName,
}) => {
  const [page, close] = await openPageWithCache(given, browserName);
  for (const [what, roses, granted] of [
    [() => window.client.erase(), 0, all],
    [(state) => window.client.consent(state), null, []],
  ]) {
    await page.goto(`${site.origin}/client.js`);
    await page.evaluate(() => localStorage.clear());
    await openPage(page, url);
    await page.evaluate((state) => {
      window.client.consent(state);
      window.persisted = [];
      addEventListener('pageshow', (event) => window.persisted.push(event.persisted));
    }, everything);
    await grants(page, all);
    await seeRoses(page, 3);
    await flush(page);
    await page.evaluate((to) => void setTimeout(() => (location.href = to)), `${url}?next`);
    await page.waitForURL('**/bare.html?next');
    await page.waitForFunction(() => window.client);
    await page.evaluate(() => window.client.ready);
    await expect.poll(() => rosesOf(page)).toBe(3);
    await page.evaluate(what, Object.fromEntries(all.map((purpose) => [purpose, 'denied'])));
    await page.evaluate(() => void setTimeout(() => history.back()));
    await expect.poll(() => page.evaluate(() => window.persisted).catch(() => [])).toEqual([true]);
    await expect.poll(() => grantedOf(page)).toEqual(granted);
    await expect.poll(() => rosesOf(page)).toBe(roses);
    await seeRoses(page, 1);
    await flush(page);
    await openPage(page, url);
    expect(await rosesOf(page)).toBe(granted.length ? 1 : null);
    if (!granted.length) expect(Object.keys(await storageOf(page))).toEqual(['omo.consent']);
  }
  await close();
});
