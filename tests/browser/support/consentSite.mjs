// SPDX-License-Identifier: Apache-2.0
// A site with real consent managers, served by the real collector: tests/browser/consent/pages, the managers out of
// node_modules, and what their libraries are built to.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { expect } from './visitor.mjs';
import { root, startCollector } from './collector.mjs';

export const playbook = {
  omotenashi: 1,
  site: 'consent',
  signals: {
    // The segment needs two only; the tests count on.
    roses: { count: 'view_item', where: "item_category == 'rose'", within: '1d', keep: 64, purposes: ['measurement'] },
  },
  segments: { rose_lover: 'roses >= 2' },
  campaigns: {
    roses: {
      slot: 'hero',
      audience: 'rose_lover',
      variants: { plain: { creative: { type: 'banner', title: 'Roses today', href: '/roses' } } },
    },
  },
};

/**
 * Starts it with the `consent` of a playbook, or without.
 * @param keys further ones of the playbook, or others
 * @returns the collector, whose stop() removes everything
 */
export async function startSite(consent, keys = {}) {
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build/consent-'));
  const file = join(folder, 'playbook.json');
  writeFileSync(file, JSON.stringify({ ...playbook, ...keys, ...(consent && { consent }) }));
  await build({
    entryPoints: ['tcf', 'gpp'].map((name) => join(root, `tests/browser/consent/cmp/${name}.mjs`)),
    bundle: true,
    format: 'esm',
    target: 'es2021',
    outdir: join(folder, 'cmp'),
    logLevel: 'error',
  });
  const vendor = (path, prefix) => `${join(root, 'node_modules', path)}=/${prefix}/`;
  const collector = await startCollector({
    site: 'tests/browser/consent/pages',
    playbook: relative(root, file),
    statics: [
      `${join(folder, 'cmp')}=/cmp/`,
      vendor('@iabtechlabtcf/stub/lib', 'tcf-stub'),
      vendor('vanilla-cookieconsent/dist', 'cookieconsent'),
      vendor('klaro/dist', 'klaro'),
      vendor('tarteaucitronjs', 'tarteaucitron'),
    ],
  });
  const { stop } = collector;
  collector.stop = async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return collector;
}

/** Paths of the requests that the pages of a context make to the collector's API and for chunks, from now on. */
export function watchRequests(context) {
  const seen = { api: [], chunks: [] };
  context.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/v1/')) seen.api.push(pathname);
    else if (/^\/dist\/.*\.mjs$/.test(pathname) && pathname !== '/dist/omotenashi.mjs')
      seen.chunks.push(pathname.slice(6));
  });
  return seen;
}

export async function openPage(page, url) {
  await page.goto(url);
  await started(page);
}
export async function started(page) {
  await page.waitForFunction(() => window.client);
  await page.evaluate(() => window.client.ready);
}
/** A page of which a file never comes, or meets something else: `act` is done on it, and then it is left. */
export async function onPageWithout(page, file, act, { argument, address, meet = () => {} }) {
  await page.route(file, meet);
  const met = page.waitForRequest(file);
  await page.goto(address, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.client);
  await met;
  await page.evaluate(act, argument);
  await page.goto(new URL('/client.js', address).href);
  await page.unroute(file);
}
export const stateOf = (page) => page.evaluate(() => window.client.export().consent);
export const grantedOf = async (page) =>
  Object.entries(await stateOf(page))
    .filter(([, word]) => word === 'granted')
    .map(([purpose]) => purpose);
/** Everything of ours in the origin's storage, by name. */
export const storageOf = (page) =>
  page.evaluate(() => Object.fromEntries(Object.entries(localStorage).filter(([name]) => name.startsWith('omo.'))));
export const keysOf = async (page) => Object.keys(await storageOf(page)).sort();
export const recordOf = async (page) => JSON.parse((await storageOf(page))['omo.consent'] ?? 'null');
export const rosesOf = (page) => page.evaluate(() => window.client.export().signals.roses);
export const seeRoses = (page, count = 2) =>
  page.evaluate((times) => {
    for (let i = 0; i < times; i += 1)
      window.client.track('view_item', { items: [{ item_id: `r${i}`, item_category: 'rose' }] });
  }, count);
export const flush = (page) => page.evaluate(() => window.client.flush());
export const shows = (page, isShown) => expect(page.locator('.omo-banner')).toHaveCount(isShown ? 1 : 0);
export const grants = (page, purposes) => expect.poll(() => grantedOf(page)).toEqual(purposes);
export const holdsRecord = (record, source) => {
  expect(
    Object.keys(record)
      .filter((key) => !['first', 'site', 'despite_gpc'].includes(key))
      .sort(),
  ).toEqual([...['check', 'since', 'source', 'state', 'time', 'version']]);
  expect(record.source).toBe(source);
  expect(Math.abs(Date.now() - record.time)).toBeLessThan(120_000);
  for (const word of Object.values(record.state)) expect(['granted', 'denied']).toContain(word);
};

/**
 * A visitor grants, revokes, grants again and revokes once more, in the manager's own window, with a second tab open.
 * @param granted purposes that a grant means
 * @param source that the record names
 * @param grant, revoke what the visitor does; afterwards the page may have been loaded anew
 */
export async function traceGrants({ page, context, collector, url, granted, source, grant, revoke }) {
  const requests = watchRequests(context);
  const errors = [];
  context.on('weberror', (error) => errors.push(error.error().message));
  await openPage(page, url);

  // Nothing was decided: nothing is kept or sent, whatever the visitor does.
  await seeRoses(page);
  expect(await grantedOf(page)).toEqual([]);
  expect([await keysOf(page), requests.api]).toEqual([[], []]);

  // Granted: kept, sent and shown.
  await grant(page);
  await grants(page, granted);
  holdsRecord(await recordOf(page), source);
  await seeRoses(page);
  await shows(page, true);
  await flush(page);
  expect(requests.api).toContain('/v1/events');
  await expect.poll(async () => (await keysOf(page)).length).toBeGreaterThan(1);

  // Another tab rests on it, and goes with it.
  const other = await context.newPage();
  await openPage(other, url);
  await grants(other, granted);
  await expect.poll(() => rosesOf(other)).toBe(2);
  await revoke(page);
  // Polled, and then held to the second that the claim gives.
  await expect.poll(() => grantedOf(other), { timeout: 1000, intervals: [50] }).toEqual([]);
  await grants(page, []);
  await shows(other, false);
  await shows(page, false);
  holdsRecord(await recordOf(page), source);
  const sent = requests.api.length;
  collector.stored();
  for (const each of [other, page]) {
    await seeRoses(each);
    await flush(each);
  }
  expect(await keysOf(page)).toEqual(['omo.consent']);
  await other.close();
  expect(requests.api.length).toBe(sent);
  // What a page leaves to its browser as it goes is no request that can be watched: the collector says what came.
  expect(collector.stored()).toEqual([]);

  // Granted again: nothing comes back, and all works anew.
  await grant(page);
  await grants(page, granted);
  expect(await rosesOf(page)).toBe(0);
  await shows(page, false);
  await seeRoses(page);
  await shows(page, true);
  await flush(page);
  expect(requests.api.length).toBeGreaterThan(sent);

  // Revoked, and the page is loaded anew.
  await revoke(page);
  await grants(page, []);
  const after = requests.api.length;
  collector.stored();
  await page.reload();
  await started(page);
  await seeRoses(page);
  await flush(page);
  expect(await grantedOf(page)).toEqual([]);
  await shows(page, false);
  expect(await keysOf(page)).toEqual(['omo.consent']);
  expect(requests.api.length).toBe(after);
  expect(collector.stored()).toEqual([]);
  expect(errors).toEqual([]);
  return requests;
}
