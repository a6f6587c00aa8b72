// SPDX-License-Identifier: Apache-2.0
// A page in a browser that keeps pages in its cache when they are left (bfcache).
import { chromium } from '@playwright/test';

/**
 * @param leads keep the page's Web Locks in Firefox, which then keeps no page that leads
 * @returns the page, and what closes it. Playwright switches Chromium's cache of pages off: there it is a browser of its own
 */
export async function openPageWithCache(given, browserName, leads = false) {
  if (browserName === 'chromium') {
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    });
    return [await browser.newPage(), () => browser.close()];
  }
  // Firefox keeps no page that holds a Web Lock, as the leading tab's does: here it leads without one.
  if (!leads) await given.addInitScript(() => Object.defineProperty(navigator, 'locks', { value: undefined }));
  return [given, () => {}];
}
