// SPDX-License-Identifier: Apache-2.0
// What came from a customer's account, in the demo shop: it goes with the login, however that ends.
import { expect, test } from './support/visitor.mjs';
import { startCollector } from './support/collector.mjs';
import { decide } from './support/shop.mjs';

const DAY = 86_400_000;
let collector;
test.beforeAll(async () => {
  collector = await startCollector();
});
test.afterAll(() => collector.stop());

/** The shop's pages, with a client that tells everything in the place of the script tag's. */
const tellAll = (context) =>
  context.route('**/dist/omotenashi.js', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: `import('/dist/omotenashi.mjs').then(async ({ createClient }) => {
        const client = createClient({ playbook: '/playbook.omo' });
        const call = ([name, ...values]) => client[name](...values);
        window.omotenashi.q.forEach(call);
        window.omotenashi.q = { push: call };
        await client.ready;
        window.client = client;
      });`,
    }),
  );
async function open(page, path) {
  await page.goto(collector.origin + path);
  await page.waitForFunction(() => window.client);
}
const known = (page) =>
  page.evaluate(() => {
    const { traits, signals, segments } = window.client.export();
    return { traits, signals, segments };
  });
const traitsOf = async (page) => Object.values((await known(page)).traits).filter((value) => value !== null);
const texts = (page) => page.evaluate(() => Object.entries(localStorage).flat().join('\n'));

/** A visitor who agrees to everything, looks at a bouquet and signs in. Answers what was known before they signed in. */
async function signIn(page) {
  await tellAll(page.context());
  await open(page, '/account.html');
  await decide(page, 'accept');
  await page.evaluate(() =>
    window.client.track('view_item', { items: [{ item_id: 'bq-01', item_category: 'bouquet', price: 1 }] }),
  );
  await expect.poll(async () => (await known(page)).signals.recent_items).toEqual(['bq-01']);
  const before = await known(page);
  expect(await traitsOf(page)).toEqual([]);
  await page.fill('#name', 'Sakura Hanamura');
  await page.selectOption('#month', '3');
  await page.selectOption('#day', '4');
  await page.click('#save');
  await expect.poll(() => traitsOf(page)).toContain('2000-03-04');
  expect(await texts(page)).toContain('Sakura');
  return before;
}
/** The next person at this browser, on some page. */
async function findsNothing(page, before, path) {
  await open(page, path);
  await expect.poll(() => traitsOf(page)).toEqual([]);
  const { traits, signals } = await known(page);
  expect(traits).toEqual(before.traits);
  // What was looked at came from here: it stays, and nothing else does.
  expect(signals.recent_items).toEqual(before.signals.recent_items);
  expect(await texts(page)).not.toContain('Sakura');
  await open(page, '/account.html');
  expect(await page.inputValue('#name')).toBe('');
  expect(await page.isVisible('#member')).toBe(false);
}

for (const [name, leave] of [
  ['reset()', (page) => page.evaluate(() => window.client.reset())],
  ['identify(null)', (page) => page.evaluate(() => window.client.identify(null))],
])
  test(`privacy 59c: ${name} removes all that came from a customer's account, at once and for later pages`, async ({
    page,
  }) => {
    const before = await signIn(page);
    await leave(page);
    expect(await known(page)).toEqual(before);
    await open(page, '/');
    expect((await known(page)).traits).toEqual(before.traits);
    expect((await known(page)).signals.recent_items).toEqual(['bq-01']);
  });

test('privacy 59c: whoever signs out leaves nothing of the account to the next person', async ({ page }) => {
  const before = await signIn(page);
  await Promise.all([page.waitForEvent('load'), page.click('#sign-out')]);
  await findsNothing(page, before, '/');
});

test('privacy 59c: a login that has expired removes all that came from the account, on whatever page is opened next', async ({
  page,
}) => {
  const before = await signIn(page);
  // A login that is used goes on.
  await page.clock.setSystemTime(Date.now() + 29 * DAY);
  await open(page, '/');
  expect(await traitsOf(page)).toContain('2000-03-04');
  await page.clock.setSystemTime(Date.now() + 58 * DAY);
  await open(page, '/');
  expect(await traitsOf(page)).toContain('2000-03-04');
  await page.clock.setSystemTime(Date.now() + 89 * DAY);
  await findsNothing(page, before, '/category/bouquets.html');
});
