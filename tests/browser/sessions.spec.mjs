// SPDX-License-Identifier: Apache-2.0
// Sessions over real tabs, campaign tags, page types, paths, and a wipe of storage.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, test } from './support/visitor.mjs';
import { root, startCollector } from './support/collector.mjs';

/** Idle for this long ends a session here, so that the test can wait for it. */
const idleSeconds = 12;
const playbook = {
  omotenashi: 1,
  site: 'sessions',
  session: { idle: `${idleSeconds}s` },
  traits: { orders: { type: 'int' }, rank: { type: 'string' }, birthday: { type: 'date' } },
  signals: {
    sessions: { count: 'session_start' },
    path: { recent: 'page_view', of: 'page_path', keep: 20 },
    types: { recent: 'page_view', of: 'page_type', keep: 20 },
    source: { last: 'session_start', of: 'session_source' },
    medium: { last: 'session_start', of: 'session_medium' },
    purchases: { count: 'purchase', within: '365d', restore: 'orders' },
  },
  segments: {
    second: 'sessions >= 2',
    regular: 'purchases >= 3',
    gold: "rank == 'gold'",
    birthday_soon: 'days_until(birthday) <= 366',
    paid: "context.medium == 'cpc'",
  },
};
const page = (type) => `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  ${type ? `<meta name="omo:page_type" content="${type}" />` : ''}
  <title>A page</title>
  <script type="module" src="/client.js"></script>
  <p style="height: 3000px">A page that can be scrolled.</p>
</html>
`;
const client = `import { createClient } from '/dist/omotenashi.mjs';
window.client = createClient({ playbook: '/playbook.omo', collector: '/' });
`;

let folder;
let collector;
test.beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omo-sessions-'));
  const files = {
    'index.html': page('home'),
    'product.html': page('product'),
    'plain.html': page(''),
    'client.js': client,
    'playbook.json': JSON.stringify(playbook),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const site = relative(root, folder);
  collector = await startCollector({ site, playbook: join(site, 'playbook.json') });
});
test.afterEach(async () => {
  await collector.stop();
  rmSync(folder, { recursive: true });
});

const granted = { storage: 'granted', measurement: 'granted', personalization: 'granted' };

async function open(tab, path) {
  await tab.goto(collector.origin + path);
  await tab.waitForFunction(() => window.client);
  await tab.evaluate(() => window.client.ready);
}
const signals = async (tab) => (await tab.evaluate(() => window.client.export())).signals;
const sessions = async (tab) => (await signals(tab)).sessions;
const flush = (tab) => tab.evaluate(() => window.client.flush());

test('tracking 26: idle in tab A while tab B is active is one session, and idle in both is two', async ({
  page: a,
  context,
}) => {
  await open(a, '/');
  await a.evaluate((state) => window.client.consent(state), granted);
  expect(await sessions(a)).toBe(1);
  const b = await context.newPage();
  await open(b, '/product.html');
  // B is read and scrolled, beyond the idle time of A; no event tells of it.
  const until = Date.now() + (idleSeconds + 3) * 1000;
  while (Date.now() < until) {
    await b.mouse.move(100 + (Date.now() % 100), 200);
    await b.mouse.wheel(0, 60);
    await b.waitForTimeout(500);
  }
  await a.bringToFront();
  await a.evaluate(() => history.pushState({}, '', '/later'));
  await open(b, '/plain.html');
  await expect(async () => {
    expect([await sessions(a), await sessions(b)]).toEqual([1, 1]);
  }).toPass();
  expect((await signals(b)).path.slice().sort()).toEqual(['/', '/later', '/plain.html', '/product.html']);

  // Nobody touches either tab for longer than the idle time.
  await b.waitForTimeout((idleSeconds + 1) * 1000);
  await open(b, '/product.html');
  await expect(async () => {
    expect([await sessions(a), await sessions(b)]).toEqual([2, 2]);
  }).toPass();
  await flush(b);
  // The operator sees two sessions of one visitor, and a path that ends between them.
  await expect(async () => {
    const rows = await collector.stats('sources');
    expect(rows.reduce((sum, row) => sum + row.sessions, 0)).toBe(2);
    expect(rows.every((row) => row.visitors === 1)).toBe(true);
    const pages = await collector.stats('pages');
    expect(pages.reduce((sum, row) => sum + row.entries, 0)).toBe(2);
    expect(pages.reduce((sum, row) => sum + row.exits, 0)).toBe(2);
  }).toPass();
});

test('a click id is told as source and medium only, and page types make the path', async ({ page: tab }) => {
  const bodies = [];
  tab.on('request', (request) => bodies.push(request.url() + (request.postDataBuffer()?.toString('latin1') ?? '')));
  await open(tab, '/?gclid=ClickIdOfThisVisitor');
  await tab.evaluate((state) => window.client.consent(state), granted);
  expect(await tab.evaluate(() => window.client.segments())).toMatchObject({ paid: true });
  expect(await signals(tab)).toMatchObject({ sessions: 1, source: 'google', medium: 'cpc' });
  await open(tab, '/product.html');
  expect(await signals(tab)).toMatchObject({ sessions: 1, types: ['product', 'home'] });
  expect(await tab.evaluate(() => window.client.segments())).toMatchObject({ paid: false });
  // Another campaign begins another session; the same address again does not.
  await open(tab, '/plain.html?utm_source=news&utm_medium=email');
  await open(tab, '/plain.html?utm_source=news&utm_medium=email');
  expect(await signals(tab)).toMatchObject({
    sessions: 2,
    source: 'news',
    medium: 'email',
    types: ['product', 'home'],
  });
  await flush(tab);
  await expect(async () => {
    const sources = (await collector.stats('sources')).map((row) => `${row.source} ${row.medium} ${row.sessions}`);
    expect(sources.sort()).toEqual(['google cpc 1', 'news email 1']);
    const types = await collector.stats('pages?by=page_type');
    const row = (type) => types.find((candidate) => candidate.page_type === type);
    expect(row('product')).toMatchObject({ views: 1, exits: 1, entries: 0 });
    expect(row('home')).toMatchObject({ exits: 0, entries: 1 });
    const steps = await collector.stats('paths?by=page_type');
    expect(steps).toContainEqual({ from: 'home', to: 'product', count: 1, visitors: 1 });
  }).toPass();
  const stored = await tab.evaluate(() => JSON.stringify(localStorage));
  expect(stored).not.toContain('ClickIdOfThisVisitor');
  expect(bodies.filter((body) => body.includes('/v1/') && body.includes('ClickId'))).toEqual([]);
});

test('after storage was wiped, identify brings back the rank, the birthday and what purchases had said', async ({
  page: tab,
}) => {
  const account = { orders: 3, rank: 'gold', birthday: '1990-03-09' };
  await open(tab, '/');
  await tab.evaluate(
    ([state, traits]) => {
      window.client.consent(state);
      window.client.identify(traits);
    },
    [granted, account],
  );
  const before = { regular: true, gold: true, birthday_soon: true };
  expect(await tab.evaluate(() => window.client.segments())).toMatchObject(before);
  await open(tab, '/product.html');
  expect(await tab.evaluate(() => window.client.segments())).toMatchObject(before);
  // The browser deletes everything, and the visitor is back.
  await tab.goto(`${collector.origin}/client.js`);
  await tab.evaluate(() => localStorage.clear());
  await open(tab, '/');
  const gone = { regular: false, gold: false, birthday_soon: false };
  expect(await tab.evaluate(() => window.client.segments())).toMatchObject(gone);
  await tab.evaluate((state) => window.client.consent(state), granted);
  expect(await tab.evaluate(() => window.client.segments())).toMatchObject(gone);
  await tab.evaluate((traits) => window.client.identify(traits), account);
  expect(await tab.evaluate(() => window.client.segments())).toMatchObject(before);
  await open(tab, '/product.html');
  expect(await tab.evaluate(() => window.client.segments())).toMatchObject(before);
  await tab.evaluate(() => window.client.identify(null));
  expect(await tab.evaluate(() => window.client.segments())).toMatchObject(gone);
});
