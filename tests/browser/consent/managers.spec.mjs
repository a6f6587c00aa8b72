// SPDX-License-Identifier: Apache-2.0
// Real consent managers that speak to a site by callbacks or by Consent Mode.
import { expect, test } from '../support/visitor.mjs';
import { startSite, started, traceGrants } from '../support/consentSite.mjs';

let byCalls;
let byMode;
test.beforeAll(async () => {
  [byCalls, byMode] = await Promise.all([startSite(), startSite({ sources: ['consent_mode'], wait: '2s' })]);
});
test.afterAll(() => Promise.all([byCalls.stop(), byMode.stop()]));

test('privacy 10: vanilla-cookieconsent, wired by consent(): grant, revoke, grant again, and revocation by reload', async ({
  page,
  context,
}) => {
  const decide = (role) => async (tab) => {
    if (!(await tab.locator('#cc-main .cm').isVisible())) await tab.click('#preferences');
    await tab.locator(`#cc-main [data-role=${role}]:visible`).first().click();
  };
  const { chunks } = await traceGrants({
    ...{ page, context, collector: byCalls, url: `${byCalls.origin}/cookieconsent.html` },
    ...{ granted: ['storage', 'measurement'], source: 'site', grant: decide('all'), revoke: decide('necessary') },
  });
  expect(chunks, 'a playbook without consent loads no adapter').toEqual([]);
});

test('privacy 10: klaro, wired by Consent Mode: grant, revoke, grant again, and revocation by reload', async ({
  page,
  context,
}) => {
  // Its notice asks at first; later its window has a switch, and a button that saves.
  const decide = (isGranted) => async (tab) => {
    if (await tab.locator('.klaro .cookie-notice').isVisible()) {
      await tab.click(isGranted ? '.klaro .cookie-notice .cm-btn-success' : '.klaro .cookie-notice .cn-decline');
      return;
    }
    await tab.click('#preferences');
    await tab.locator('#service-item-statistics').setChecked(isGranted, { force: true });
    await tab.click('.klaro .cm-btn-accept');
  };
  const { chunks } = await traceGrants({
    ...{ page, context, collector: byMode, url: `${byMode.origin}/klaro.html` },
    ...{ granted: ['storage', 'measurement'], source: 'consent_mode' },
    ...{ grant: decide(true), revoke: decide(false) },
  });
  expect(new Set(chunks)).toEqual(new Set(['consent.mjs']));
});

test('privacy 10: tarteaucitron with its Consent Mode, which revokes by a reload', async ({ page, context }) => {
  const decide = (choice, reloads) => async (tab) => {
    // Before it has written its cookie it loses what is clicked. While it waits for a choice, its notice asks.
    const cookie = () => tab.evaluate(() => document.cookie);
    await expect.poll(cookie).toContain('gtag=');
    const asks = (await cookie()).includes('gtag=wait');
    if (!asks) await tab.evaluate(() => window.tarteaucitron.userInterface.openPanel());
    const button = asks
      ? { allow: '#tarteaucitronPersonalize2', deny: '#tarteaucitronAllDenied2' }
      : { allow: '#tarteaucitronAllAllowed', deny: '#tarteaucitronAllDenied' };
    // It may lose a click while it starts: what it was told stands in its cookie.
    const word = choice === 'allow' ? 'gtag=true' : 'gtag=false';
    await expect(async () => {
      const locator = tab.locator(button[choice]);
      if (!(await cookie()).includes(word) && (await locator.isVisible())) await locator.click();
      expect(await cookie()).toContain(word);
    }).toPass();
    if (!reloads) return;
    await tab.reload();
    await started(tab);
  };
  await traceGrants({
    ...{ page, context, collector: byMode, url: `${byMode.origin}/tarteaucitron.html` },
    ...{ granted: ['storage', 'measurement'], source: 'consent_mode' },
    ...{ grant: decide('allow'), revoke: decide('deny', true) },
  });
});
