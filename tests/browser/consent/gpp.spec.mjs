// SPDX-License-Identifier: Apache-2.0
// The Global Privacy Platform: a consent manager on the IAB's own library, over what the site itself was granted.
import { expect, test } from '../support/visitor.mjs';
import { grants, openPage, recordOf, startSite, watchRequests } from '../support/consentSite.mjs';

let site;
test.beforeAll(async () => {
  site = await startSite({ sources: ['site', 'gpp'], wait: '2s' });
});
test.afterAll(() => site.stop());

const all = ['storage', 'functional', 'measurement', 'personalization', 'marketing', 'sharing'];
const own = all.slice(0, 4);
const decide = async (page, choice) => {
  if (!(await page.locator('#accept').isVisible())) await page.click('#preferences');
  await page.click(`#${choice}`);
};

test('privacy 6 and 10: a GPP consent manager: grant, opt out, opt in again, and an opt-out by reload, over what the site was granted', async ({
  page,
  context,
}) => {
  const requests = watchRequests(context);
  await openPage(page, `${site.origin}/gpp.html`);
  await page.evaluate(
    (purposes) => window.client.consent(Object.fromEntries(purposes.map((purpose) => [purpose, 'granted'])), 'v1'),
    all,
  );
  // The signal is not ready: the visitor has not decided.
  await grants(page, []);
  await decide(page, 'accept');
  await grants(page, all);
  const other = await context.newPage();
  await openPage(other, `${site.origin}/gpp.html`);
  await grants(other, all);
  await decide(page, 'reject');
  await expect.poll(() => recordOf(other).then(({ state }) => state.sharing), { timeout: 1000 }).toBe('denied');
  await grants(other, own);
  await grants(page, own);
  await other.close();
  await decide(page, 'accept');
  await grants(page, all);
  await decide(page, 'reject');
  await page.reload();
  await page.waitForFunction(() => window.client);
  await page.evaluate(() => window.client.ready);
  await grants(page, own);
  expect((await recordOf(page)).source).toBe('gpp');
  expect(new Set(requests.chunks)).toEqual(new Set(['consent.mjs', 'gpp.mjs']));
  expect(await page.evaluate(() => window.errors)).toEqual([]);
});
