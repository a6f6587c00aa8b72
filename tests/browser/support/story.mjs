// SPDX-License-Identifier: Apache-2.0
// The main job, told once and run with the script tag and with the npm package.
import { expect } from '@playwright/test';
import { checkOut, decide, keptKeys, read, ready } from './shop.mjs';

/** A stats row by its keys. */
const row = (rows, keys) =>
  rows.find((candidate) => Object.entries(keys).every(([key, value]) => candidate[key] === value)) ?? {};

/** Waits until what an operator sees satisfies the expectation. */
async function seen(collector, name, check) {
  await expect(async () => check(await collector.stats(name))).toPass({ timeout: 20_000 });
}

export async function tellStory(page, collector) {
  const sent = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.startsWith('/v1/')) sent.push(request.url());
  });

  // Before a decision: the shop's own content, nothing kept, nothing sent.
  await page.goto(collector.origin + '/');
  await ready(page);
  const hero = page.getByTestId('slot-hero');
  await expect(hero.locator('.omo-banner')).toHaveCount(0);
  await expect(page.getByTestId('hero-bouquets')).toBeVisible();
  expect(await keptKeys(page)).toEqual([]);
  expect(sent).toEqual([]);

  // Two bouquets, read for a while, then home: the hero speaks to people who are considering one.
  await decide(page, 'accept');
  await read(page, 'otome');
  await read(page, 'akebono');
  await page.getByTestId('home-link').click();
  await ready(page);
  await expect(hero.locator('.omo-banner')).toContainText('花束えらび、ご一緒に');
  await expect(page.getByTestId('hero-bouquets')).toBeHidden();
  await page.waitForTimeout(1500); // in view for a second: an impression

  // The cart offers a coupon, and the shop takes it.
  await page.goto(collector.origin + '/item/otome.html');
  await page.getByTestId('add-to-cart').click();
  await page.getByTestId('cart-link').click();
  await expect(page.getByTestId('slot-cart').locator('.omo-coupon')).toContainText('HANA10');
  await page.getByTestId('coupon-input').fill('HANA10');
  await page.getByTestId('coupon-apply').click();
  await expect(page.getByTestId('discount')).toBeVisible();
  await page.waitForTimeout(1500);
  await checkOut(page);

  // What the operator sees.
  await seen(collector, 'campaigns', (rows) => {
    expect(row(rows, { campaign: 'considering' })).toMatchObject({ impressions: 1, clicks: 0, conversions: 1 });
    expect(row(rows, { campaign: 'first_bouquet' })).toMatchObject({ impressions: 1, conversions: 1 });
  });
  await seen(collector, 'pages', (rows) => {
    expect(row(rows, { path: '/' })).toMatchObject({ visitors: 1 });
    expect(row(rows, { path: '/item/otome.html' }).views).toBe(2);
    expect(row(rows, { path: '/item/otome.html' }).engaged_ms_total).toBeGreaterThan(1000);
    expect(row(rows, { path: '/item/akebono.html' }).engaged_ms_total).toBeGreaterThan(1000);
  });
  await seen(collector, 'paths', (rows) =>
    expect(row(rows, { from: '/item/otome.html', to: '/item/akebono.html' }).count).toBe(1),
  );
  await seen(collector, 'segments', (rows) => expect(row(rows, { segment: 'returning_customer' }).visitors).toBe(1));

  // The collector dies and comes back: nothing acknowledged is lost, nothing counts twice.
  const before = await collector.stats('pages');
  await collector.kill();
  await page.evaluate(() => window.omotenashi.q.push(['track', 'search', { search_term: '薔薇' }]));
  await page.waitForTimeout(300);
  await collector.start();
  expect(await collector.stats('pages')).toEqual(before);
  await page.goto(collector.origin + '/category/bouquets.html');
  await ready(page);
  await seen(collector, 'pages', (rows) => expect(row(rows, { path: '/category/bouquets.html' }).views).toBe(1));
  for (const old of before.filter(({ path }) => path !== '/thanks.html')) {
    expect(row(await collector.stats('pages'), { path: old.path }).views).toBe(old.views);
  }

  // Consent is withdrawn: personalised content and everything kept is gone, and nothing more is sent.
  await page.goto(collector.origin + '/item/akebono.html');
  await ready(page);
  await page.getByTestId('consent-preferences').click();
  await page
    .locator('#cc-main .pm')
    .getByRole('button', { name: /必要なものだけ|Only necessary/ })
    .click();
  await expect(async () => expect(await keptKeys(page)).toEqual(['omo.consent'])).toPass();
  const count = sent.length;
  await page.getByTestId('home-link').click();
  await ready(page);
  await read(page, 'otome', 300);
  await read(page, 'akebono', 300);
  await page.getByTestId('home-link').click();
  await ready(page);
  await page.waitForTimeout(1500);
  await expect(hero.locator('.omo-banner')).toHaveCount(0);
  await expect(page.getByTestId('hero-bouquets')).toBeVisible();
  expect(sent.length).toBe(count);
  expect(await keptKeys(page)).toEqual(['omo.consent']);
}
