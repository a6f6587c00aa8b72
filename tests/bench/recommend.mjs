// SPDX-License-Identifier: Apache-2.0
// Recommendations out of a catalog of 10,000 items: bytes of the file, microseconds to open it and to ask, each beside the
// same in plain JavaScript over the parsed feed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { root, shell } from '../js/lib/bundle.mjs';

const COUNT = 10_000;
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** A feed as a shop of that size has it: words, paths and prices of few kinds in many combinations. */
function feedOf() {
  let state = 20261122;
  const below = (n) => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) % n;
  const pick = (words) => words[below(words.length)];
  const colours = ['Red', 'White', 'Pink', 'Violet', 'Yellow', 'Orange', 'Blue', 'Green'];
  const kinds = ['Roses', 'Tulips', 'Peonies', 'Lilies', 'Ranunculus', 'Carnations', 'Orchids', 'Cyclamen'];
  const forms = ['Bouquets', 'Arrangements', 'Plants', 'Dried', 'Baskets'];
  return Array.from({ length: COUNT }, (_, i) => {
    const [colour, kind, form] = [pick(colours), pick(kinds), pick(forms)];
    const id = `SKU-${100_000 + i}`;
    return {
      id,
      title: `${colour} ${kind.toLowerCase()}, ${form.toLowerCase()} no. ${below(999)}`,
      link: `https://shop.example/item/${id.toLowerCase()}`,
      image_link: `https://cdn.shop.example/images/${id.toLowerCase()}.webp`,
      price: `${900 + 10 * below(2000)} JPY`,
      availability: below(10) ? 'in_stock' : 'out_of_stock',
      product_type: `Flowers > ${form} > ${kind}`,
      related: Array.from({ length: 8 }, () => `SKU-${100_000 + below(COUNT)}`).filter((other) => other !== id),
    };
  });
}

/** The affinity query in plain JavaScript, paths split beforehand. */
function plainAffinity(feed) {
  const items = feed.map(({ id, availability, product_type: path }) => ({
    id,
    has: availability === 'in_stock',
    path: path.split(' > '),
  }));
  return (tastes, count) =>
    items
      .filter(({ has }) => has)
      .map((item) => [item, tastes.reduce((sum, [taste, weight]) => sum + (item.path.includes(taste) ? weight : 0), 0)])
      .filter(([, score]) => score > 0)
      .sort((a, b) => b[1] - a[1])
      .slice(0, count)
      .map(([{ id }]) => id);
}

export async function recommendations(report) {
  const { createShelf } = await shell('recommend/catalog');
  const feed = feedOf();
  const folder = mkdtempSync(join(tmpdir(), 'omo-bench-'));
  let catalog;
  try {
    writeFileSync(join(folder, 'feed.json'), JSON.stringify(feed));
    execFileSync(join(root, 'build/native/omo'), [
      ...['catalog', join(folder, 'feed.json'), '-o', join(folder, 'catalog.omc')],
    ]);
    catalog = readFileSync(join(folder, 'catalog.omc'));
  } finally {
    rmSync(folder, { recursive: true });
  }
  const compressed = (bytes) =>
    brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }).length;
  const [ours, theirs] = [compressed(catalog), compressed(Buffer.from(JSON.stringify(feed)))];
  const number = (value) => Math.round(value).toLocaleString('en');
  report(
    'catalog of 10,000 items, with 8 related each',
    `${number(ours)} bytes of brotli`,
    `${(ours / theirs).toFixed(2)} × the feed's JSON`,
    `${number(catalog.length)} raw, ${(catalog.length / COUNT).toFixed(0)} an item; none of them in the head bundle`,
  );
  const { instance } = await WebAssembly.instantiate(readFileSync(join(root, 'dist/catalog.wasm')));
  const shelf = createShelf(instance.exports);
  const timed = (run, count) => {
    const rounds = Array.from({ length: 15 }, () => {
      const from = process.hrtime.bigint();
      for (let i = 0; i < count; i += 1) run(i);
      return Number(process.hrtime.bigint() - from) / 1000 / count;
    });
    return median(rounds);
  };
  report(
    'opening it, every index checked',
    `${number(timed(() => shelf._open(catalog), 3))} µs`,
    '–',
    'median of 15 rounds',
  );
  const tastes = [
    ['Roses', 3],
    ['Bouquets', 2],
    ['Lilies', 1],
    ['Plants', 0.5],
  ];
  const queries = {
    recent: { kind: 1, values: feed.slice(0, 12).map(({ id }) => [id, 1]) },
    affinity: { kind: 2, values: tastes },
    related: { kind: 3, values: feed.slice(0, 12).map(({ id }) => [id, 1]) },
  };
  const plain = plainAffinity(feed);
  const same = shelf._query({ ...queries.affinity, excluded: [], inStock: true, count: 8 });
  const expected = plain(tastes, 8);
  if (same.map((row) => feed[row].id).join() !== expected.join())
    throw new Error('affinity differs from plain JavaScript');
  const javascript = timed(() => plain(tastes, 8), 3);
  for (const [name, query] of Object.entries(queries)) {
    const asked = { ...query, excluded: [feed[5].id], inStock: true, count: 8 };
    const cost = timed(() => shelf._query(asked), 20);
    report(
      `${name}: 8 of 10,000 items, in stock`,
      `${number(cost)} µs`,
      name === 'affinity' ? `${(cost / javascript).toFixed(2)} × plain JavaScript` : '–',
      `${asked.values.length} values, one item left out`,
    );
  }
}
