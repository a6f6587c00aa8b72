// SPDX-License-Identifier: Apache-2.0
// Signals of the browser itself: Global Privacy Control, which Firefox really sends here, and Do Not Track. Chromium knows no
// such preference: there the page is told of it, and the header is added.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test as base } from '../support/visitor.mjs';
import { grants, openPage, recordOf, started, startSite, stateOf } from '../support/consentSite.mjs';

const test = base.extend({
  context: async ({ context, browserName }, use) => {
    if (browserName === 'chromium') {
      await context.addInitScript(() =>
        Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }),
      );
      await context.setExtraHTTPHeaders({ 'Sec-GPC': '1' });
    }
    await use(context);
  },
});

const preferences = {
  'privacy.globalprivacycontrol.enabled': true,
  'privacy.globalprivacycontrol.functionality.enabled': true,
};
// Over what the project says, which would win over a fixture of `base.extend`.
test.use({
  launchOptions: [
    async ({ launchOptions, browserName }, use) =>
      use(browserName === 'firefox' ? { ...launchOptions, firefoxUserPrefs: preferences } : launchOptions),
    { scope: 'worker' },
  ],
});

const all = ['storage', 'functional', 'measurement', 'personalization', 'marketing', 'sharing'];
const grantAll = Object.fromEntries(all.map((purpose) => [purpose, 'granted']));
const gpcOf = (page) => page.evaluate(() => window.client.gpc());

let plain;
let site;
let echo;
test.beforeAll(async () => {
  [plain, site] = await Promise.all([
    startSite(),
    startSite({
      sources: ['site', 'dnt', 'gpc'],
      gpc: { also_denies: ['personalization'] },
      dnt: { denies: ['measurement'] },
    }),
  ]);
  echo = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/plain');
    response.end(request.headers['sec-gpc'] ?? 'none');
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
});
test.afterAll(async () => {
  echo.closeAllConnections();
  echo.close();
  await Promise.all([plain.stop(), site.stop()]);
});

test('privacy 8 and 9: Global Privacy Control denies marketing and sharing over any grant, and the page can show that it is honoured', async ({
  page,
}) => {
  await page.goto(`http://127.0.0.1:${echo.address().port}/`);
  expect(await page.locator('body').innerText(), 'the header at the server').toBe('1');
  await openPage(page, `${plain.origin}/bare.html`);
  expect(await page.evaluate(() => navigator.globalPrivacyControl)).toBe(true);
  await page.evaluate((state) => window.client.consent(state), grantAll);
  expect(await stateOf(page)).toEqual({ ...grantAll, marketing: 'denied', sharing: 'denied' });
  expect(await gpcOf(page)).toBe('honoured');
  await page.evaluate(() => {
    window.dataLayer.push(
      (function () {
        return arguments;
      })('consent', 'update', { ad_storage: 'granted', ad_personalization: 'granted', ad_user_data: 'granted' }),
    );
  });
  await grants(page, all.slice(0, 4));
});

test('privacy 8: a consent to this site that the visitor gave knowing of the conflict is recorded, holds over it, and ends with a refusal', async ({
  page,
}) => {
  await openPage(page, `${plain.origin}/bare.html`);
  await page.evaluate((state) => window.client.consent(state), grantAll);
  await grants(page, all.slice(0, 4));
  await page.evaluate(() => window.client.consent({ marketing: 'granted' }, 'policy 3', 'despite_gpc'));
  await grants(page, all.slice(0, 5));
  expect(await gpcOf(page)).toBe('overruled');
  expect(await recordOf(page)).toMatchObject({ version: 'policy 3', despite_gpc: ['marketing'] });
  await page.reload();
  await started(page);
  await grants(page, all.slice(0, 5));
  // A plain grant does not widen it.
  await page.evaluate((state) => window.client.consent(state), grantAll);
  await grants(page, all.slice(0, 5));
  await page.evaluate(() => window.client.consent({ marketing: 'denied' }));
  await page.evaluate(() => window.client.consent({ marketing: 'granted' }));
  await grants(page, all.slice(0, 4));
  expect(await gpcOf(page)).toBe('honoured');
  expect(await recordOf(page)).not.toHaveProperty('despite_gpc');
});

test('a playbook may let Global Privacy Control and Do Not Track deny more', async ({ page }) => {
  await openPage(page, `${site.origin}/bare.html`);
  await page.evaluate((state) => window.client.consent(state), grantAll);
  await grants(page, ['storage', 'functional', 'measurement']);
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' }));
  await page.reload();
  await started(page);
  await grants(page, ['storage', 'functional']);
  expect(await page.evaluate(() => window.errors)).toEqual([]);
});
