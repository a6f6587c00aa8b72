// SPDX-License-Identifier: Apache-2.0
// A refusal that is said before the engine runs, on a page that leaves before it does, or on which it never comes: the next page
// carries it out.
import {
  flush,
  grantedOf,
  grants,
  keysOf,
  onPageWithout as leaveWithout,
  openPage,
  recordOf,
  rosesOf,
  seeRoses,
  startSite,
  storageOf,
} from '../support/consentSite.mjs';
import { installManager, say, willSay } from '../support/tcfManager.mjs';
import { expect, test } from '../support/visitor.mjs';

const all = ['storage', 'functional', 'measurement', 'personalization', 'marketing', 'sharing'];
const stateBy = (word) => Object.fromEntries(all.map((purpose) => [purpose, word]));

let site;
let url;
// Where a consent manager and the site must both grant.
let both;
test.beforeAll(async () => {
  [site, both] = await Promise.all([startSite(), startSite({ sources: ['site', 'tcf'], wait: '60s' })]);
  url = `${site.origin}/bare.html`;
});
test.afterAll(() => Promise.all([site.stop(), both.stop()]));

/** Digits before the record. */
const isPending = async (page) => /^\d/.test((await storageOf(page))['omo.consent']);

/** A visitor who consented and has looked at roses, and has left. */
async function visited(page) {
  await openPage(page, url);
  await page.evaluate((state) => window.client.consent(state, 'policy 7'), stateBy('granted'));
  await grants(page, all);
  await seeRoses(page, 3);
  await flush(page);
  await expect.poll(() => keysOf(page)).toContain('omo.snapshot');
}

const onPageWithout = (page, file, act, how) => leaveWithout(page, file, act, { address: url, ...how });

test('privacy 1, 16: a refusal on a page that leaves before its engine runs holds on the next, and deletes there', async ({
  page,
}) => {
  await visited(page);
  await onPageWithout(page, '**/engine.wasm', (state) => window.client.consent(state), {
    argument: stateBy('denied'),
  });
  await openPage(page, url);
  expect(await grantedOf(page)).toEqual([]);
  expect(await keysOf(page)).toEqual(['omo.consent']);
  const record = await recordOf(page);
  expect([record.source, record.version]).toEqual(['site', 'policy 7']);
});

test('privacy 1, 16: one of some purposes touches no other, and what is granted again before it holds is granted', async ({
  page,
}) => {
  await visited(page);
  const refuse = () => {
    window.client.consent({ marketing: 'denied', functional: 'denied' });
    window.client.consent({ functional: 'granted' });
  };
  await onPageWithout(page, '**/engine.wasm', refuse);
  await openPage(page, url);
  expect(await grantedOf(page)).toEqual(all.filter((purpose) => purpose !== 'marketing'));
  expect(await rosesOf(page)).toBe(3);
  expect(await isPending(page)).toBe(false);

  // The same on a page that goes on: its own calls, in their order.
  await page.addInitScript(() => (window.told = [{ storage: 'denied' }, { storage: 'granted' }]));
  await openPage(page, url);
  expect(await grantedOf(page)).toContain('storage');
  expect(await isPending(page)).toBe(false);
});

for (const [what, meet] of [
  ['is there', () => {}],
  ['fails', (route) => route.abort()],
])
  test(`privacy 1, 16: one that is said before the chunk of the policy ${what} outlasts what a consent manager confirms`, async ({
    page,
  }) => {
    const address = `${both.origin}/bare.html`;
    await installManager(page);
    await openPage(page, address);
    await page.evaluate((state) => window.client.consent(state), stateBy('granted'));
    await say(page, 'accept');
    await expect.poll(() => grantedOf(page)).toContain('marketing');
    await willSay(page, 'accept');
    const refuse = () => window.client.consent({ marketing: 'denied' });
    await onPageWithout(page, '**/consent.mjs', refuse, { address, meet });
    // At once, and not only when the policy is there.
    await page.route('**/consent.mjs', () => {});
    await openPage(page, address);
    expect(await grantedOf(page)).toEqual(['storage', 'functional', 'measurement', 'personalization']);
    await page.goto(new URL('/client.js', address).href);
    await page.unroute('**/consent.mjs');
    await openPage(page, address);
    await expect.poll(() => grantedOf(page)).toEqual(['storage', 'functional', 'measurement', 'personalization']);
    await expect.poll(() => isPending(page)).toBe(false);
  });

test('privacy 1, 16: one of storage deletes at once, though the consent manager never speaks', async ({ page }) => {
  const address = `${both.origin}/bare.html`;
  await installManager(page);
  await openPage(page, address);
  await page.evaluate((state) => window.client.consent(state), stateBy('granted'));
  await say(page, 'accept');
  await expect.poll(() => grantedOf(page)).toContain('marketing');
  await seeRoses(page, 3);
  await flush(page);
  await expect.poll(() => keysOf(page)).toContain('omo.snapshot');
  const refuse = () => window.client.consent({ storage: 'denied' });
  await onPageWithout(page, '**/engine.wasm', refuse, { address });
  await page.route('**/consent.mjs', () => {});
  await openPage(page, address);
  expect(await keysOf(page)).toEqual(['omo.consent']);
});

test('where the site grants without asking, a refusal of one purpose takes only that one from another tab', async ({
  page,
  context,
}) => {
  await context.addInitScript((consent) => (window.options = { consent }), stateBy('granted'));
  await openPage(page, url);
  await seeRoses(page, 3);
  const other = await context.newPage();
  const rest = all.filter((purpose) => purpose !== 'marketing');
  const refuse = () => window.client.consent({ marketing: 'denied' });
  await onPageWithout(other, '**/engine.wasm', refuse);
  // Nobody has recorded it yet.
  await page.waitForTimeout(300);
  expect([await grantedOf(page), await rosesOf(page)]).toEqual([all, 3]);
  await openPage(other, url);
  for (const tab of [page, other]) {
    await grants(tab, rest);
    await expect.poll(() => rosesOf(tab)).toBe(3);
  }
  await other.evaluate(() => window.client.consent({ sharing: 'denied' }));
  await grants(page, rest.slice(0, -1));
  expect(await rosesOf(page)).toBe(3);
});

test('where nothing was decided nothing is pending: neither a grant nor a sign-out', async ({ page }) => {
  await onPageWithout(
    page,
    '**/engine.wasm',
    (state) => {
      window.client.reset();
      window.client.consent(state);
    },
    { argument: stateBy('granted') },
  );
  expect(await storageOf(page)).toEqual({});
});

test('bad input: what is pending is edited by hand: it never grants, and nothing throws', async ({ page }) => {
  const exceptions = [];
  page.on('pageerror', (error) => exceptions.push(error.message));
  for (const text of ['', '-64', '1e300', '63', '63.5', ' ', '64', '99999999999999999999']) {
    await page.goto(`${site.origin}/client.js`);
    await page.evaluate((pending) => {
      localStorage.clear();
      localStorage.setItem('omo.consent', pending);
    }, text);
    await openPage(page, url);
    expect(await grantedOf(page), text).toEqual([]);
    await page.evaluate((state) => window.client.consent(state), stateBy('granted'));
    expect(await grantedOf(page), text).toEqual(all);
    expect(await isPending(page), text).toBe(false);
  }
  expect(exceptions).toEqual([]);
});
