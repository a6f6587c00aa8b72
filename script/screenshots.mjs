// SPDX-License-Identifier: Apache-2.0
// Makes docs/images from the real thing: a dozen visitors shop at Hanaichi in Chromium, then the dashboard is photographed.
// `node script/screenshots.mjs`, after script/build.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import config from '../playwright.config.mjs';
import { root, startCollector } from '../tests/browser/support/collector.mjs';
import { checkOut, decide, read, ready } from '../tests/browser/support/shop.mjs';

const images = join(root, 'docs/images');
mkdirSync(images, { recursive: true });
const { launchOptions } = config.projects.find(({ name }) => name === 'chromium').use;
const browser = await chromium.launch(launchOptions);
const collector = await startCollector();
const items = ['akebono', 'otome', 'hatsukoi', 'komorebi', 'shirayuki', 'nagi', 'midori', 'hanakago'];

async function visit(number) {
  const context = await browser.newContext({
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
    viewport: { width: 1280, height: 860 },
  });
  const page = await context.newPage();
  await page.goto(`${collector.origin}/`);
  await ready(page);
  await decide(page, 'accept');
  if (number === 0) await page.screenshot({ path: join(images, 'before.png') });
  for (let i = 0; i < 2 + (number % 3); i += 1)
    await read(page, items[(number * 3 + i * (1 + (number % 2))) % items.length], 400);
  await page.getByTestId('home-link').click();
  await ready(page);
  await page.waitForTimeout(1600);
  if (number === 0) await page.screenshot({ path: join(images, 'after.png') });
  if (number % 4 !== 3) {
    await read(page, items[number % 4], 300);
    await page.getByTestId('add-to-cart').click();
    await page.getByTestId('cart-link').click();
    await page.waitForTimeout(1600);
    if (number === 0) await page.screenshot({ path: join(images, 'cart.png') });
    if (number % 2 === 0) await checkOut(page);
  }
  await page.evaluate(() => window.omotenashi.flush());
  await context.close();
}

for (let number = 0; number < 12; number += 1) {
  await visit(number);
  console.log(`visitor ${number + 1} of 12`);
}
const operator = await browser.newPage({ viewport: { width: 1280, height: 1750 }, locale: 'en-GB' });
await operator.goto(`${collector.origin}/dashboard#token=${collector.token}`);
await operator.waitForTimeout(2500);
await operator.screenshot({ path: join(images, 'dashboard.png') });
await browser.close();
await collector.stop();
