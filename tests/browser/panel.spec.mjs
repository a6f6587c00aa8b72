// SPDX-License-Identifier: Apache-2.0
// <omo-privacy>: the visitor sees what is kept, switches purposes, downloads and erases, in the demo shop, by the script tag.
import { startCollector } from './support/collector.mjs';
import { openPage, startSite } from './support/consentSite.mjs';
import { byTestId, decide, keptKeys, read, ready } from './support/shop.mjs';
import { expect, test } from './support/visitor.mjs';

let collector;
test.beforeAll(async () => {
  collector = await startCollector();
});
test.afterAll(() => collector.stop());

// A closed shadow root is closed to tests too; what runs before everything can keep it open.
test.beforeEach(({ context }) =>
  context.addInitScript(() => {
    const { attachShadow } = Element.prototype;
    Element.prototype.attachShadow = function (options) {
      return attachShadow.call(this, { ...options, mode: 'open' });
    };
    // Not every browser tells a test of its downloads.
    const { createObjectURL } = URL;
    URL.createObjectURL = (blob) => {
      window.saved = blob;
      return createObjectURL(blob);
    };
  }),
);

const kept = (page, name) => panel(page).locator('.kept').getByText(name, { exact: true });
const panel = (page) => page.locator('omo-privacy').getByRole('dialog');
const purpose = (page, name) => panel(page).getByRole('switch', { name, exact: true });
async function openPanel(page) {
  await page.click(byTestId('privacy-panel'));
  await expect(panel(page)).toBeVisible();
}

test('since when a purpose is granted is told of each: a later choice about another one does not move it', async ({
  page,
}) => {
  await page.goto(collector.origin + '/');
  await ready(page);
  await page.evaluate(() => {
    const { now } = Date;
    Date.now = () => now() - 3 * 86_400_000;
    window.restore = () => (Date.now = now);
  });
  await decide(page, 'accept');
  await page.evaluate(() => window.restore());
  await openPanel(page);
  const days = await page.evaluate(() =>
    [0, 3].map((ago) => new Intl.DateTimeFormat('ja', { dateStyle: 'long' }).format(Date.now() - ago * 86_400_000)),
  );
  const since = (day) => panel(page).getByText(`${day} から`);
  await expect(since(days[1])).not.toHaveCount(0);
  await expect(since(days[0])).toHaveCount(0);
  const before = await since(days[1]).count();
  await purpose(page, 'おすすめの表示').uncheck();
  await expect(since(days[1])).toHaveCount(before - 1);
  await purpose(page, 'おすすめの表示').check();
  await expect(since(days[0])).toHaveCount(1);
  await expect(since(days[1])).toHaveCount(before - 1);
});

test('the panel tells what is kept, why and since when, and switching a purpose off deletes what it held', async ({
  page,
}) => {
  await page.goto(collector.origin + '/');
  await ready(page);
  await decide(page, 'accept');
  await read(page, 'otome', 300);
  await read(page, 'akebono', 300);
  await openPanel(page);
  await expect(purpose(page, 'おすすめの表示')).toBeChecked();
  await expect(kept(page, 'ご覧になった花束の数')).toBeVisible();
  // The browser's day, which is not the one of the machine that drives it.
  const today = await page.evaluate(() => new Intl.DateTimeFormat('ja', { dateStyle: 'long' }).format(Date.now()));
  await expect(panel(page).getByText(`${today} から`).first()).toBeVisible();
  // Until when: of a window the moment at which its oldest goes.
  const seven = await page.evaluate(() =>
    new Intl.DateTimeFormat('ja', { dateStyle: 'long' }).format(Date.now() + 7 * 86_400_000),
  );
  const lasts = kept(page, 'ご覧になった花束の数').locator('xpath=following-sibling::dd[1]');
  await expect(lasts).toContainText(new RegExp(`^2直近 7 ?日(間)? · いちばん古いものは ${seven} .* まで$`));
  await expect(panel(page).getByText('長くても最後のご訪問から 13 か月まで').first()).toBeVisible();
  const group = panel(page).getByText('花束をお考え中の方: はい');
  await group.click();
  await expect(panel(page).getByText('ご覧になった花束の数', { exact: true }).last()).toBeVisible();
  await expect(group.locator('xpath=..')).toContainText('2 (2 以上)');
  await expect(group.locator('xpath=..')).toContainText('前回のご注文からの時間まだありません (30 日 より多い)');

  // The keyboard alone: the switch has the focus, and Space turns it.
  await purpose(page, 'おすすめの表示').focus();
  await page.keyboard.press('Space');
  await expect(purpose(page, 'おすすめの表示')).not.toBeChecked();
  await expect(kept(page, 'ご覧になった花束の数')).toHaveCount(0);
  await expect(panel(page).getByText('花束をお考え中の方: 許可がないためわかりません')).toBeVisible();
  expect(await page.evaluate(() => JSON.parse(localStorage['omo.consent']).state.personalization)).toBe('denied');
  await page.keyboard.press('Escape');
  await expect(page.locator('omo-privacy')).toHaveCount(0);

  // What was switched off stays forgotten when it is allowed again.
  await openPanel(page);
  await purpose(page, 'おすすめの表示').check();
  await expect(panel(page).getByText('花束をお考え中の方: いいえ')).toBeVisible();
});

test('everything can be taken along as a file, and be erased after a second question', async ({ page }) => {
  await page.goto(collector.origin + '/');
  await ready(page);
  await decide(page, 'accept');
  await read(page, 'otome', 300);
  await openPanel(page);
  await expect(kept(page, '最近ご覧になった花')).toBeVisible();
  await panel(page).getByRole('button', { name: 'ダウンロード（JSON）' }).click();
  const saved = JSON.parse(await page.evaluate(() => window.saved.text()));
  expect(saved.signals.recent_items).toEqual(['otome']);
  expect(saved.consent.measurement).toBe('granted');
  expect(typeof saved.record.time).toBe('number');

  await panel(page).getByRole('button', { name: 'すべて消す' }).click();
  await panel(page).getByRole('button', { name: '残す' }).click();
  await expect(kept(page, '最近ご覧になった花')).toBeVisible();
  await panel(page).getByRole('button', { name: 'すべて消す' }).click();
  await panel(page).getByRole('button', { name: '消す', exact: true }).click();
  await expect(panel(page).getByRole('status')).toHaveText('すべて消しました。');
  await expect(kept(page, '最近ご覧になった花')).toHaveCount(0);
});

test('where the collector cannot be reached to erase, the panel says what is gone and what stays', async ({ page }) => {
  await page.route('**/v1/streams/**', (route) => route.abort());
  await page.goto(collector.origin + '/');
  await ready(page);
  await decide(page, 'accept');
  await read(page, 'otome', 300);
  await openPanel(page);
  await panel(page).getByRole('button', { name: 'すべて消す' }).click();
  await panel(page).getByRole('button', { name: '消す', exact: true }).click();
  await expect(panel(page).getByRole('status')).toContainText('サーバーには届かなかったため、そこにある記録は残ります');
});

test('a refusal of one who had granted nothing shows in an open panel as the decision that it is', async ({ page }) => {
  await page.goto(collector.origin + '/en/');
  await ready(page);
  await openPanel(page);
  await expect(panel(page)).toContainText('You have not decided yet');
  await page.evaluate(() => window.omotenashi.consent({ measurement: 'denied' }));
  await expect(panel(page)).not.toContainText('You have not decided yet');
});

test('before a decision the panel says that nothing is kept, and opening it keeps nothing', async ({ page }) => {
  await page.goto(collector.origin + '/en/');
  await ready(page);
  await openPanel(page);
  await expect(panel(page)).toContainText('You have not decided yet: nothing is kept and nothing is sent.');
  for (const name of ['Keep it in this browser', 'Measurement', 'Personal content'])
    await expect(purpose(page, name)).not.toBeChecked();
  expect(await keptKeys(page)).toEqual([]);
  expect(await page.evaluate(() => window.omotenashi.export())).toBe(null);
});

test('privacy 59b: a script that opens the panel by itself gets none, and of an opened one it sees nothing', async ({
  browser,
  browserName,
}) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(collector.origin + '/');
  await ready(page);
  await decide(page, 'accept');
  await read(page, 'otome', 300);
  // Nobody has touched the next page: what a test evaluates counts as touching, what the page runs does not.
  const tried = page.waitForEvent('console', (message) => message.text().startsWith('tried'));
  await page.addInitScript(() => {
    addEventListener('load', async () => {
      await window.omotenashi.ready;
      const { isActive } = navigator.userActivation;
      const told = window.omotenashi.export();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      console.log('tried', isActive, told, document.querySelectorAll('omo-privacy').length);
    });
  });
  await page.goto(collector.origin + '/');
  // A Firefox that is driven takes every page as touched.
  expect((await tried).text()).toBe(browserName === 'chromium' ? 'tried false null 0' : 'tried true null 1');
  if (browserName === 'firefox') await page.keyboard.press('Escape');
  await page.click(byTestId('privacy-panel'));
  await expect(page.locator('omo-privacy')).toHaveCount(1);
  const seen = await page.evaluate(() => {
    const element = document.querySelector('omo-privacy');
    return [
      element.shadowRoot,
      element.textContent,
      element.innerHTML,
      document.body.innerText.includes('ご覧になった花束の数'),
    ];
  });
  expect(seen).toEqual([null, '', '', false]);
  await context.close();
});

test('an element of the page comes to life by itself, in the language of the page, and no other page loads it', async ({
  page,
}) => {
  const loaded = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await page.goto(collector.origin + '/en/');
  await ready(page);
  expect(loaded.filter((path) => /privacy\.mjs/.test(path))).toEqual([]);
  await page.route('**/about-you.html', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><html lang="en"><title>You</title><omo-privacy></omo-privacy>
        <script src="/dist/omotenashi.js" data-playbook="/playbook.omo"></script></html>`,
    }),
  );
  await page.goto(collector.origin + '/about-you.html');
  await expect(page.locator('omo-privacy').getByRole('heading', { name: 'Your privacy on this site' })).toBeVisible();
});

test('a fact without a title is called by its name, also by one that every object has', async ({ page }) => {
  const site = await startSite(undefined, {
    signals: { constructor: { count: 'view_item', purposes: ['measurement'] } },
    segments: { toString: 'constructor >= 1' },
    campaigns: {},
    titles: { toString: { en: 'People who look' } },
  });
  try {
    await openPage(page, `${site.origin}/bare.html`);
    await page.evaluate(() => {
      window.client.consent({ measurement: 'granted' });
      window.client.track('view_item', { items: [{ item_id: 'a' }] });
      document.body.append(document.createElement('omo-privacy'));
      history.pushState(null, '', '?panel');
    });
    const inPage = page.locator('omo-privacy');
    await expect(inPage.locator('.kept').getByText('constructor', { exact: true })).toBeVisible();
    await expect(inPage.getByText('People who look: yes')).toBeVisible();
  } finally {
    await site.stop();
  }
});
