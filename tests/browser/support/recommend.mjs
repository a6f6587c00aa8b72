// SPDX-License-Identifier: Apache-2.0
// A small shop with recommendations, served by the real collector: its pages, playbook and catalog are made for a test.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root, startCollector } from './collector.mjs';

const omo = process.env.OMO ?? join(root, 'build/native/omo');
const PIXEL =
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="50"><rect width="40" height="50" fill="#c68"/></svg>';

export const signals = {
  seen: { recent: 'view_item', of: 'item_id', within: '7d' },
  bought: { recent: 'purchase', of: 'item_id', within: '7d' },
  kinds: { recent: 'view_item', of: 'item_category', within: '7d' },
};

/** A campaign of recommendations for the slot that is called so. */
export const list = (slot, creative) => ({
  slot,
  variants: { list: { creative: { type: 'recommendations', title: slot, ...creative } } },
});

export const product = (id, more = {}) => ({
  id,
  title: `Item ${id}`,
  link: `/shop/item-${id}.html`,
  image: '/shop/pixel.svg',
  price: '4980 JPY',
  category: 'Flowers > Roses',
  ...more,
});

const page = (body, tag, head = '') => `<!doctype html><html lang="ja"><meta charset="utf-8"><title>shop</title>
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><script src="/shop/stub.js"></script>
<script src="/dist/omotenashi.js" data-playbook="/playbook.omo" data-collector="/" ${tag} defer></script>${head}<body>${body}</html>`;

/**
 * @param playbook its keys beside the head
 * @param products rows of the feed; none = no catalog file
 * @param slots names of the slots of every page
 * @param tag further attributes of the script tag
 * @param linked schema.org data of each item's page: null = none
 */
export async function startShop({ playbook, products = [], related = '', slots = [], linked = () => null, tag = '' }) {
  const all = join(root, 'build/recommend-tests');
  mkdirSync(all, { recursive: true });
  const folder = mkdtempSync(join(all, 'shop-'));
  const put = (name, text) => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const hosts = slots.map((slot) => `<omo-slot name="${slot}"><p>default ${slot}</p></omo-slot>`).join('\n');
  const site = join(folder, 'site');
  put('site/stub.js', 'window.omotenashi = { q: [] };');
  put('site/pixel.svg', PIXEL);
  put('site/index.html', page(hosts, tag));
  for (const one of products) {
    const data = linked(one);
    const head = data ? `<script type="application/ld+json">${JSON.stringify(data)}</script>` : '';
    put(`site/item-${one.id}.html`, page(hosts, tag, head));
  }
  put('playbook.json', JSON.stringify({ omotenashi: 1, site: 'shop', ...playbook }));
  const catalog = (rows) => {
    const options = related ? ['--related', put('related.csv', related)] : [];
    execFileSync(
      omo,
      ['catalog', put('feed.json', JSON.stringify(rows)), ...options, '-o', join(site, 'catalog.omc')],
      {
        stdio: 'pipe',
      },
    );
  };
  if (playbook.catalog || tag) catalog(products);
  const collector = await startCollector({
    statics: [`${site}=/shop/`],
    playbook: relative(root, join(folder, 'playbook.json')),
  });
  return {
    collector,
    home: `${collector.origin}/shop/index.html`,
    item: (id) => `${collector.origin}/shop/item-${id}.html`,
    /** Replaces the catalog on the server. */
    catalog,
    async stop() {
      await collector.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
