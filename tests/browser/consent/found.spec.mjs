// SPDX-License-Identifier: Apache-2.0
// A denial that a page finds when it begins, because consent has lapsed or its record was edited or has gone, deletes what is
// kept as one does that is said: nothing of it comes back with the next grant. And a sign-out that leaves at once is kept.
import { sealed } from '../../lib/record.mjs';
import {
  flush,
  grantedOf,
  grants,
  keysOf,
  openPage,
  recordOf,
  rosesOf,
  seeRoses,
  started,
  startSite,
  stateOf,
} from '../support/consentSite.mjs';
import { installManager, say } from '../support/tcfManager.mjs';
import { expect, test } from '../support/visitor.mjs';

const DAY = 86_400_000;
const all = ['storage', 'functional', 'measurement', 'personalization', 'marketing', 'sharing'];
const customers = {
  traits: { rank: { type: 'string' } },
  segments: { rose_lover: 'roses >= 2', vip: "rank == 'gold'" },
};
const stateBy = (word) => Object.fromEntries(all.map((purpose) => [purpose, word]));

let site;
let url;
test.beforeAll(async () => {
  site = await startSite(null, customers);
  url = `${site.origin}/bare.html`;
});
test.afterAll(() => site.stop());

const decide = (page, word, ...more) =>
  page.evaluate(([state, version]) => window.client.consent(state, version), [stateBy(word), ...more]);

/** A visitor who consented and has looked at roses, and has left. */
async function visited(page) {
  await openPage(page, url);
  await decide(page, 'granted', 'policy 7');
  await seeRoses(page, 3);
  await flush(page);
  await expect.poll(() => keysOf(page)).toContain('omo.snapshot');
  await page.goto(`${site.origin}/client.js`);
}
const setRecord = (page, text) => page.evaluate((record) => localStorage.setItem('omo.consent', record), text);
const { check: _, ...someRecord } = JSON.parse(sealed({ version: 'policy 7', source: 'site', since: {} }));
const found = {
  'has lapsed': (page) =>
    setRecord(page, sealed({ time: Date.now() - 396 * DAY, ...someRecord, state: stateBy('granted') })),
  'is of a clock years ahead': (page) =>
    setRecord(page, sealed({ time: Date.now() + 9000 * DAY, ...someRecord, state: stateBy('granted') })),
  'was edited': async (page) => setRecord(page, JSON.stringify({ ...(await recordOf(page)), source: 'me' })),
};

for (const [what, make] of Object.entries(found))
  test(`privacy 16, 18: a record that ${what} denies, deletes what is kept, and the next grant brings nothing back`, async ({
    page,
  }) => {
    await visited(page);
    await make(page);
    await openPage(page, url);
    expect(await grantedOf(page)).toEqual([]);
    expect(await keysOf(page)).toEqual(['omo.consent']);
    await decide(page, 'granted');
    await grants(page, all);
    expect(await rosesOf(page)).toBe(0);
  });

for (const word of ['denied', 'granted'])
  test(`privacy 16, 18: where only the record has gone, nothing is touched before a decision, and ${word} begins anew`, async ({
    page,
  }) => {
    await visited(page);
    await page.evaluate(() => localStorage.removeItem('omo.consent'));
    const before = await keysOf(page);
    await openPage(page, url);
    expect(await grantedOf(page)).toEqual([]);
    expect(await keysOf(page)).toEqual(before);
    await decide(page, word);
    if (word === 'granted') expect(await rosesOf(page)).toBe(0);
    else expect(await keysOf(page)).toEqual(['omo.consent']);
  });

test('privacy 18: what is withdrawn where storage has failed, and granted again, comes back on no later page', async ({
  page,
}) => {
  await visited(page);
  await openPage(page, url);
  await expect.poll(() => rosesOf(page)).toBe(3);
  // Only the choice itself can still be written.
  await page.evaluate(() => {
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = function (name, text) {
      if (name !== 'omo.consent') throw new DOMException('full', 'QuotaExceededError');
      setItem.call(this, name, text);
    };
  });
  await seeRoses(page, 1);
  for (const word of ['denied', 'granted'])
    await page.evaluate((measurement) => window.client.consent({ measurement }), word);
  expect(await rosesOf(page)).toBe(0);
  await openPage(page, url);
  await expect.poll(() => grantedOf(page)).toEqual(all);
  expect(await rosesOf(page)).toBe(0);
  await seeRoses(page, 2);
  await flush(page);
  await openPage(page, url);
  await expect.poll(() => rosesOf(page)).toBe(2);
});

test('privacy 18: nor what a tab that does not lead withdraws while no other does', async ({ page, context }) => {
  await visited(page);
  // A browser without Web Locks, in which the tab that led has just been killed: nobody else leads for five seconds.
  await context.addInitScript(() => Object.defineProperty(navigator, 'locks', { value: undefined }));
  await page.evaluate(() => localStorage.setItem('omo.leader', `omo.journal.7 ${Date.now()}`));
  await openPage(page, url);
  await expect.poll(() => rosesOf(page)).toBe(3);
  for (const word of ['denied', 'granted'])
    await page.evaluate((measurement) => window.client.consent({ measurement }), word);
  await expect.poll(() => page.evaluate(() => localStorage['omo.leader']), { timeout: 15_000 }).not.toContain('.7 ');
  await seeRoses(page, 1);
  await flush(page);
  await openPage(page, url);
  await expect.poll(() => rosesOf(page)).toBe(1);
});

test('privacy 12: a choice that says no version keeps the recorded one, and Consent Mode that repeats itself records nothing', async ({
  page,
}) => {
  await visited(page);
  await openPage(page, url);
  await page.evaluate(() => window.client.consent({ marketing: 'denied' }));
  const record = await recordOf(page);
  expect([record.version, record.source, record.state.marketing]).toEqual(['policy 7', 'site', 'denied']);
  await page.evaluate(() => {
    window.dataLayer.push(['consent', 'update', { analytics_storage: 'granted', ad_user_data: 'granted' }]);
  });
  expect(await recordOf(page)).toEqual(record);
});

test('a refusal to which a site adds what is no version is a refusal, and storage that is full keeps no older grant', async ({
  page,
}) => {
  await visited(page);
  await openPage(page, url);
  await page.evaluate((state) => window.client.consent(state, 7n), stateBy('denied'));
  expect(await grantedOf(page)).toEqual([]);
  await openPage(page, url);
  expect(await grantedOf(page)).toEqual([]);

  await visited(page);
  await openPage(page, url);
  await page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await decide(page, 'denied');
  expect(await stateOf(page)).toEqual(stateBy('denied'));
  await page.reload();
  await started(page);
  expect(await grantedOf(page)).toEqual([]);
});

test('privacy 59c: a customer who signs out and leaves while consent is provisional is gone on the next page', async ({
  page,
  context,
}) => {
  const provisional = await startSite({ sources: ['site', 'tcf'], wait: '60s' }, customers);
  await installManager(context);
  const rank = () => page.evaluate(() => window.client.export().traits.rank);
  try {
    const address = `${provisional.origin}/bare.html`;
    await openPage(page, address);
    await page.evaluate((state) => window.client.consent(state), stateBy('granted'));
    await say(page, 'accept');
    await expect.poll(() => grantedOf(page)).toContain('personalization');
    await page.evaluate(() => window.client.identify({ rank: 'gold' }));
    await flush(page);
    await expect.poll(() => keysOf(page)).toContain('omo.snapshot');

    // The next page: nobody has confirmed yet.
    await openPage(page, address);
    expect(await rank()).toBe('gold');
    await page.evaluate(() => window.client.reset());
    await openPage(page, address);
    expect(await rank()).toBe(null);
  } finally {
    await provisional.stop();
  }
});

test('bad input: of a record that was edited the panel shows nothing, and it is there', async ({ page }) => {
  const exceptions = [];
  page.on('pageerror', (error) => exceptions.push(error.message));
  await page.addInitScript(() => {
    // A closed shadow root is closed to tests too; what runs before everything can keep it open.
    const { attachShadow } = Element.prototype;
    Element.prototype.attachShadow = function (options) {
      return attachShadow.call(this, { ...options, mode: 'open' });
    };
    addEventListener('DOMContentLoaded', () => document.body?.append(document.createElement('omo-privacy')));
  });
  await openPage(page, url);
  await decide(page, 'denied', 'policy 7');
  await openPage(page, url);
  const panel = page.locator('omo-privacy');
  await expect(panel.getByText('policy 7')).toBeVisible();
  const edited = JSON.stringify({ ...(await recordOf(page)), state: stateBy('granted') });
  for (const record of ['{"time":1e300}', '{"time":1,"version":{"toString":0}}', edited]) {
    await setRecord(page, record);
    await openPage(page, url);
    await expect(panel.getByRole('switch')).toHaveCount(all.length);
    await expect(panel.getByText('policy 7')).toHaveCount(0);
  }
  expect(exceptions).toEqual([]);
});
