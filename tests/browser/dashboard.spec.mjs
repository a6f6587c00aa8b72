// SPDX-License-Identifier: Apache-2.0
// What an operator sees: the numbers of a visit that the shop's own page has sent.
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { test, expect } from './support/visitor.mjs';
import { root, startCollector } from './support/collector.mjs';
import { byTestId, decide, read, ready } from './support/shop.mjs';

let collector;
test.beforeEach(async () => (collector = await startCollector()));
test.afterEach(() => collector?.stop());

const open = (page) => page.goto(`${collector.origin}/dashboard#token=${collector.token}`);
const report = (page, name) => page.locator(`[data-report=${name}]`);
const figure = (page, name) => page.locator(`[data-figure=${name}] dd`);
/** The cells of the row that begins with this. */
const cells = (page, name, heading) =>
  report(page, name)
    .locator('tbody tr', { has: page.locator('th', { hasText: heading }) })
    .first()
    .locator('th, td');
const sum = (rows, key) => rows.reduce((total, row) => total + row[key], 0);

/** Two bouquets, read for a while, then home, where the banner is seen; answers the stats once all of it has arrived. */
async function visit(page) {
  await page.goto(`${collector.origin}/`);
  await ready(page);
  await decide(page, 'accept');
  await read(page, 'otome');
  await read(page, 'akebono');
  await page.click(byTestId('home-link'));
  await ready(page);
  await expect(page.locator(`${byTestId('slot-hero')} .omo-banner`)).toBeVisible();
  await expect(async () => {
    await page.evaluate(() => window.omotenashi.q.push(['flush']));
    expect(sum(await collector.stats('campaigns'), 'impressions')).toBe(1);
    expect(sum(await collector.stats('pages'), 'views')).toBe(4);
    expect((await collector.stats('segments')).length).toBeGreaterThan(0);
  }).toPass({ timeout: 30_000 });
  // Nothing more comes from a page that is left.
  await page.goto('about:blank');
  await page.waitForTimeout(500);
}

test('an empty dashboard says so, to the token only', async ({ page }) => {
  expect((await fetch(`${collector.origin}/v1/stats/pages`)).status).toBe(401);
  await open(page);
  await expect(page).not.toHaveURL(/token/);
  await expect(report(page, 'pages').locator('.empty')).toBeVisible();
  await expect(figure(page, 'views')).toHaveText('0');
  await expect(page.locator('body')).not.toContainText(/undefined|NaN/);
});

test('the dashboard draws the numbers of a visit: pages, paths, segments, campaigns and their totals', async ({
  page,
}) => {
  await visit(page);
  await open(page);
  const pages = await collector.stats('pages');
  expect(pages.map((row) => row.path).sort()).toEqual(['/', '/item/akebono.html', '/item/otome.html']);
  await expect(figure(page, 'views')).toHaveText('4');
  await expect(figure(page, 'impressions')).toHaveText('1');
  await expect(figure(page, 'clicks')).toHaveText('0');
  await expect(figure(page, 'engaged')).not.toHaveText(/^0/);
  await expect(report(page, 'pages').locator('tbody tr')).toHaveCount(3);
  await expect(cells(page, 'pages', '/item/otome.html').nth(1)).toHaveText('1');
  const views = pages.find((row) => row.path === '/').views;
  await expect(cells(page, 'pages', /^\/$/).nth(1)).toHaveText(`${views}`);
  await expect(cells(page, 'campaigns', 'considering').nth(2)).toHaveText('1');
  for (const { segment, visitors } of await collector.stats('segments')) {
    await expect(cells(page, 'segments', segment).nth(1)).toHaveText(`${visitors}`);
  }
  // The flow is a drawing and a table of the same numbers.
  const paths = await collector.stats('paths');
  const step = paths.find((row) => row.from === '/item/otome.html' && row.to === '/item/akebono.html');
  await expect(report(page, 'paths').locator('svg.flow path.link')).toHaveCount(paths.length);
  await expect(
    report(page, 'paths')
      .locator('svg title')
      .filter({ hasText: `/item/otome.html → /item/akebono.html: ${step.count}` }),
  ).toHaveCount(1);
  await expect(report(page, 'hours').locator('canvas')).toBeVisible();
  await expect(page.locator('body')).not.toContainText(/undefined|NaN/);
});

test('a total that leaves rows out says of how many it is', async ({ page }) => {
  const tool = join(
    dirname(process.env.OMO_COLLECTOR ?? join(root, 'build/native/omo-collector')),
    'collector-batches',
  );
  const batch = execFileSync(tool, [join(root, 'demo-site/playbook.json'), 'batches'], { input: '1 0 10' });
  const body = Buffer.from(`${batch}`.trim(), 'hex');
  expect((await fetch(`${collector.origin}/v1/events`, { method: 'POST', body })).status).toBe(204);
  let hidden = 0;
  await page.route('**/v1/stats/pages', async (route) => {
    // The collector's own answer to a limit, and then one of a collector that shows no row about so few.
    const answer = await route.fetch({ url: `${route.request().url()}?limit=2` });
    const json = await answer.json();
    await route.fulfill({ response: answer, json: hidden ? { rows: [], hidden, bots: 0, truncated: 0 } : json });
  });
  await open(page);
  const shown = (await collector.stats('pages')).slice(0, 2);
  await expect(figure(page, 'views').first()).toHaveText(`${sum(shown, 'views')}`);
  await expect(figure(page, 'views').nth(1)).toHaveText('表示中の 2 ページの合計');
  await expect(figure(page, 'engaged').nth(1)).toHaveText('表示中の 2 ページの合計');
  await expect(figure(page, 'impressions')).toHaveCount(1);
  expect(sum(shown, 'views')).toBe(4);
  hidden = 3;
  await expect(figure(page, 'views').first()).toHaveText('–');
  await expect(figure(page, 'views').nth(1)).toHaveText('表示中の 0 ページの合計');
});
