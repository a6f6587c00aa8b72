// SPDX-License-Identifier: Apache-2.0
// A customer who signs out on a page whose engine does not run yet, or never does: other tabs carry it out, or the next page.
import {
  grantedOf,
  keysOf,
  onPageWithout,
  openPage,
  rosesOf,
  seeRoses,
  startSite,
  storageOf,
} from '../support/consentSite.mjs';
import { say, willSay, installManager } from '../support/tcfManager.mjs';
import { fillStorage, freeStorage } from '../support/numbered.mjs';
import { expect, test } from '../support/visitor.mjs';

const all = ['storage', 'functional', 'measurement', 'personalization', 'marketing', 'sharing'];
const granted = Object.fromEntries(all.map((purpose) => [purpose, 'granted']));
const account = {
  traits: { rank: { type: 'string', purposes: ['personalization'] } },
  segments: { gold: "rank == 'gold'" },
  campaigns: {},
};

let site;
let url;
// Where a consent manager and the site must both grant.
let both;
// And where the manager's time is up at once.
let hasty;
test.beforeAll(async () => {
  [site, both, hasty] = await Promise.all([
    startSite(undefined, account),
    startSite({ sources: ['site', 'tcf'], wait: '60s' }, account),
    startSite({ sources: ['site', 'tcf'], wait: '1s' }, account),
  ]);
  url = `${site.origin}/bare.html`;
});
test.afterAll(() => Promise.all([site, both, hasty].map((each) => each.stop())));

const rankOf = (page) => page.evaluate(() => window.client.export().traits.rank);
const signIn = (page, rank) => page.evaluate((value) => window.client.identify({ rank: value }), rank);
const signOut = () => window.client.identify(null);
const isSignedOut = async (page) => {
  await expect.poll(() => rankOf(page)).toBe(null);
  expect(await page.evaluate(() => window.client.segments().gold)).toBe(false);
  await expect.poll(() => keysOf(page)).not.toContain('omo.signout');
};

/** A customer who consented and signed in, and has left. */
async function visited(page, address = url) {
  await openPage(page, address);
  await page.evaluate((state) => window.client.consent(state), granted);
  if (address !== url) {
    await willSay(page, 'accept');
    await say(page, 'accept');
  }
  await expect.poll(() => grantedOf(page)).toContain('personalization');
  await signIn(page, 'gold');
  await page.goto(new URL('/client.js', address).href);
  await openPage(page, address);
  await expect.poll(() => rankOf(page)).toBe('gold');
}

for (const [what, meet] of [
  ['comes too late', () => {}],
  ['fails', (route) => route.abort()],
])
  test(`privacy 59c: a customer who signs out on a page whose engine ${what} is unknown on the next one, and stays so`, async ({
    page,
  }) => {
    await visited(page);
    await onPageWithout(page, '**/engine.wasm', signOut, { address: url, meet });
    await openPage(page, url);
    await isSignedOut(page);
    // What was carried out is over: who signs in now stays.
    await signIn(page, 'silver');
    await page.goto(`${site.origin}/client.js`);
    await openPage(page, url);
    await expect.poll(() => rankOf(page)).toBe('silver');
    await expect.poll(() => grantedOf(page)).toEqual(all);
  });

test('privacy 59c: another tab forgets the customer at once, and who signs in there is not signed out when the engine comes', async ({
  page,
  context,
}) => {
  await visited(page);
  const late = await context.newPage();
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await late.route('**/engine.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await late.goto(url, { waitUntil: 'commit' });
  await late.waitForFunction(() => window.client);
  await late.evaluate(signOut);
  await isSignedOut(page);
  await signIn(page, 'silver');
  release();
  await late.evaluate(() => window.client.ready);
  await expect.poll(() => rankOf(late)).toBe('silver');
  expect(await rankOf(page)).toBe('silver');
});

test('privacy 59c: while a consent manager has not spoken yet it holds too, and after it has', async ({ page }) => {
  const address = `${both.origin}/bare.html`;
  await installManager(page);
  await visited(page, address);
  await willSay(page, null);
  await onPageWithout(page, '**/engine.wasm', signOut, { address });
  await openPage(page, address);
  await isSignedOut(page);
  await say(page, 'accept');
  await willSay(page, 'accept');
  await openPage(page, address);
  await isSignedOut(page);
});

test('privacy 1: where storage is not granted a sign-out writes nothing', async ({ page }) => {
  await onPageWithout(page, '**/engine.wasm', signOut, { address: url });
  expect(await keysOf(page)).toEqual([]);
  await openPage(page, url);
  await page.evaluate(signOut);
  expect(await keysOf(page)).toEqual([]);
  await page.evaluate((state) => window.client.consent({ ...state, storage: 'denied' }), granted);
  await onPageWithout(page, '**/engine.wasm', signOut, { address: url });
  expect(await keysOf(page)).toEqual(['omo.consent']);
});

/** A page on which these are said in their order before its engine runs, and run then. @param meanwhile is done before it does */
async function beforeEngine(page, calls, meanwhile = () => {}) {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route('**/engine.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.client);
  await page.evaluate((given) => given.forEach((each) => window.client.identify(each)), calls);
  await meanwhile(page);
  release();
  await page.evaluate(() => window.client.ready);
}

for (const [calls, rank] of [
  [[{ rank: 'silver' }, null], null],
  [[null, { rank: 'silver' }], 'silver'],
  [[{ rank: 'silver' }, null, { rank: 'bronze' }, null], null],
  [[null, { rank: 'silver' }, null, { rank: 'bronze' }], 'bronze'],
])
  test(`privacy 59c: before the engine runs, sign-ins and sign-outs count in their order: ${calls.map((each) => each?.rank ?? 'out').join(', ')}`, async ({
    page,
  }) => {
    await visited(page);
    await beforeEngine(page, calls);
    await expect.poll(() => rankOf(page)).toBe(rank);
    expect(await keysOf(page)).not.toContain('omo.signout');
    await openPage(page, url);
    await expect.poll(() => rankOf(page)).toBe(rank);
  });

test('privacy 59c: who signs out and in again on a page that runs stays signed in, here and in other tabs', async ({
  page,
  context,
}) => {
  // Of a sign-out that the page carries out itself no other tab needs to hear: it might do so after the sign-in.
  await context.addInitScript(() => {
    const { setItem } = Storage.prototype;
    window.written = [];
    Storage.prototype.setItem = function (name, text) {
      window.written.push(name);
      setItem.call(this, name, text);
    };
  });
  await visited(page);
  const other = await context.newPage();
  await openPage(other, url);
  await expect.poll(() => rankOf(other)).toBe('gold');
  for (const tab of [page, other]) {
    await tab.evaluate(() => {
      window.client.identify(null);
      window.client.identify({ rank: 'silver' });
    });
    for (const each of [page, other]) await expect.poll(() => rankOf(each)).toBe('silver');
    expect(await tab.evaluate(() => window.written)).not.toContain('omo.signout');
  }
  await openPage(page, url);
  await expect.poll(() => rankOf(page)).toBe('silver');
});

test('privacy 59c: where a page cannot keep a sign-out, since its consent has lapsed, the next page carries it out', async ({
  page,
}) => {
  const address = `${hasty.origin}/bare.html`;
  await installManager(page);
  await visited(page, address);
  await willSay(page, null);
  await openPage(page, address);
  await expect.poll(() => grantedOf(page)).toEqual([]);
  await page.evaluate(signOut);
  expect(await keysOf(page)).toContain('omo.signout');
  await willSay(page, 'accept');
  await openPage(page, address);
  await expect.poll(() => grantedOf(page)).toContain('personalization');
  await isSignedOut(page);
});

test('privacy 59c: who signs in and out while a consent manager has not spoken yet is unknown after it has', async ({
  page,
  context,
}) => {
  const address = `${both.origin}/bare.html`;
  await installManager(context);
  await visited(page, address);
  const other = await context.newPage();
  await other.goto(`${both.origin}/client.js`);
  await willSay(other, 'accept');
  await openPage(other, address);
  await expect.poll(() => rankOf(other)).toBe('gold');
  await willSay(page, null);
  await openPage(page, address);
  // In one millisecond, and on the way to the other tab before what waits.
  await page.evaluate(() => {
    window.client.identify({ rank: 'silver' });
    window.client.identify(null);
  });
  await expect.poll(() => rankOf(other)).toBe(null);
  await say(page, 'accept');
  await willSay(page, 'accept');
  await seeRoses(page);
  await expect.poll(() => rosesOf(other)).toBe(2);
  for (const tab of [page, other]) expect(await rankOf(tab)).toBe(null);
  await openPage(page, address);
  await isSignedOut(page);
});

test('privacy 59c: a prerendered page, which may never be seen, neither signs out nor refuses until it is', async ({
  page,
}) => {
  await visited(page);
  // What it leaves behind is stored.
  await page.goto(`${site.origin}/client.js`);
  const before = await storageOf(page);
  await page.addInitScript(() => {
    window.prerendering = true;
    Object.defineProperty(document, 'prerendering', { get: () => window.prerendering });
  });
  await page.goto(url);
  await page.waitForFunction(() => window.client);
  await page.evaluate(() => {
    window.client.identify(null);
    window.client.consent({ marketing: 'denied' });
  });
  expect(await storageOf(page)).toEqual(before);
  await page.evaluate(() => {
    window.prerendering = false;
    document.dispatchEvent(new Event('prerenderingchange', { bubbles: true }));
    return window.client.ready;
  });
  await isSignedOut(page);
  expect(await grantedOf(page)).not.toContain('marketing');
});

test('privacy 59c: a sign-out that storage has no room for is carried out by the next page that has', async ({
  page,
}) => {
  await visited(page);
  await beforeEngine(page, [null], fillStorage);
  await expect.poll(() => rankOf(page)).toBe(null);
  await freeStorage(page);
  await openPage(page, url);
  await isSignedOut(page);
  await openPage(page, url);
  await expect.poll(() => rankOf(page)).toBe(null);
});
