// SPDX-License-Identifier: Apache-2.0
// What leaves the browser is what the manifest says, field by field.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root, startCollector } from './support/collector.mjs';
import { byTestId, checkOut, decide, read, ready } from './support/shop.mjs';
import { expect, test } from './support/visitor.mjs';

let collector;
test.beforeAll(async () => {
  collector = await startCollector();
});
test.afterAll(() => collector.stop());

const omo = process.env.OMO ?? join(root, 'build/native/omo');
const manifest = JSON.parse(
  execFileSync(omo, ['manifest', join(root, 'demo-site/playbook.json')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
);
const declared = new Map(
  manifest.sent.events.map(({ name, params }) => [name, new Set(params.map((param) => param.name))]),
);
/** Fields of events that the manifest does not name. */
const undeclared = (events) =>
  events.flatMap(({ name, params }) =>
    Object.entries(params)
      .flatMap(([key, value]) => (key === 'items' ? value.flatMap((item) => Object.keys(item)) : [key]))
      .filter((key) => !declared.get(name)?.has(key))
      .map((key) => `${name}.${key}`),
  );

test('privacy 13: every field that leaves is in the manifest, and nothing leaves but by the destinations it names', async ({
  page,
}) => {
  expect(manifest.sent.destinations).toEqual(['collector']);
  const sent = [];
  page.on('request', (request) => {
    const { origin, pathname, search } = new URL(request.url());
    if (request.method() !== 'GET' || origin !== collector.origin || search)
      sent.push(`${request.method()} ${pathname}${search}`);
  });
  await page.goto(collector.origin + '/');
  await ready(page);
  await decide(page, 'accept');
  // More than is declared, which must stay here.
  await page.evaluate(() => {
    const call = (...words) => window.omotenashi.q.push(words);
    call('identify', { rank: 'gold', email: 'taro@example.com' });
    call('track', 'search', { search_term: '薔薇', password: 'secret' });
    call('track', 'generate_lead', { value: 3, currency: 'JPY', phone: '0312345678' });
    call('track', 'view_cart', { items: [{ item_id: 'otome', price: 9900, supplier: 'x' }], note: 'x' });
    call('track', 'made_up', { secret: 'x' });
  });
  await read(page, 'otome', 1200);
  await page.click(byTestId('add-to-cart'));
  await page.click(byTestId('cart-link'));
  await ready(page);
  await checkOut(page);
  const events = [];
  await expect(async () => {
    events.push(...collector.stored());
    const names = new Set(events.map(({ name }) => name));
    for (const name of [
      'page_view',
      'search',
      'generate_lead',
      'view_cart',
      'add_to_cart',
      'purchase',
      'user_engagement',
    ])
      expect(names).toContain(name);
  }).toPass({ timeout: 20_000 });
  expect(undeclared(events)).toEqual([]);
  expect([...new Set(sent)]).toEqual(['POST /v1/events']);
  // The check itself finds what is not declared.
  expect(undeclared([{ name: 'search', params: { search_term: 'x', password: 'y' } }])).toEqual(['search.password']);
  expect(undeclared([{ name: 'view_cart', params: { items: [{ item_id: 'x', supplier: 'y' }] } }])).toEqual([
    'view_cart.supplier',
  ]);
});
