// SPDX-License-Identifier: Apache-2.0
// The server of the pairs: a shop with its images and catalog, and a collector, that write down every byte they are sent. Several
// tabs at a time have hosts of their own.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ITEMS } from './random.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const omo = process.env.OMO ?? join(root, 'build/native/omo');
const FILES = ['omotenashi.mjs', 'recommend.mjs', 'privacy.mjs', 'engine.wasm', 'catalog.wasm'];
const IMAGE = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100"/>';
const STEP = '/-/step';
/** What a page sends of its own accord, and what may outlive it. */
const OWN = ['POST', 'DELETE'];

const CATEGORIES = ['Flowers > Roses', 'Flowers > Tulips', 'Plants'];
const feed = ITEMS.map((id, i) => ({
  id,
  title: `Item ${id}`,
  link: `/item/${id}`,
  image: `/image/item-${id}.svg`,
  price: `${100 * (i + 1)} JPY`,
  category: CATEGORIES[i % CATEGORIES.length],
  availability: i === 3 ? 'out_of_stock' : 'in_stock',
}));
const related = ITEMS.flatMap((id, i) => [1, 2].map((by) => `${id},${ITEMS[(i + by) % ITEMS.length]},${by}`));

/** The feed as a catalog file. */
function compileCatalog() {
  const folder = mkdtempSync(join(tmpdir(), 'omo-pairs-'));
  try {
    const [rows, pairs, output] = ['feed.json', 'related.csv', 'catalog.omc'].map((name) => join(folder, name));
    writeFileSync(rows, JSON.stringify(feed));
    writeFileSync(pairs, ['item_id,related_id,weight', ...related].join('\n'));
    execFileSync(omo, ['catalog', rows, '--related', pairs, '-o', output], { stdio: 'pipe' });
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a page says of its products by schema.org: an item's page of the item, any other of a list. */
export function describe(path) {
  const products = feed.map(({ id, title, link, image, price, category, availability }) => ({
    '@type': 'Product',
    sku: id,
    name: title,
    url: link,
    image,
    category,
    offers: {
      '@type': 'Offer',
      price: price.split(' ')[0],
      priceCurrency: 'JPY',
      availability: availability === 'in_stock' ? 'InStock' : 'OutOfStock',
    },
  }));
  const own = products.find(({ url }) => url === path);
  const list = { '@type': 'ItemList', itemListElement: products.slice(0, 3).map((item) => ({ item })) };
  return JSON.stringify({ '@context': 'https://schema.org', ...(own ?? list) });
}

const pageAt = (path) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>two visitors</title>
<link rel="icon" href="data:,"><script type="application/ld+json">${describe(path)}</script>
<body><h1>Shop</h1><omo-slot name="slot0" height="100">zero</omo-slot><omo-slot name="slot1">one</omo-slot>
<div data-omo-slot="slot2">two</div><omo-slot name="slot3">three</omo-slot></body></html>`;

/** A chunk that is being loaded is under way, which a page can only tell of what it calls itself. */
const tellImports = (text) => text.replaceAll(/\bimport\((?=["'])/g, 'self.omoFrozen.load(');

/** @param late answers how many ms a request, or an answer, is on its way: the network's chance, which must not matter */
export async function startServer(dist, late) {
  const files = Object.fromEntries(
    FILES.map((name) => {
      const bytes = readFileSync(join(dist, name));
      return [`/dist/${name}`, name.endsWith('.mjs') ? tellImports(bytes.toString()) : bytes];
    }),
  );
  if (!files['/dist/omotenashi.mjs'].includes('omoFrozen.load("./recommend.mjs")'))
    throw new Error('the harness does not see how chunks are loaded');
  const catalog = compileCatalog();
  const lanes = [];
  /** Undefined = there is no such thing. */
  const answer = (lane, pathname) => {
    if (pathname === '/playbook.omo') return [lane.program, 'application/octet-stream'];
    if (pathname === '/catalog.omc') return [catalog, 'application/octet-stream'];
    if (/^\/image\/[\w-]+\.svg$/.test(pathname)) return [IMAGE, 'image/svg+xml'];
    const file = files[pathname];
    if (file) return [file, pathname.endsWith('.wasm') ? 'application/wasm' : 'text/javascript'];
    return pathname === '/' || pathname.startsWith('/item/') ? [pageAt(pathname), 'text/html'] : undefined;
  };
  const server = createServer(async (incoming, outgoing) => {
    const chunks = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk);
    } catch {
      return; // The browser has gone.
    }
    const wait = () => new Promise((resolve) => setTimeout(resolve, late()));
    if (late) await wait();
    const { method, url, rawHeaders } = incoming;
    const lane = lanes[Number(/^\D+(\d+)/.exec(incoming.headers.host)[1])];
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const isStep = pathname === STEP;
    // A step is over when all is here that its page has sent, in whatever order connections bring it.
    if (isStep) await lane.until(Number(searchParams.get('sent')));
    // Firefox ranks an image by whether it has painted it yet, which is chance: two equal visitors differ in it.
    const at = rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'priority');
    const headers = at < 0 ? rawHeaders : rawHeaders.toSpliced(at, 2);
    lane.take(isStep ? undefined : { method, url, headers, body: Buffer.concat(chunks).toString('hex') });
    const always = {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'POST, DELETE',
      // Were a preflight remembered, it would be for some real seconds.
      'access-control-max-age': '0',
      'cache-control': 'no-store',
    };
    if (late) await wait();
    if (method !== 'GET' || isStep) return outgoing.writeHead(204, always).end();
    const found = answer(lane, pathname);
    if (!found) lane.strange.push(`${method} ${url}`);
    const [body, type] = found ?? ['', 'text/plain'];
    outgoing.writeHead(found ? 200 : 404, { ...always, 'content-type': type }).end(body);
  });
  // A connection that is closed for having rested is a request that fails, or comes twice: chance.
  Object.assign(server, { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  return {
    /** For one visitor after the other. */
    addLane() {
      let steps = [[]];
      let own = 0;
      let waiting = [];
      const lane = {
        program: undefined,
        strange: [],
        until: (sent) => new Promise((resolve) => (own >= sent ? resolve() : waiting.push([sent, resolve]))),
        take(request) {
          if (!request) return steps.push([]);
          steps.at(-1).push(JSON.stringify(request));
          if (OWN.includes(request.method)) own++;
          waiting = waiting.filter(([sent, resolve]) => own < sent || resolve());
        },
      };
      const number = lanes.push(lane) - 1;
      return {
        // Names below localhost are this machine's, and secure contexts.
        shop: `http://shop${number}.localhost:${port}`,
        collector: `http://collector${number}.localhost:${port}`,
        /** A visitor comes, for whom this is the playbook. */
        visit(program) {
          Object.assign(lane, { program, strange: [] });
          steps = [[]];
          own = 0;
        },
        /** What came between one step and the next. There it is over several connections, so their order is chance. */
        requests: () => steps.map((step) => step.sort()),
        /** Requests for what a shop does not have. */
        strange: () => lane.strange,
        waits: () => ({ own, waiting: waiting.map(([sent]) => sent) }),
      };
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
