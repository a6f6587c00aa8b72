// SPDX-License-Identifier: Apache-2.0
// What a visitor of Hanaichi does, step by step.
import { expect } from '@playwright/test';

/** Waits until the page's runtime has made its decisions; asks again where a navigation was still on its way. */
export const ready = (page) =>
  expect(async () => {
    expect(await page.evaluate(() => window.omotenashi.ready.then(() => true))).toBe(true);
  }).toPass({ timeout: 15_000 });

export async function decide(page, choice) {
  await page
    .getByRole('button', {
      name: choice === 'accept' ? /^(すべて許可|Accept all)/ : /^(必要なものだけ|Only necessary)/,
    })
    .first()
    .click();
  await expect(page.locator('#cc-main .cm')).toBeHidden();
}

/** Reads a bouquet for a while, as an engaged visitor does: in view, moving. */
export async function read(page, item, milliseconds = 1200) {
  await page.goto(new URL(`/item/${item}.html`, page.url()).href);
  await ready(page);
  await page.mouse.move(200, 300);
  await page.mouse.wheel(0, 240);
  await page.waitForTimeout(milliseconds);
}

export async function checkOut(page) {
  await page.getByTestId('to-checkout').click();
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
  for (const [name, value] of Object.entries(fields)) await page.getByTestId(name).fill(value);
  await page.getByTestId('place-order').click();
  await expect(page.getByTestId('order-number')).not.toBeEmpty();
}

/** Keys of the origin's storage that are Omotenashi's. */
export const keptKeys = (page) =>
  page.evaluate(() =>
    [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((key) => key.startsWith('omo')).sort(),
  );
