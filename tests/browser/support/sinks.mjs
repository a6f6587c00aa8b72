// SPDX-License-Identifier: Apache-2.0
// A shop in which marketing is one purpose among others, with everything through which facts could leave, and the rows of the
// table "Sinks" of docs/labels.md.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root, startCollector } from './collector.mjs';

export const PURPOSES = ['storage', 'functional', 'measurement', 'personalization', 'marketing', 'sharing'];
export const allBut = (...denied) =>
  Object.fromEntries(PURPOSES.map((purpose) => [purpose, denied.includes(purpose) ? 'denied' : 'granted']));

const banner = (title, more) => ({ v: { creative: { type: 'banner', title, ...more } } });
const playbook = {
  omotenashi: 1,
  site: 'sinks',
  sync: { mode: 'events', segments: true },
  events: { secret: { params: { what: 'string' }, purposes: ['marketing'] } },
  traits: { rank: { type: 'string', purposes: ['marketing'] }, city: { type: 'string', purposes: [] } },
  signals: {
    secrets: { count: 'secret', purposes: ['marketing'] },
    views: { count: 'view_item', purposes: [] },
    seen: { recent: 'view_item', of: 'item_id', within: '7d' },
  },
  scores: { heat: 'double(secrets)', warmth: 'double(views)' },
  segments: { hot: 'secrets >= 1', busy: 'views >= 1', hidden: 'views >= 1' },
  campaigns: {
    ad: { slot: 'hero', audience: 'hot', priority: 9, variants: banner('The ad', { image: '/image/ad.svg' }) },
    plain: { slot: 'hero', audience: 'busy', variants: banner('Plain') },
    deal: { slot: 'side', audience: 'busy', variants: { v: { creative: { type: 'coupon', title: 'Deal' } } } },
    recent: {
      slot: 'list',
      variants: { v: { creative: { type: 'recommendations', title: 'Seen', from: 'recent', signal: 'seen' } } },
    },
  },
  coupons: { open: { campaign: 'deal', kind: 'open', code: 'HANA10' } },
  expose: ['hot', 'busy', 'heat', 'hero', 'view_item'],
};

const product = (id) => ({
  '@type': 'Product',
  sku: id,
  name: `Item ${id}`,
  url: `/item/${id}`,
  offers: { price: '9', priceCurrency: 'EUR' },
});
const page = (
  script,
) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>sinks</title><link rel="icon" href="data:,">
<script type="application/ld+json">${JSON.stringify({ '@type': 'ItemList', itemListElement: [product('a'), product('b')] })}</script>${script}
<omo-slot name="hero"><p>default hero</p></omo-slot><omo-slot name="side"><p>default side</p></omo-slot>
<omo-slot name="list"><p>default list</p></omo-slot></html>`;
const listen = `for (const type of ['event', 'segment', 'decision', 'consent', 'error'])
  omo.on(type, (value) => window.told.push([type, value]));`;

/** Starts the shop: `tag.html` has the script tag, `client.html` a client of the page's own; both are `window.omo`. @param consent of the playbook */
export async function startSinks(consent) {
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build/sinks-'));
  const put = (name, text) => writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'image'));
  put('image/ad.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100"/>');
  put('playbook.json', JSON.stringify({ ...playbook, ...(consent && { consent }) }));
  put('listen.js', `window.omo = window.omotenashi;\n${listen}`);
  put(
    'client.js',
    `import { createClient } from '/dist/omotenashi.mjs';
window.omo = createClient({ playbook: '/playbook.omo', collector: '/', ...window.options });\n${listen}`,
  );
  put(
    'before.js',
    "window.told = []; window.dataLayer ||= []; window.omotenashi = { q: [['identify', { rank: 'gold' }]] };",
  );
  const before = '<script src="/before.js"></script>';
  put(
    'tag.html',
    page(`${before}<script src="/dist/omotenashi.js" data-playbook="/playbook.omo" data-collector="/" defer></script>
<script src="/listen.js" defer></script>`),
  );
  put('client.html', page(`${before}<script type="module" src="/client.js"></script>`));
  const collector = await startCollector({
    site: relative(root, folder),
    playbook: relative(root, join(folder, 'playbook.json')),
  });
  return {
    collector,
    async stop() {
      await collector.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Rows of the table: [sink, what it needs]. */
export const sinkRows = () => {
  const lines = readFileSync(join(root, 'docs/labels.md'), 'utf8').split('\n');
  const from = lines.findIndex((line) => line.startsWith('| sink |'));
  const to = lines.findIndex((line, number) => number > from && !line.startsWith('|'));
  return lines.slice(from + 2, to).map((line) => line.slice(2, -2).split(' | '));
};

/** In localStorage, by the words of the row. */
export const KEPT = {
  snapshot: 'omo.snapshot',
  journals: 'omo.journal.',
  items: 'omo.items',
  clock: 'omo.clock',
  leader: 'omo.leader',
  'sign-out': 'omo.signout',
};
/** Names under which js/src/storage.ts keeps something. */
export const keptNames = () =>
  [...readFileSync(join(root, 'js/src/storage.ts'), 'utf8').matchAll(/^export const [A-Z]+ = '(omo\.[a-z.]+)'/gm)].map(
    ([, name]) => name,
  );

/** Opens the page and states the consent; answers what it asks of the network and says on the console from then on. */
export async function shopPage(page, { collector }, { state = null, on = 'client' } = {}) {
  const seen = { requests: [], said: [] };
  page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    seen.requests.push({
      origin,
      method: request.method(),
      path: pathname,
      body: request.postDataBuffer()?.length ?? 0,
    });
  });
  page.on('console', (message) => message.text().includes('omotenashi') && seen.said.push(message.text()));
  await page.addInitScript(() => {
    const { setItem, getItem, removeItem } = Storage.prototype;
    window.written = [];
    window.texts = [];
    window.read = [];
    window.removed = [];
    Storage.prototype.setItem = function (name, text) {
      window.written.push(name);
      window.texts.push(text);
      return setItem.call(this, name, text);
    };
    Storage.prototype.getItem = function (name) {
      window.read.push(name);
      return getItem.call(this, name);
    };
    Storage.prototype.removeItem = function (name) {
      window.removed.push(name);
      removeItem.call(this, name);
    };
  });
  await page.goto(`${collector.origin}/${on}.html`);
  await page.waitForFunction(() => window.omo);
  await page.evaluate((given) => window.omo.ready.then(() => given && window.omo.consent(given)), state);
  return seen;
}
export const consent = (page, state) => page.evaluate((given) => window.omo.consent(given), state);
/** Facts of every kind. What is refused is given all the same. */
export const live = (page) =>
  page.evaluate(() => {
    window.omo.track('view_item', { items: [{ item_id: 'a' }] });
    window.omo.track('secret', { what: 'x' });
    window.omo.identify({ rank: 'gold', city: 'Kyoto' });
    return window.omo.flush();
  });
export const told = (page, type) =>
  page.evaluate((wanted) => window.told.filter(([name]) => name === wanted).map(([, value]) => value), type);
export const ours = ({ requests }) => requests.filter(({ path }) => path.startsWith('/v1/'));
export const keys = (page) => page.evaluate(() => Object.keys(localStorage).sort());
/** Names under which something was written on this page. */
export const written = (page) => page.evaluate(() => [...new Set(window.written)]);
/**
 * A customer signs out on a page whose engine never comes, and opens it again.
 * @returns names under which the first of the two has written something
 */
export async function signOutUnheard(page, { collector }) {
  const address = `${collector.origin}/client.html`;
  await page.route('**/engine.wasm', () => {});
  await page.goto(address, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.omo);
  await page.evaluate(() => window.omo.reset());
  const names = await written(page);
  await page.unroute('**/engine.wasm');
  await page.goto(address);
  await page.waitForFunction(() => window.omo);
  await page.evaluate(() => window.omo.ready);
  return names;
}
