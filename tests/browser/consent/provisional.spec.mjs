// SPDX-License-Identifier: Apache-2.0
// What an earlier visit granted is provisional until the consent manager confirms it; and consent managers that misbehave.
import { sealed } from '../../lib/record.mjs';
import {
  flush,
  grantedOf,
  grants,
  keysOf,
  openPage,
  recordOf,
  rosesOf,
  seeRoses,
  shows,
  started,
  startSite,
  storageOf,
  watchRequests,
} from '../support/consentSite.mjs';
import { accepted, installManager, listened, say, willSay } from '../support/tcfManager.mjs';
import { expect, test } from '../support/visitor.mjs';

let site;
let url;
// Its wait is never over in a test.
let patient;
test.beforeAll(async () => {
  [site, patient] = await Promise.all([
    startSite({ sources: ['tcf'], wait: '1s' }),
    startSite({ sources: ['tcf'], wait: '60s' }),
  ]);
  url = `${site.origin}/bare.html`;
});
test.afterAll(() => Promise.all([site.stop(), patient.stop()]));

/** A visitor who has consented and has seen roses; the page is left again. */
async function visit(page, address = url) {
  await installManager(page);
  await openPage(page, address);
  await say(page, 'accept');
  await grants(page, accepted);
  await seeRoses(page);
  await flush(page);
  await expect.poll(() => keysOf(page)).toContain('omo.snapshot');
}

/** Leaves for a page without the runtime. What is sent while the page goes is not watched any more. */
async function leave(page, context, { origin }) {
  const left = page.waitForRequest('**/v1/events', { timeout: 3000 }).catch(() => null);
  await page.goto(`${origin}/client.js`);
  await left;
  return watchRequests(context);
}

test('until the consent manager has confirmed it, what was kept shows, and nothing is written or sent', async ({
  page,
  context,
}) => {
  const address = `${patient.origin}/bare.html`;
  await visit(page, address);
  await willSay(page, null);
  const requests = await leave(page, context, patient);
  const stored = await storageOf(page);
  await page.goto(address);
  await started(page);
  await shows(page, true);
  await seeRoses(page, 1);
  await flush(page);
  expect(await rosesOf(page)).toBe(3);
  expect(await storageOf(page)).toEqual(stored);
  expect(requests.api).toEqual([]);
  await say(page, 'accept', 'tcloaded');
  await expect.poll(async () => JSON.stringify(await storageOf(page)) !== JSON.stringify(stored)).toBe(true);
  // What happened meanwhile is kept and sent now.
  await flush(page);
  expect(requests.api).toContain('/v1/events');
  await page.reload();
  await started(page);
  expect(await rosesOf(page)).toBe(3);
  const record = await recordOf(page);
  expect([record.source, record.time]).toEqual(['tcf', JSON.parse(stored['omo.consent']).time]);
});

test('a refusal restores the defaults and deletes', async ({ page, context }) => {
  await visit(page);
  await willSay(page, 'reject');
  const requests = await leave(page, context, site);
  await page.goto(url);
  await started(page);
  await grants(page, []);
  await shows(page, false);
  await expect(page.locator('#default')).toBeVisible();
  expect(await keysOf(page)).toEqual(['omo.consent']);
  expect((await recordOf(page)).state.storage).toBe('denied');
  await flush(page);
  expect(requests.api).toEqual([]);
});

test('privacy 2: a consent manager that never answers is a refusal once the wait is over, and a late grant applies', async ({
  page,
  context,
}) => {
  await visit(page);
  await willSay(page, null);
  const requests = await leave(page, context, site);
  await page.goto(url);
  await started(page);
  await grants(page, []);
  await shows(page, false);
  await expect.poll(() => keysOf(page)).toEqual(['omo.consent']);
  await seeRoses(page);
  await flush(page);
  expect([requests.api, await keysOf(page)]).toEqual([[], ['omo.consent']]);
  // Nobody has decided: the record stands, and may be confirmed.
  expect((await recordOf(page)).state.storage).toBe('granted');
  await say(page, 'accept', 'tcloaded');
  await grants(page, accepted);
  expect(await rosesOf(page)).toBe(0);
  await seeRoses(page);
  await shows(page, true);
  await expect.poll(() => keysOf(page)).toContain('omo.snapshot');
});

test('a page without any consent manager, and one whose stub waits for ever, are refusals; one that comes late is found', async ({
  page,
}) => {
  await openPage(page, url);
  await page.evaluate(() => window.client.consent({ storage: 'granted' }));
  await expect.poll(() => page.evaluate(() => window.client.gpc())).toBe(null);
  await grants(page, []);
  expect(await page.evaluate(() => window.errors)).toEqual([]);
  await page.goto(`${site.origin}/tcf.html?never`);
  await started(page);
  await grants(page, []);
  await expect.poll(() => page.evaluate(() => window.__tcfapi().length), 'the stub has the call').toBe(1);
  await page.goto(url);
  await started(page);
  await page.waitForTimeout(1500);
  await page.evaluate(() => {
    window.__tcfapi = (command, version, callback) =>
      callback({ eventStatus: 'tcloaded', tcString: '', purpose: { consents: { 1: true } } }, true);
  });
  await grants(page, ['storage']);
});

test('bad input: a consent manager that throws, fails, repeats itself or speaks nonsense never grants, and one message says so', async ({
  page,
}) => {
  const exceptions = [];
  page.on('pageerror', (error) => exceptions.push(error.message));
  const all = { eventStatus: 'tcloaded', purpose: { consents: { 1: true, 8: true } } };
  for (const [what, message, script] of [
    ['throws', /^tcf: broken$/, () => (window.__tcfapi = () => { throw new Error('broken'); })], // prettier-ignore
    ['has no success', /^tcf: no TC data$/, (data) => (window.__tcfapi = (c, v, answer) => answer(data, false))],
    ['has no data', /^tcf: no TC data$/, () => (window.__tcfapi = (c, v, answer) => answer(null, true))],
    [
      'has a malformed string',
      /^tcf: malformed TC string$/,
      (data) => (window.__tcfapi = (c, v, answer) => answer({ ...data, tcString: 'granted' }, true)),
    ],
    [
      'repeats itself',
      /^tcf: no TC data$/,
      (data) =>
        (window.__tcfapi = (c, v, answer) => {
          answer(null, false);
          answer(undefined, false);
          void data;
        }),
    ],
    [
      'has hostile data',
      /^tcf: hostile$/,
      () =>
        (window.__tcfapi = (c, v, answer) =>
          answer(
            new Proxy(
              {},
              {
                get() {
                  throw new Error('hostile');
                },
              },
            ),
            true,
          )),
    ],
  ]) {
    const tab = await page.context().newPage();
    await tab.addInitScript(script, all);
    await openPage(tab, url);
    await expect.poll(() => tab.evaluate(() => window.errors), what).toHaveLength(1);
    expect((await tab.evaluate(() => window.errors))[0], what).toMatch(message);
    expect(await grantedOf(tab), what).toEqual([]);
    await tab.close();
  }
  expect(exceptions).toEqual([]);
});

test('bad input: a consent manager that speaks while the page unloads throws nothing, and what it says is known on the next', async ({
  page,
}) => {
  const exceptions = [];
  page.on('pageerror', (error) => exceptions.push(error.message));
  await visit(page);
  await page.evaluate(() => addEventListener('pagehide', () => window.say('reject')));
  await willSay(page, 'reject');
  await page.goto(`${site.origin}/client.js`);
  expect(await keysOf(page)).toEqual(['omo.consent']);
  await page.goto(url);
  await started(page);
  await grants(page, []);
  expect(exceptions).toEqual([]);
});

test('bad input, privacy 40: a record made by hand to say granted, its check with it, is provisional too: refused, and gone', async ({
  page,
  context,
}) => {
  const requests = watchRequests(context);
  await installManager(page);
  await page.goto(`${site.origin}/client.js`);
  const state = { storage: 'granted', measurement: 'granted', sharing: 'granted', constructor: 'granted' };
  const made = sealed({ time: Date.now(), state, site: { storage: 'granted' }, despite_gpc: 7 });
  await page.evaluate((record) => {
    localStorage.setItem('omo.consent', record);
    localStorage.setItem('omo.snapshot', 'bm90IGEgc25hcHNob3Q=');
  }, made);
  await page.goto(url);
  await started(page);
  await seeRoses(page);
  await flush(page);
  expect(requests.api).toEqual([]);
  await say(page, 'reject', 'tcloaded');
  await grants(page, []);
  expect(await keysOf(page)).toEqual(['omo.consent']);
  expect(await page.evaluate(() => window.errors)).toEqual(['snapshot: status 4']);
});

test('consent that flaps ten times a second: the last word wins, and writes are bounded', async ({ page }) => {
  await installManager(page);
  await openPage(page, url);
  await listened(page);
  const writes = await page.evaluate(async () => {
    let count = 0;
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = function (...values) {
      if (values[0].startsWith('omo.')) count += 1;
      return setItem.apply(this, values);
    };
    for (let i = 0; i < 30; i += 1) {
      window.say(i % 2 ? 'reject' : 'accept');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    window.say('accept');
    return count;
  });
  await grants(page, accepted);
  // Three seconds: three or four grants and as many refusals, each with the record, the snapshot and a journal or two.
  expect(writes).toBeLessThan(60);
  await page.evaluate(() => window.say('reject'));
  await grants(page, []);
  expect(await keysOf(page)).toEqual(['omo.consent']);
});

test('a tab whose consent manager is silent deletes nothing of a tab whose manager has confirmed', async ({
  page,
  context,
}) => {
  await visit(page);
  const other = await context.newPage();
  await installManager(other);
  await openPage(other, url);
  await shows(other, true);
  await grants(other, []);
  await shows(other, false);
  expect(await keysOf(page)).toContain('omo.snapshot');
  await shows(page, true);
  await seeRoses(page, 1);
  await flush(page);
  expect(await rosesOf(page)).toBe(3);
  // A refusal there is one everywhere, within the second.
  await say(other, 'reject');
  await expect.poll(() => grantedOf(page), { timeout: 1000, intervals: [50] }).toEqual([]);
  await expect.poll(() => keysOf(page)).toEqual(['omo.consent']);
});

test('without the chunk that asks the consent manager nothing is granted, and one message says so', async ({
  page,
}) => {
  await page.route('**/dist/consent.mjs', (route) => route.abort());
  await installManager(page);
  await openPage(page, url);
  await page.evaluate(() => window.client.consent({ storage: 'granted', measurement: 'granted' }));
  await expect.poll(() => page.evaluate(() => window.errors)).toHaveLength(1);
  expect(await grantedOf(page)).toEqual([]);
  await seeRoses(page);
  expect(await keysOf(page)).toEqual(['omo.consent']);
});
