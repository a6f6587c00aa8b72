// SPDX-License-Identifier: Apache-2.0
// The edges that Playwright's own pages do not get: a tab behind another one, and a page that Chromium prerenders.
import { expect, test } from '@playwright/test';
import { startHeaded } from './support/headed.mjs';
import { startSensing } from './support/sensing.mjs';

let collector;
let browser;
test.beforeAll(async () => {
  collector = await startSensing();
  browser = await startHeaded();
});
test.afterAll(async () => {
  await browser.stop();
  await collector.stop();
});

test('tracking 1: in a headed browser, a tab behind another one adds neither visible nor engaged time', async () => {
  const tab = await browser.open(`${collector.origin}/sensing.html`);
  const state = () => tab.evaluate('document.visibilityState');
  const signals = () => tab.evaluate('window.client.export().signals');
  await expect.poll(() => tab.evaluate('window.client?.ready.then(() => true)')).toBe(true);
  await expect.poll(state).toBe('visible');
  await browser.open('about:blank');
  await expect.poll(state).toBe('hidden');
  const [before, hidden] = [await signals(), await tab.evaluate('performance.now()')];
  expect(before.visible).toBeGreaterThan(0);
  expect(before.times_told).toBe(1);
  await tab.evaluate('new Promise((resolve) => setTimeout(resolve, 3000))');
  const shown = await tab.evaluate('performance.now()');
  await tab.activate();
  await expect.poll(state).toBe('visible');
  await tab.evaluate('new Promise((resolve) => setTimeout(resolve, 500))');
  await tab.evaluate("history.pushState({}, '', '/next')");
  const [after, now] = [await signals(), await tab.evaluate('performance.now()')];
  expect(shown - hidden).toBeGreaterThanOrEqual(3000);
  expect(after.visible - before.visible).toBeGreaterThanOrEqual(500);
  expect(after.visible - before.visible).toBeLessThanOrEqual(now - shown + 1);
  expect(after.engaged).toBeLessThanOrEqual(after.visible);
  expect(await tab.evaluate('window.errors')).toEqual([]);
});

test('tracking 6: a page that Chromium prerenders is no event until it is activated, and one view then', async () => {
  const views = async () => (await collector.stats('pages')).find(({ path }) => path === '/sensing.html')?.views ?? 0;
  const tab = await browser.open(`${collector.origin}/away.html`);
  await expect.poll(() => tab.evaluate('location.pathname + document.readyState')).toBe('/away.htmlcomplete');
  const before = await views();
  await tab.evaluate(`{
    localStorage.clear();
    const rules = document.createElement('script');
    rules.type = 'speculationrules';
    rules.textContent = JSON.stringify({
      prerender: [{ source: 'list', urls: ['/sensing.html?prerendered'], eagerness: 'immediate' }],
    });
    document.head.append(rules);
  }`);
  // The page itself says that it runs, and is not shown.
  await expect.poll(() => tab.evaluate("localStorage.getItem('prerendered')")).toBe('true');
  await tab.evaluate('new Promise((resolve) => setTimeout(resolve, 7000))');
  expect(await tab.evaluate('Object.keys(localStorage)')).toEqual(['prerendered']);
  expect(await views()).toBe(before);
  await tab.evaluate("void setTimeout(() => (location.href = '/sensing.html?prerendered'))");
  await expect.poll(views, { timeout: 30_000 }).toBe(before + 1);
});
