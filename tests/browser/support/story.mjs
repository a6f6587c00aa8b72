// SPDX-License-Identifier: Apache-2.0
// The main job, told once and run with the script tag and with the npm package, by Playwright and by WebDriver.
import { expect } from '@playwright/test';
import { byTestId, checkOut, decide, isShown, keptKeys, read, ready, says } from './shop.mjs';

/** A stats row by its keys. */
const row = (rows, keys) =>
  rows.find((candidate) => Object.entries(keys).every(([key, value]) => candidate[key] === value)) ?? {};

/** Waits until what an operator sees satisfies the expectation. */
async function seen(collector, name, check) {
  await expect(async () => check(await collector.stats(name))).toPass({ timeout: 20_000 });
}

/** Stays until what is in view for a second counts as an impression, however slow the machine is. */
async function impressed(page, collector, campaign) {
  await expect(async () => {
    // By the queue, which the page has with the npm package too.
    await page.evaluate(() => window.omotenashi.q.push(['flush']));
    expect(row(await collector.stats('campaigns'), { campaign }).impressions).toBe(1);
  }).toPass({ timeout: 30_000 });
}

const heroBanner = `${byTestId('slot-hero')} .omo-banner`;
const heroDefault = byTestId('hero-bouquets');

/**
 * @param page Playwright's Page, or one of tests/webkit/page.mjs
 * @param sent answers how many requests the page has made to the collector's API
 */
export async function tellStory(page, collector, sent) {
  // Before a decision: the shop's own content, nothing kept, nothing sent.
  await page.goto(collector.origin + '/');
  await ready(page);
  await isShown(page, heroDefault);
  expect(await page.isVisible(heroBanner)).toBe(false);
  expect(await keptKeys(page)).toEqual([]);
  expect(await sent()).toBe(0);

  // Two bouquets, read for a while, then home: the hero speaks to people who are considering one.
  await decide(page, 'accept');
  await read(page, 'otome');
  await read(page, 'akebono');
  await page.click(byTestId('home-link'));
  await ready(page);
  await says(page, heroBanner, '花束えらび、ご一緒に');
  await isShown(page, heroDefault, false);
  await impressed(page, collector, 'considering');

  // The cart offers a coupon, and the shop takes it.
  await page.goto(collector.origin + '/item/otome.html');
  await page.click(byTestId('add-to-cart'));
  await page.click(byTestId('cart-link'));
  await says(page, `${byTestId('slot-cart')} .omo-coupon`, 'HANA10');
  await page.fill(byTestId('coupon-input'), 'HANA10');
  await page.click(byTestId('coupon-apply'));
  await isShown(page, byTestId('discount'));
  await impressed(page, collector, 'first_bouquet');
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
  const refuse = '#cc-main .pm [data-role=necessary]';
  await expect(async () => {
    // Where the page's own scripts are not there yet, a visitor presses once more.
    if (!(await page.isVisible(refuse))) await page.click(byTestId('consent-preferences'));
    expect(await page.isVisible(refuse)).toBe(true);
  }).toPass({ timeout: 30_000 });
  await page.click(refuse);
  await expect(async () => expect(await keptKeys(page)).toEqual(['omo.consent'])).toPass();
  const count = await sent();
  await page.click(byTestId('home-link'));
  await ready(page);
  await read(page, 'otome', 300);
  await read(page, 'akebono', 300);
  await page.click(byTestId('home-link'));
  await ready(page);
  await page.waitForTimeout(1500);
  await isShown(page, heroDefault);
  expect(await page.isVisible(heroBanner)).toBe(false);
  expect(await sent()).toBe(count);
  expect(await keptKeys(page)).toEqual(['omo.consent']);
}
