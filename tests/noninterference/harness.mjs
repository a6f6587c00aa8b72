// SPDX-License-Identifier: Apache-2.0
// Two visitors who differ only in facts of denied purposes, in a real browser, against a server that records every byte it is
// sent: what differs between them is a leak.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createRandom, randomLives, randomPlaybook, withLeak } from './random.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const omo = process.env.OMO ?? join(root, 'build/native/omo');
const frozen = join(root, 'tests/noninterference/frozen.js');
/** Then a new one: a tab's memory grows. */
const PAIRS_PER_TAB = 50;
const START = Date.UTC(2026, 2, 2);

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>two visitors</title><link rel="icon" href="data:,">
<body><h1>Shop</h1><omo-slot name="slot0" height="100">zero</omo-slot><omo-slot name="slot1">one</omo-slot>
<div data-omo-slot="slot2">two</div></body></html>`;
const image = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100"/>';

/** Starts the server: the shop, its images, the collector. `visit(program)` begins to record; `take()` answers what came. */
async function startServer(dist) {
  const files = Object.fromEntries(
    ['omotenashi.mjs', 'engine.wasm', 'recommend.mjs'].map((name) => [name, readFileSync(join(dist, name))]),
  );
  let requests = [];
  let program;
  const answer = (url) => {
    const { pathname } = new URL(url, 'http://localhost');
    if (pathname === '/playbook.omo') return [program, 'application/octet-stream'];
    if (pathname.startsWith('/image/')) return [image, 'image/svg+xml'];
    const file = pathname.startsWith('/dist/') && files[pathname.slice(6)];
    if (file) return [file, pathname.endsWith('.wasm') ? 'application/wasm' : 'text/javascript'];
    return [page, 'text/html'];
  };
  const server = createServer(async (incoming, outgoing) => {
    const chunks = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk);
    } catch {
      return; // The browser has gone.
    }
    const { method, url, rawHeaders } = incoming;
    // Firefox ranks an image by whether it has painted it yet, which is chance: two equal visitors differ in it.
    const at = rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'priority');
    const headers = at < 0 ? rawHeaders : rawHeaders.toSpliced(at, 2);
    requests.push({ method, url, headers, body: Buffer.concat(chunks).toString('hex') });
    const always = { 'access-control-allow-origin': '*', 'cache-control': 'no-store' };
    if (method !== 'GET' || url === '/-/step') return outgoing.writeHead(204, always).end();
    const [body, type] = answer(url);
    outgoing.writeHead(200, { ...always, 'content-type': type }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  return {
    // Names below localhost are this machine's, and secure contexts.
    shop: `http://shop.localhost:${port}`,
    collector: `http://collector.localhost:${port}`,
    visit(bytes) {
      requests = [];
      program = bytes;
    },
    take: () => requests,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Requests between two steps reach a server over several connections: among themselves their order is chance. */
function inSteps(requests) {
  const steps = [[]];
  for (const request of requests)
    if (request.url === '/-/step') steps.push([]);
    else steps.at(-1).push(JSON.stringify(request));
  return steps.map((step) => step.sort());
}

/**
 * A tab for one visitor after the other: what a visitor has stored is removed before the next one comes, and nothing is cached.
 * `live(program, life, names)` answers what a visitor leaves behind.
 */
async function openTab(browser, server, options) {
  const context = await browser.newContext(options);
  await context.addInitScript({ path: frozen });
  const tab = await context.newPage();
  let elsewhere = [];
  tab.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && origin !== server.shop && origin !== server.collector) elsewhere.push(request.url());
  });
  const open = (at) => tab.goto(`${server.shop}/?at=${at}`, { waitUntil: 'load' });
  await open(START);
  return {
    close: () => context.close(),
    async live(program, life, names) {
      await tab.evaluate(() => window.omoFrozen.clear());
      server.visit(program);
      elsewhere = [];
      const settings = { dist: '/dist/', collector: server.collector, names };
      const views = [];
      let at = START;
      for (const { gap, state, steps } of life) {
        at += gap;
        await open(at);
        const { looks, end } = await tab.evaluate(
          ([...values]) => window.omoFrozen.run(...values),
          [settings, state, steps],
        );
        views.push(looks);
        at = end;
      }
      // Leaving the last page stores and sends too.
      await open(at + 1000);
      const left = await tab.evaluate(() => window.omoFrozen.stored());
      if (elsewhere.length) throw new Error(`a request went elsewhere: ${elsewhere[0]}`);
      return { views, left, requests: inSteps(server.take()) };
    },
  };
}

/** The first place where two values differ, as "path: one | other"; undefined = nowhere. */
export function difference(one, other, path = '') {
  if (Object.is(one, other)) return undefined;
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) {
    const texts = [one, other].map((value) => JSON.stringify(value) ?? 'undefined');
    // Long texts: from a little before the place where they part.
    let at = 0;
    while (at < texts[0].length && texts[0][at] === texts[1][at]) at++;
    const [a, b] = texts.map((text) => (at > 60 ? '…' : '') + text.slice(at > 60 ? at - 40 : 0, at + 200));
    return `${path}: ${a} | ${b}`;
  }
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const found = difference(one[key], other[key], `${path}.${key}`);
    if (found) return found;
  }
  return undefined;
}

/**
 * Runs pairs of visitors in a browser of Playwright. Pair `i` depends on `seed + i` alone.
 * @param control both visitors do the same: the harness itself must make no difference
 * @param plant the program has lost one label, so that there is a leak to be found
 * @param told is called after each pair: {seed, found, denied}; found = where they differ, undefined = nowhere
 */
export async function runPairs(
  browser,
  { seed, pairs, dist = join(root, 'dist'), plant = false, control = false, options = {}, told = () => {} },
) {
  const server = await startServer(dist);
  const folder = mkdtempSync(join(tmpdir(), 'omo-pairs-'));
  let tab = await openTab(browser, server, options);
  const totals = { pairs: 0, differing: [], unstable: [], secrets: 0, requests: 0, batches: 0, images: 0, shown: 0 };
  try {
    for (let i = 0; i < pairs; i++) {
      const random = createRandom(seed + i);
      if (i % PAIRS_PER_TAB === PAIRS_PER_TAB - 1) {
        await tab.close();
        tab = await openTab(browser, server, options);
      }
      const made = randomPlaybook(random);
      const lives = randomLives(random, made);
      const source = plant ? withLeak(random, made) : made.playbook;
      const input = join(folder, 'playbook.json');
      const output = join(folder, 'playbook.omo');
      writeFileSync(input, JSON.stringify(source));
      await promisify(execFile)(omo, ['compile', input, '-o', output]).catch((error) => {
        throw new Error(
          `seed ${seed + i}: the playbook does not compile:\n${error.stderr.match(/^.*: error: .*$/gm)?.join('\n') ?? error}\n${JSON.stringify(source)}`,
        );
      });
      const program = readFileSync(output);
      const names = {
        slots: ['slot0', 'slot1', 'slot2'],
        all: ['traits', 'context', 'signals', 'segments', 'campaigns'].flatMap((part) => Object.keys(source[part])),
      };
      const both = async () => {
        const results = [];
        for (const life of control ? [lives[0], lives[0]] : lives) results.push(await tab.live(program, life, names));
        return { results, found: difference(results[0], results[1]) };
      };
      // Time and chance are frozen, so a leak comes again. What does not is the browser's own: an image that was taken away
      // while its request was being made, say.
      const first = await both();
      const { results, found } = first.found ? await both() : first;
      if (first.found && !found) totals.unstable.push({ seed: seed + i, found: first.found });
      totals.pairs++;
      if (found) totals.differing.push({ seed: seed + i, found });
      const requests = results[0].requests.flat();
      totals.secrets += lives
        .flat()
        .flatMap(({ steps }) => steps)
        .filter(([, , secret]) => secret).length;
      totals.requests += requests.length;
      totals.batches += requests.filter((request) => request.includes('"POST"')).length;
      totals.images += requests.filter((request) => request.includes('/image/')).length;
      totals.shown += results[0].views.flat().filter(({ seen }) => seen.decisions.some(Boolean)).length;
      told({ seed: seed + i, found, denied: made.denied });
    }
  } finally {
    await tab.close();
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return totals;
}
