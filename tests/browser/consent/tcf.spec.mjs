// SPDX-License-Identifier: Apache-2.0
// The Transparency and Consent Framework: a consent manager on the IAB's own libraries, with its stub.
import { expect, test } from '../support/visitor.mjs';
import { grants, openPage, seeRoses, shows, startSite, traceGrants, watchRequests } from '../support/consentSite.mjs';

let site;
test.beforeAll(async () => {
  site = await startSite({
    sources: ['tcf'],
    wait: '2s',
    tcf: { custom_purposes: { functional: 2 }, vendors: [7] },
  });
});
test.afterAll(() => site.stop());

const everything = ['storage', 'functional', 'measurement', 'personalization', 'marketing', 'sharing'];
const decide = (choice) => async (page) => {
  if (!(await page.locator('#accept').isVisible())) await page.click('#preferences');
  await page.click(`#${choice}`);
};

test('privacy 10: a TCF consent manager: grant, revoke, grant again, and revocation by reload', async ({
  page,
  context,
}) => {
  const { chunks } = await traceGrants({
    ...{ page, context, collector: site, url: `${site.origin}/tcf.html` },
    ...{ granted: everything, source: 'tcf', grant: decide('accept'), revoke: decide('reject') },
  });
  expect(new Set(chunks), 'only what the playbook lists').toEqual(new Set(['consent.mjs', 'tcf.mjs']));
});

test('privacy 2 and 3: while the window is shown nothing is granted, and a grant after the wait applies without a reload', async ({
  page,
}) => {
  await openPage(page, `${site.origin}/tcf.html?delay=2500`);
  await expect(page.locator('#accept')).toBeVisible();
  await seeRoses(page);
  await grants(page, []);
  await decide('accept')(page);
  await grants(page, everything);
  await seeRoses(page);
  await shows(page, true);
  // Opened again, and closed by the same answer: what was chosen stays in force meanwhile.
  await page.click('#preferences');
  await grants(page, everything);
  await shows(page, true);
  await page.click('#accept');
  await grants(page, everything);
  expect(await page.evaluate(() => window.errors)).toEqual([]);
});

test('where GDPR does not apply, TCF says nothing: the rest decides, and here nobody grants', async ({ page }) => {
  await openPage(page, `${site.origin}/tcf.html?region=us`);
  await grants(page, []);
  await page.evaluate(() => window.client.consent({ storage: 'granted' }));
  await grants(page, []);
});

test('the script tag loads the same chunks from beside itself', async ({ page, context }) => {
  const requests = watchRequests(context);
  await page.goto(`${site.origin}/tag.html`);
  await page.waitForFunction(() => window.omotenashi.ready);
  await page.evaluate(() => window.omotenashi.ready);
  await decide('accept')(page);
  await expect.poll(() => page.evaluate(() => 'omo.snapshot' in localStorage)).toBe(true);
  expect(new Set(requests.chunks)).toEqual(new Set(['consent.mjs', 'tcf.mjs']));
});
