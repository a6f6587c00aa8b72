// SPDX-License-Identifier: Apache-2.0
// Recommendations in real browsers, with the real collector serving the catalog.
import { test, expect } from './support/visitor.mjs';
import { startCollector } from './support/collector.mjs';
import { list, product, signals, startShop } from './support/recommend.mjs';
import { byTestId, decide, ready } from './support/shop.mjs';

let shop;
test.afterEach(() => shop?.stop());

const all = (state) =>
  Object.fromEntries(
    ['storage', 'functional', 'measurement', 'personalization', 'marketing', 'sharing'].map((name) => [name, state]),
  );
const call = (page, ...words) => page.evaluate((sent) => window.omotenashi.q.push(sent), words);
const consent = (page, state) => call(page, 'consent', state);
const view = async (page, id, category = 'Roses') => {
  await page.goto(shop.item(id));
  await ready(page);
  await call(page, 'track', 'view_item', { items: [{ item_id: id, item_category: category }] });
};
const within = (slot) => `omo-slot[name=${slot}]`;
const ids = (page, slot) =>
  page.locator(`${within(slot)} .omo-item`).evaluateAll((items) => items.map((item) => item.dataset.item));
const shows = (page, slot, expected) =>
  expect(async () => expect(await ids(page, slot)).toEqual(expected)).toPass({ timeout: 15_000 });
const shownDefault = async (page, slot) => {
  await expect(page.locator(`${within(slot)} p`)).toBeVisible();
  expect(await ids(page, slot)).toEqual([]);
};
/** Addresses that recommendations load, without the origin. */
const listen = (page) => {
  const loaded = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/recommend|catalog|\.omc/.test(pathname)) loaded.push(pathname);
  });
  return loaded;
};

const withCatalog = (campaigns, more = {}) => ({
  playbook: { catalog: '/shop/catalog.omc', signals, campaigns },
  products: [
    product('a'),
    product('b', { category: 'Plants' }),
    product('c', { category: 'Plants' }),
    product('d', { availability: 'out_of_stock' }),
    product('e', { category: 'Flowers > Tulips', price: '12.50 EUR' }),
  ],
  related: 'item_id,related_id,weight\na,e,1\na,b,3\nb,c,1\na,d,9\n',
  ...more,
});

test('recent, affinity and related items are shown, each by its rule, without the page’s own', async ({ page }) => {
  shop = await startShop(
    withCatalog(
      {
        recent: list('recent', { from: 'recent', signal: 'seen', exclude: ['bought'] }),
        taste: list('taste', { from: 'affinity', signal: 'kinds', exclude: ['seen'] }),
        related: list('related', { from: 'related', signal: 'seen', count: 2 }),
      },
      { slots: ['recent', 'taste', 'related'], linked: (one) => ({ '@type': 'Product', sku: one.id }) },
    ),
  );
  await page.goto(shop.home);
  await ready(page);
  await consent(page, all('granted'));
  for (const slot of ['recent', 'taste', 'related']) await shownDefault(page, slot);
  await view(page, 'b', 'Plants');
  await view(page, 'd', 'Roses');
  await view(page, 'a', 'Roses');
  // On the page of a: what goes with a, by weight, in stock only; d was seen, but is sold out.
  await shows(page, 'related', ['b', 'e']);
  await page.goto(shop.home);
  await ready(page);
  await shows(page, 'recent', ['a', 'b']);
  await shows(page, 'taste', ['c']);
  await shows(page, 'related', ['c', 'e']);
  // What was bought is left out, from the next view on.
  await call(page, 'track', 'purchase', { transaction_id: 't', value: 1, items: [{ item_id: 'a' }] });
  await page.reload();
  await ready(page);
  await shows(page, 'recent', ['b']);

  // An accessible list: named, links with prices, images that do not repeat the text.
  const section = page.locator(`${within('related')} section`);
  await expect(section).toHaveAttribute('aria-label', 'related');
  const links = page.getByRole('list').getByRole('link');
  expect(await links.count()).toBeGreaterThan(2);
  await expect(section.getByRole('link').last()).toHaveText(/Item e.*12[.,]50/);
  await expect(section.locator('img').first()).toHaveAttribute('alt', '');
  expect(
    await section
      .locator('img')
      .first()
      .evaluate((image) => image.complete && image.naturalWidth),
  ).toBe(40);
  await section.getByRole('link').last().focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(shop.item('e'));
});

test('views and clicks are told as of any creative, and a dismissal brings the default back', async ({ page }) => {
  const shown = withCatalog({ recent: list('recent', { from: 'recent', signal: 'seen' }) }, { slots: ['recent'] });
  shown.playbook.expose = ['view_promotion', 'select_promotion'];
  shop = await startShop(shown);
  await page.goto(shop.home);
  await ready(page);
  await consent(page, all('granted'));
  await view(page, 'a');
  await page.goto(shop.home);
  await page.evaluate(() => {
    window.told = [];
    window.omotenashi.q.push(['on', 'event', ({ name, params }) => window.told.push([name, params.promotion_id])]);
    addEventListener('click', (event) => event.preventDefault());
  });
  const told = () => page.evaluate(() => window.told.filter(([name]) => /promotion/.test(name)));
  await shows(page, 'recent', ['a']);
  await expect.poll(told).toEqual([['view_promotion', 'recent']]);
  await page.click(`${within('recent')} .omo-link`);
  await expect.poll(told).toEqual([
    ['view_promotion', 'recent'],
    ['select_promotion', 'recent'],
  ]);
  await page.click(`${within('recent')} .omo-dismiss`);
  await shownDefault(page, 'recent');
});

test('an item that was sold out or repriced is not shown stale on the view after a refresh', async ({ page }) => {
  const shown = withCatalog({ recent: list('recent', { from: 'recent', signal: 'seen' }) }, { slots: ['recent'] });
  shop = await startShop(shown);
  await page.goto(shop.home);
  await ready(page);
  await consent(page, all('granted'));
  await view(page, 'a');
  await view(page, 'b');
  await page.goto(shop.home);
  await shows(page, 'recent', ['b', 'a']);
  await expect(page.locator(within('recent'))).toContainText('4,980');
  shop.catalog([product('a', { price: '3980 JPY' }), product('b', { availability: 'out_of_stock' })]);
  const loaded = listen(page);
  await page.reload();
  await shows(page, 'recent', ['a']);
  await expect(page.locator(within('recent'))).toContainText('3,980');
  await expect(page.locator(within('recent'))).not.toContainText('4,980');
  expect(loaded.filter((path) => path.endsWith('.omc'))).toEqual(['/shop/catalog.omc']);
  // Nor where the page comes back from the back-forward cache, or changes its address by itself.
  shop.catalog([product('a', { price: '2980 JPY' }), product('b')]);
  await page.goto(shop.item('c'));
  await page.goBack();
  await expect(page.locator(within('recent'))).toContainText('2,980');
  await shows(page, 'recent', ['b', 'a']);
  shop.catalog([product('a', { availability: 'out_of_stock' }), product('b', { price: '1980 JPY' })]);
  await page.evaluate(() => history.pushState(null, '', '/shop/index.html?second'));
  await shows(page, 'recent', ['b']);
  await expect(page.locator(within('recent'))).toContainText('1,980');
});

test('the script tag names another catalog than the playbook', async ({ page }) => {
  const shown = withCatalog({ recent: list('recent', { from: 'recent', signal: 'seen' }) }, { slots: ['recent'] });
  shown.playbook.catalog = '/shop/no-such.omc';
  shop = await startShop({ ...shown, tag: 'data-catalog="catalog.omc"' });
  await page.goto(shop.home);
  await ready(page);
  await consent(page, all('granted'));
  await view(page, 'a');
  const loaded = listen(page);
  await page.goto(shop.home);
  await shows(page, 'recent', ['a']);
  // The page before may still have asked for it, too.
  expect(new Set(loaded.filter((path) => path.endsWith('.omc')))).toEqual(new Set(['/shop/catalog.omc']));
});

test('without a feed, items that pages describe are recommended, and withdrawal removes them', async ({ page }) => {
  shop = await startShop({
    playbook: { signals, campaigns: { recent: list('recent', { from: 'recent', signal: 'seen' }) } },
    products: [product('x'), product('y')],
    slots: ['recent'],
    linked: ({ id }) => ({
      '@context': 'https://schema.org',
      '@graph': [
        {
          '@type': 'Product',
          sku: id,
          name: `Named ${id}`,
          image: '/shop/pixel.svg',
          offers: { '@type': 'Offer', price: '5.5', priceCurrency: 'USD', availability: 'https://schema.org/InStock' },
        },
      ],
    }),
  });
  const loaded = listen(page);
  const kept = () => page.evaluate(() => localStorage.getItem('omo.items'));
  await page.goto(shop.item('x'));
  await ready(page);
  await expect.poll(() => loaded.length).toBeGreaterThan(1);
  await page.waitForTimeout(300);
  expect(await kept()).toBe(null);
  await consent(page, { ...all('granted'), personalization: 'denied' });
  await page.waitForTimeout(300);
  expect(await kept()).toBe(null);
  await consent(page, all('granted'));
  await call(page, 'track', 'view_item', { items: [{ item_id: 'x' }] });
  await expect.poll(kept).toContain('Named x');
  await view(page, 'y');
  await shows(page, 'recent', ['x']);
  await expect(page.locator(within('recent'))).toContainText('Named x');
  await page.goto(shop.home);
  await shows(page, 'recent', ['y', 'x']);
  expect(loaded.filter((path) => path.endsWith('.omc'))).toEqual([]);

  await consent(page, { personalization: 'denied' });
  await shownDefault(page, 'recent');
  await expect.poll(kept).toBe(null);
  await consent(page, all('granted'));
  await view(page, 'y');
  await expect.poll(kept).toContain('Named y');
  expect(await kept()).not.toContain('Named x');
  await consent(page, { storage: 'denied' });
  await expect.poll(kept).toBe(null);
});

test('everyone loads recommendations alike, and nobody where the playbook has none', async ({ browser }) => {
  shop = await startShop(
    withCatalog({ recent: list('recent', { from: 'recent', signal: 'seen' }) }, { slots: ['recent'] }),
  );
  const loads = async (state) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const loaded = listen(page);
    // Before the next page: what a page that goes away had not asked for yet would be missing.
    const count = (views) => expect.poll(() => loaded.filter((path) => path.endsWith('.omc')).length).toBe(views);
    await page.goto(shop.home);
    await ready(page);
    if (state) await consent(page, all(state));
    await count(1);
    await view(page, 'a');
    await count(2);
    await page.goto(shop.home);
    await ready(page);
    await count(3);
    await context.close();
    return loaded.sort();
  };
  const granted = await loads('granted');
  expect(granted.filter((path) => path.endsWith('recommend.mjs')).length).toBeGreaterThan(0);
  expect(await loads('denied')).toEqual(granted);
  expect(await loads(null)).toEqual(granted);
  await shop.stop();

  shop = await startShop({ playbook: { catalog: '/shop/catalog.omc', signals }, products: [product('a')] });
  const context = await browser.newContext();
  const page = await context.newPage();
  const loaded = listen(page);
  await page.goto(shop.home);
  await ready(page);
  await consent(page, all('granted'));
  await view(page, 'a');
  await page.waitForTimeout(1000);
  expect(loaded).toEqual([]);
  await context.close();
});

test('the default stays where the catalog cannot be had, or lies, and the console says so once', async ({ page }) => {
  const shown = withCatalog({ recent: list('recent', { from: 'recent', signal: 'seen' }) }, { slots: ['recent'] });
  shop = await startShop(shown);
  const said = [];
  page.on('console', (message) => message.text().startsWith('omotenashi:') && said.push(message.text()));
  await page.goto(shop.home);
  await ready(page);
  await consent(page, all('granted'));
  await view(page, 'a');
  // It has its catalog: else it would say so too, of the one that comes now.
  await page.waitForLoadState('networkidle');
  await page.route('**/catalog.omc', (route) =>
    route.fulfill({ body: 'not a catalog, but long enough to be one, it seems' }),
  );
  await page.goto(shop.home);
  await ready(page);
  const about = (what) => said.filter((text) => text.endsWith(what));
  await expect.poll(() => about('status 2')).toEqual(['omotenashi: catalog: status 2']);
  await shownDefault(page, 'recent');
  await page.route('**/catalog.omc', (route) => route.fulfill({ status: 404 }));
  await page.reload();
  await ready(page);
  await expect.poll(() => about('404').length).toBe(1);
  await shownDefault(page, 'recent');
  expect(about('status 2').length).toBe(1);
});

test('the flower market shows what was viewed, and what goes with it, in both languages', async ({ page }) => {
  const collector = await startCollector();
  shop = collector;
  await page.goto(collector.origin + '/');
  await ready(page);
  await decide(page, 'accept');
  for (const item of ['otome', 'akebono']) {
    await page.goto(`${collector.origin}/item/${item}.html`);
    await ready(page);
  }
  const recent = page.locator(byTestId('slot-recent'));
  await expect(recent.locator('.omo-item')).toHaveCount(1);
  await expect(recent).toContainText('おとめ');
  await expect(page.locator(byTestId('slot-together')).locator('.omo-item')).toHaveCount(4);
  await expect(page.locator(byTestId('slot-together'))).not.toContainText('あけぼの');
  await page.goto(collector.origin + '/en/');
  await ready(page);
  await expect(recent.locator('.omo-item')).toHaveCount(2);
  await expect(recent).toContainText('Recently viewed');
  await expect(recent.getByRole('link').first()).toHaveAttribute('href', /\/en\/item\/akebono\.html$/);
  await expect(recent.getByRole('link').first()).toContainText('¥6,600');
});
