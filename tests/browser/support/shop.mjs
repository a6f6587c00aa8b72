// SPDX-License-Identifier: Apache-2.0
// What a visitor of Hanaichi does, step by step. Only what Playwright's Page and tests/webkit/page.mjs both have is used.
import { expect } from '@playwright/test';

/** Waits until the page's runtime has made its decisions; asks again where a navigation was still on its way. */
export const ready = (page) =>
  expect(async () => {
    expect(await page.evaluate(() => window.omotenashi.ready.then(() => true))).toBe(true);
  }).toPass({ timeout: 15_000 });

/** Selector of a part of the shop. */
export const byTestId = (id) => `[data-testid=${id}]`;

/** Waits until an element is visible, or is not: absent counts as not visible. */
export const isShown = (page, selector, shown = true) =>
  expect(async () => expect(await page.isVisible(selector), selector).toBe(shown)).toPass({ timeout: 15_000 });

/** Waits until an element's text has this part. */
export const says = (page, selector, part) =>
  expect(async () => {
    expect(await page.evaluate((where) => document.querySelector(where)?.textContent, selector)).toContain(part);
  }).toPass({ timeout: 15_000 });

export async function decide(page, choice) {
  await page.click(`#cc-main .cm [data-role=${choice === 'accept' ? 'all' : 'necessary'}]`);
  await isShown(page, '#cc-main .cm', false);
}

/** Reads a bouquet for a while, as an engaged visitor does: in view, moving. */
export async function read(page, item, milliseconds = 1200) {
  await page.goto(new URL(`/item/${item}.html`, await page.url()).href);
  await ready(page);
  await page.mouse.move(200, 300);
  await page.mouse.wheel(0, 240);
  await page.waitForTimeout(milliseconds);
}

export async function checkOut(page) {
  await page.click(byTestId('to-checkout'));
  const day = new Date(Date.now() + 7 * 24 * 3600 * 1000).toISOString().slice(0, 10);
  const fields = {
    recipient: '花村 さくら',
    postal: '1000001',
    phone: '0312345678',
    address: '東京都千代田区千代田1-1',
    'delivery-date': day,
    sender: '山田 太郎',
    email: 'taro@example.com',
  };
  for (const [name, value] of Object.entries(fields)) await page.fill(byTestId(name), value);
  await page.click(byTestId('place-order'));
  await says(page, byTestId('order-number'), 'HN-');
}

/** Keys of the origin's storage that are Omotenashi's. */
export const keptKeys = (page) =>
  page.evaluate(() =>
    [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((key) => key.startsWith('omo')).sort(),
  );
