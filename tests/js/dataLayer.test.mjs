// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { shell } from './lib/bundle.mjs';

const { normalise, watchDataLayer } = await shell('observe/dataLayer');

function gtag() {
  return arguments;
}

beforeEach(() => {
  globalThis.window = globalThis;
});
afterEach(() => {
  delete globalThis.window;
  delete globalThis.dataLayer;
});

test('a gtag() event is its name and parameters', () => {
  assert.deepEqual(normalise(gtag('event', 'view_item', { value: 3 })), ['event', 'view_item', { value: 3 }]);
  assert.deepEqual(normalise(gtag('event', 'login')), ['event', 'login', {}]);
});

test('a GTM object is an event, with what stands under ecommerce', () => {
  const items = [{ item_id: 'bq-01' }];
  const [command, name, params] = normalise({ event: 'view_item', ecommerce: { items, value: 3 } });
  assert.deepEqual([command, name, params.items, params.value], ['event', 'view_item', items, 3]);
  assert.deepEqual(normalise({ event: 'search', search_term: '薔薇' })[2].search_term, '薔薇');
});

test('a consent command keeps its kind', () => {
  assert.deepEqual(normalise(gtag('consent', 'default', { ad_storage: 'denied' })), [
    'consent',
    'default',
    { ad_storage: 'denied' },
  ]);
});

test('entries that say nothing here are none', () => {
  for (const entry of [
    null,
    undefined,
    1,
    'event',
    {},
    [],
    { ecommerce: null },
    gtag('js', new Date()),
    () => {},
    { event: 7 },
  ])
    assert.equal(normalise(entry), null);
});

test('no entry throws, whatever a page pushes', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true, withSparseArray: true }), (entry) => {
      normalise(entry);
    }),
  );
});

test('entries pushed before and after load are seen once each, in order', () => {
  globalThis.dataLayer = [gtag('event', 'first')];
  const seen = [];
  watchDataLayer((command, name) => seen.push(name));
  globalThis.dataLayer.push(gtag('event', 'second'), { event: 'third' });
  assert.deepEqual(seen, ['first', 'second', 'third']);
});

test('the push of a tag manager still gets every entry, and its answer is kept', () => {
  const got = [];
  globalThis.dataLayer = [];
  globalThis.dataLayer.push = (...entries) => got.push(...entries) + 40;
  watchDataLayer(() => {});
  assert.equal(globalThis.dataLayer.push({ event: 'x' }), 41);
  assert.deepEqual(got, [{ event: 'x' }]);
});

test('where there is no dataLayer yet, the one that is made later by the page is ours', () => {
  const seen = [];
  watchDataLayer((command, name) => seen.push(name));
  globalThis.dataLayer.push({ event: 'late' });
  assert.deepEqual(seen, ['late']);
});
