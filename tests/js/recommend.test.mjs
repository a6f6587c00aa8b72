// SPDX-License-Identifier: Apache-2.0
// Recommendations outside a browser: the module in Wasm and wasm2js, catalogs made on the device, what pages say.
// OMO is the native command (default build/native/omo), OMO_DIST the folder of the modules (default dist).
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { translateToJs } from '../lib/engine.mjs';
import { root, shell } from './lib/bundle.mjs';
import { withStorage } from './lib/localStorage.mjs';

const dist = process.env.OMO_DIST ?? join(root, 'dist');
const omo = process.env.OMO ?? join(root, 'build/native/omo');
const { createShelf } = await shell('recommend/catalog');
const { encodeCatalog } = await shell('recommend/encode');
const { weighed } = await shell('recommend/recommend');
const kinds = { recent: 1, affinity: 2, related: 3 };
const bytes = readFileSync(join(dist, 'catalog.wasm'));

let folder;
let translated;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'omo-catalog-'));
  translated = join(folder, 'catalog.mjs');
  translateToJs(join(root, 'node_modules/.bin'), join(dist, 'catalog.wasm'), translated);
});
after(() => rmSync(folder, { recursive: true }));

const inWasm = async () => createShelf((await WebAssembly.instantiate(bytes, {})).instance.exports);
let instances = 0;
const inJs = async () => createShelf(await import(`${pathToFileURL(translated)}?${(instances += 1)}`));

function compileFeed(feed, related) {
  const source = join(folder, 'feed.json');
  writeFileSync(source, typeof feed == 'string' ? feed : JSON.stringify(feed));
  if (related) writeFileSync(join(folder, 'related.csv'), related);
  const out = join(folder, 'catalog.omc');
  execFileSync(omo, ['catalog', source, '-o', out, ...(related ? ['--related', join(folder, 'related.csv')] : [])]);
  return readFileSync(out);
}

const query = (kind, values, { excluded = [], inStock = false, count = 4 } = {}) => ({
  kind: kinds[kind],
  values: values.map((value) => (Array.isArray(value) ? value : [value, 1])),
  excluded,
  inStock,
  count,
});
const idsOf = (shelf, asked) => shelf._query(asked).map((row) => shelf._item(row, 'ja').id);

const shop = [
  { id: 'rose', title: { ja: '薔薇', en: 'Rose' }, link: '/rose', price: '4980 JPY', category: 'Flowers > Roses' },
  { id: 'fern', title: 'Fern', link: '/fern', price: '900 JPY', category: 'Plants', availability: 'out_of_stock' },
  {
    id: 'vase',
    title: 'Vase',
    link: '/vase',
    price: '12.5 EUR',
    image: '/vase.png',
    category: 'Vases',
    related: ['rose'],
  },
];

describe('the catalog module', () => {
  for (const [place, start] of [
    ['Wasm', inWasm],
    ['wasm2js', inJs],
  ])
    test(`recommends and describes what omo catalog compiled, in ${place}`, async () => {
      const shelf = await start();
      assert.deepEqual(shelf._query(query('recent', ['rose'])), [], 'nothing is there yet');
      shelf._open(compileFeed(shop));
      assert.deepEqual(idsOf(shelf, query('recent', ['vase', 'gone', 'fern', 'rose'])), ['vase', 'fern', 'rose']);
      assert.deepEqual(idsOf(shelf, query('recent', ['vase', 'fern', 'rose'], { inStock: true })), ['vase', 'rose']);
      assert.deepEqual(
        idsOf(
          shelf,
          query('affinity', [
            ['Roses', 1],
            ['Vases', 2],
          ]),
        ),
        ['vase', 'rose'],
      );
      assert.deepEqual(idsOf(shelf, query('related', ['vase'])), ['rose']);
      assert.deepEqual(idsOf(shelf, query('related', ['vase'], { excluded: ['rose'] })), []);
      assert.deepEqual(shelf._item(0, 'en-GB'), {
        id: 'rose',
        title: 'Rose',
        link: '/rose',
        price: 4980,
        currency: 'JPY',
        in_stock: true,
      });
      assert.equal(shelf._item(2, 'ja').image, '/vase.png');
      assert.equal(shelf._item(2, 'ja').price, 12.5);
      assert.throws(() => shelf._open(new Uint8Array(64)), /catalog: status/);
      assert.deepEqual(shelf._query(query('recent', ['rose'])), [], 'what was refused is not used');
    });

  test('its memory does not grow after a catalog is open, whatever is asked', async () => {
    const { instance } = await WebAssembly.instantiate(bytes, {});
    const shelf = createShelf(instance.exports);
    shelf._open(compileFeed(shop));
    const size = instance.exports.memory.buffer.byteLength;
    for (let i = 0; i < 5000; i += 1) {
      shelf._query(query(['recent', 'affinity', 'related'][i % 3], ['rose', `花${i}`, 'Vases'], { count: i % 30 }));
      shelf._item(i % 5, 'ja');
      instance.exports.catalog_query(i % 70000);
    }
    assert.equal(instance.exports.memory.buffer.byteLength, size);
  });

  test('Wasm and wasm2js agree on 10,000 items and many tastes', async () => {
    const categories = ['a', 'b', 'c', 'd'].flatMap((x) => ['e', 'f', 'g'].map((y) => `${x} > ${y}`));
    const feed = Array.from({ length: 10_000 }, (_, i) => ({
      id: `sku-${(i * 7919) % 10_000}`,
      title: `Item ${i}`,
      link: `/item/${i}`,
      price: `${i} JPY`,
      category: categories[(i * 31) % categories.length],
      availability: i % 3 ? 'in_stock' : 'out_of_stock',
      related: [`sku-${(i * 13) % 10_000}`, `sku-${(i * 17 + 1) % 10_000}`],
    }));
    const catalog = compileFeed(feed);
    const shelves = await Promise.all([inWasm(), inJs()]);
    shelves.forEach((shelf) => shelf._open(catalog));
    for (let i = 0; i < 60; i += 1) {
      const asked = query(
        ['recent', 'affinity', 'related'][i % 3],
        i % 3 == 1
          ? [
              [categories[i % 12], i / 7],
              ['e', 0.3],
              [`x > ${i}`, 2],
            ]
          : [`sku-${i}`, `sku-${i * 99}`],
        { inStock: i % 2 == 0, count: 1 + (i % 24), excluded: [`sku-${i}`] },
      );
      const [first, second] = shelves.map((shelf) => shelf._query(asked));
      assert.deepEqual(first, second);
      if (i % 3) assert.ok(first.length > 0, `query ${i} finds something`);
    }
  });
});

test('what is made on the device of seen items is a catalog, whatever their ids are', async () => {
  const shelf = await inWasm();
  const item = (id, more) => ({
    id,
    title: `T ${id}`,
    link: `https://shop.example/${id}`,
    image: '',
    price: 1.5,
    currency: 'EUR',
    category: 'x > y',
    inStock: true,
    ...more,
  });
  // Bytes and UTF-16 units sort these two in different orders, and one is a prefix of another.
  const ids = ['\u{1F339}', '\uFF5E', 'a', 'ab', '花', 'A'];
  shelf._open(encodeCatalog(ids.map((id) => item(id))));
  assert.deepEqual(idsOf(shelf, query('recent', ids, { count: 6 })), ids);
  assert.deepEqual(idsOf(shelf, query('affinity', ['y'], { count: 6 })), ids);
  shelf._open(encodeCatalog([item('a', { image: '/a.png', category: '', inStock: false })]));
  assert.deepEqual(shelf._item(0, 'ja'), {
    id: 'a',
    title: 'T a',
    link: 'https://shop.example/a',
    image: '/a.png',
    price: 1.5,
    currency: 'EUR',
    in_stock: false,
  });
  assert.deepEqual(idsOf(shelf, query('recent', ['a'], { inStock: true })), []);
  shelf._open(encodeCatalog([]));
  assert.deepEqual(idsOf(shelf, query('recent', ['a'])), []);
});

describe('what pages say by schema.org', async () => {
  const { productsIn, seenItems, remember } = await shell('recommend/seen');
  const product = (more) => ({
    '@type': 'Product',
    sku: 'a',
    name: 'A',
    offers: { price: '5.00', priceCurrency: 'USD', availability: 'https://schema.org/InStock' },
    ...more,
  });
  const base = 'https://shop.example/item/a';
  const found = (...things) =>
    productsIn(
      things.map((thing) => JSON.stringify(thing)),
      base,
    );
  const a = {
    id: 'a',
    title: 'A',
    link: base,
    image: '',
    price: 5,
    currency: 'USD',
    category: '',
    inStock: true,
  };

  test('a product with an offer is an item, in every form that schema.org allows', () => {
    assert.deepEqual(found(product()), { all: [a], own: ['a'] });
    assert.deepEqual(found([product()]).all, [a]);
    assert.deepEqual(found({ '@graph': [{ '@type': 'WebSite' }, product()] }), { all: [a], own: ['a'] });
    assert.deepEqual(found({ '@type': 'ItemPage', mainEntity: product({ '@type': ['Thing', 'Product'] }) }).own, ['a']);
    assert.deepEqual(found(product({ '@type': 'https://schema.org/Product' })).all, [a]);
    const rich = product({
      sku: undefined,
      productID: 7,
      url: '/x',
      image: [{ '@type': 'ImageObject', url: '/x.png' }],
      category: { name: 'K' },
      offers: [{ lowPrice: 9, priceCurrency: 'USD', availability: 'SoldOut' }],
    });
    assert.deepEqual(found(rich).all, [
      {
        ...a,
        id: '7',
        link: 'https://shop.example/x',
        image: 'https://shop.example/x.png',
        price: 9,
        category: 'K',
        inStock: false,
      },
    ]);
  });

  test('items of a list are seen, but are not what the page is about', () => {
    const list = { '@type': 'ItemList', itemListElement: [{ '@type': 'ListItem', item: product({ sku: 'b' }) }] };
    assert.deepEqual(found(product(), list), { all: [a, { ...a, id: 'b' }], own: ['a'] });
    assert.deepEqual(found(product({ isRelatedTo: product({ sku: 'c' }) })).own, ['a']);
  });

  test('what is broken, incomplete or hostile is left out', () => {
    assert.deepEqual(productsIn(['{', 'null', '3', '[]', '{"@type": 3}'], base).all, []);
    for (const more of [
      { sku: '' },
      { name: '' },
      { name: 'x'.repeat(501) },
      { offers: {} },
      { offers: { price: 'free', priceCurrency: 'USD' } },
      { offers: { price: -1, priceCurrency: 'USD' } },
      { offers: { price: 1, priceCurrency: '<b>' } },
    ])
      assert.deepEqual(found(product(more)).all, [], JSON.stringify(more));
    let deep = product();
    for (let i = 0; i < 100; i += 1) deep = { '@graph': [deep] };
    assert.deepEqual(found(deep).all, []);
  });

  test('at most 64 are kept, the latest first, and a corrupt store is an empty one', () =>
    withStorage((store) => {
      for (let i = 0; i < 80; i += 1) remember([{ ...a, id: `i${i}` }]);
      remember([{ ...a, id: 'i70', price: 6 }]);
      const items = seenItems();
      assert.equal(items.length, 64);
      assert.deepEqual([items[0].id, items[0].price, items[1].id], ['i70', 6, 'i79']);
      assert.equal(items.filter(({ id }) => id === 'i70').length, 1);
      assert.deepEqual([...store.keys()], ['omo.items']);
      for (const text of ['', '{', '{}', 'null', '[null, 3, "x", {}]', '[{"id": "a", "price": "1"}]']) {
        store.set('omo.items', text);
        assert.deepEqual(seenItems(), [], text);
      }
    }));
});

test('a signal gives its values the same weight, pairs their own, and what is unknown nothing', () => {
  assert.deepEqual(weighed(['a', 'b']), [
    ['a', 1],
    ['b', 1],
  ]);
  assert.deepEqual(weighed('a'), [['a', 1]]);
  assert.deepEqual(
    weighed([
      ['a', 2.5],
      ['b', 1],
    ]),
    [
      ['a', 2.5],
      ['b', 1],
    ],
  );
  for (const nothing of [null, undefined, [], '', true, [null], [[3, 1]]]) assert.deepEqual(weighed(nothing), []);
});

describe('omo catalog', () => {
  const run = (...args) => spawnSync(omo, ['catalog', ...args], { encoding: 'utf8' });
  const file = (name, text) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  test('shows the line of a mistake, in the feed and in the related table, and writes nothing', () => {
    const out = join(folder, 'none.omc');
    const { status, stderr } = run(file('bad.csv', 'id,title,link,price\na,花,/a,4980 yen\n'), '-o', out);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /bad\.csv:2:8: error: row 2 \('a'\), price: '4980 yen' is no price.*\na,花,\/a,4980 yen\n {8}\^/,
    );
    const table = file('table.csv', 'item_id,related_id,weight\na,a,-1\n');
    const both = run(file('good.csv', 'id,title,link,price\na,A,/a,1 JPY\n'), '--related', table, '-o', out);
    assert.equal(both.status, 1);
    assert.match(both.stderr, /table\.csv:2:5: error: row 2 \('a'\), weight: '-1' is no weight above 0/);
    assert.throws(() => readFileSync(out));
  });

  test('of a line of megabytes it shows only what is around the mistake', () => {
    const rows = Array.from(
      { length: 20_000 },
      (_, i) => `{"id": "i${i}", "title": "花", "link": "/", "price": "1 JPY"}`,
    );
    const feed = file('long.json', `[${rows.join()},{"id":"x","title":"花","link":"/","price":"one yen"}]`);
    const { status, stderr } = run(feed, '-o', join(folder, 'none.omc'));
    assert.equal(status, 1);
    assert.ok(stderr.length < 600, `${stderr.length} characters`);
    const [, line, caret] = stderr.split('\n');
    // The flower before the caret fills two columns.
    assert.match(line.slice(caret.indexOf('^') - line.slice(0, 80).match(/花/g).length), /^"one yen"/);
  });

  test('answers 2 where a file cannot be read or written', () => {
    assert.equal(run(join(folder, 'no-such-file'), '-o', '-').status, 2);
    assert.equal(run(file('ok.json', '[]'), '-o', join(folder, 'none/out')).status, 2);
    assert.equal(run(file('ok.json', '[]'), '--related', join(folder, 'nope'), '-o', '-').status, 2);
    assert.equal(run(file('ok.json', '[]')).status, 2);
  });
});
