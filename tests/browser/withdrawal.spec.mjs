// SPDX-License-Identifier: Apache-2.0
// What was withdrawn, or never confirmed, is nowhere: not in storage, not in what comes back to it, not in what is measured.
import { allBut, consent, keys, live, shopPage, startSinks, written } from './support/sinks.mjs';
import { createRandom } from '../noninterference/random.mjs';
import { installManager, say } from './support/tcfManager.mjs';
import { expect, test } from './support/visitor.mjs';

let shop;
// Its consent manager is waited for longer than any test lasts.
let patient;
test.beforeAll(async () => {
  [shop, patient] = await Promise.all([startSinks(), startSinks({ sources: ['tcf'], wait: '60s' })]);
});
test.afterAll(() => Promise.all([shop.stop(), patient.stop()]));

const stateOf = (page) => page.evaluate(() => window.omo.export().consent);
const secrets = (page) => page.evaluate(() => window.omo.export().signals.secrets);
/** Is there a word in these texts of storage? They are base64, in runs. */
const holds = (page, word, texts) =>
  page.evaluate(
    ([wanted, given]) =>
      (given === 'stored' ? Object.values(localStorage) : window.texts).some((text) =>
        text.split(/[.?]/).some((run) => {
          try {
            return atob(run).includes(wanted);
          } catch {
            return run.includes(wanted);
          }
        }),
      ),
    [word, texts],
  );
const accept = async (page) => {
  await say(page, 'accept', 'tcloaded');
  await expect.poll(async () => (await stateOf(page)).marketing).toBe('granted');
};
/** An earlier visit has granted; the consent manager of this one is silent. */
async function comeBack(page) {
  await installManager(page);
  await shopPage(page, patient);
  await accept(page);
  await expect.poll(() => keys(page)).toContain('omo.consent');
  await page.reload();
  await page.waitForFunction(() => window.omo);
  await page.evaluate(() => window.omo.ready);
  expect((await stateOf(page)).marketing).toBe('granted');
}

test("privacy 2: while a consent manager is waited for, what the site's code grants by default counts for nothing", async ({
  page,
}) => {
  await installManager(page);
  await page.addInitScript((granted) => {
    window.options = { consent: granted };
    window.dataLayer = [['consent', 'default', { analytics_storage: 'granted', ad_storage: 'granted' }]];
  }, allBut());
  await shopPage(page, patient);
  await live(page);
  expect(new Set(Object.values(await stateOf(page)))).toEqual(new Set(['denied']));
  expect(await keys(page)).toEqual([]);
  await accept(page);
});

test('privacy 8: no call of the site overrules Global Privacy Control by itself', async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
  await shopPage(page, shop, { state: allBut() });
  expect(await stateOf(page)).toEqual(allBut('marketing', 'sharing'));
  expect(await page.evaluate(() => window.omo.gpc())).toBe('honoured');
  await page.evaluate((state) => window.omo.consent(state, '', 'despite_gpc'), allBut());
  expect(await stateOf(page)).toEqual(allBut());
  expect(await page.evaluate(() => window.omo.gpc())).toBe('overruled');
});

test('privacy 16: what a page held while it waited is not written once a purpose of it is refused', async ({
  page,
}) => {
  await comeBack(page);
  await page.evaluate(() => window.omo.track('secret', { what: 'held-word' }));
  expect(await secrets(page)).toBe(1);
  await consent(page, { marketing: 'denied' });
  await say(page, 'accept', 'tcloaded');
  // A tab that leads merges its journal at once: what was written tells, and not what stands there still.
  await expect.poll(async () => (await written(page)).some((name) => /journal|snapshot/.test(name))).toBe(true);
  expect(await holds(page, 'held-word', 'written')).toBe(false);
});

test('privacy 16: a withdrawal leaves no byte of its facts in storage, not in journals of tabs that are gone either', async ({
  page,
}) => {
  await shopPage(page, shop, { state: allBut() });
  await page.evaluate(() => {
    window.omo.track('secret', { what: 'left-word' });
    const [name] = Object.keys(localStorage).filter((key) => key.startsWith('omo.journal.'));
    localStorage.setItem('omo.journal.gone', localStorage.getItem(name));
  });
  expect(await holds(page, 'left-word', 'stored')).toBe(true);
  await consent(page, { marketing: 'denied' });
  expect(await holds(page, 'left-word', 'stored')).toBe(false);
  expect(await keys(page)).not.toContain('omo.journal.gone');
});

test('privacy 18: a journal that comes to light after a withdrawal, and after the next grant, brings nothing back', async ({
  page,
}) => {
  await shopPage(page, shop, { state: allBut() });
  const late = await page.evaluate(() => {
    window.omo.track('view_item', { items: [{ item_id: 'a' }] });
    window.omo.track('secret', { what: 'x' });
    const [name] = Object.keys(localStorage).filter((key) => key.startsWith('omo.journal.'));
    return localStorage.getItem(name);
  });
  await consent(page, allBut('marketing', 'measurement'));
  await consent(page, allBut());
  await page.evaluate(() => window.omo.flush());
  expect(await secrets(page)).toBe(0);
  shop.collector.stored();
  await page.evaluate((text) => {
    localStorage.setItem('omo.journal.late', text);
    window.omo.track('search', { search_term: 'now' });
    return window.omo.flush();
  }, late);
  expect(await secrets(page)).toBe(0);
  const names = shop.collector.stored().map(({ name }) => name);
  expect(names).toContain('search');
  expect(names).not.toContain('view_item');
  expect(names).not.toContain('secret');
});

test('privacy 1: what was seen of a page before measurement was granted is not measured', async ({ page }) => {
  await shopPage(page, shop, { state: allBut('measurement') });
  await page.mouse.move(50, 50);
  await page.waitForTimeout(1500);
  await page.mouse.move(80, 80);
  shop.collector.stored();
  const measured = await page.evaluate(async () => {
    const from = performance.now();
    window.omo.consent({ measurement: 'granted' });
    history.pushState(null, '', '/client.html?second');
    const elapsed = performance.now() - from;
    await window.omo.flush();
    return elapsed;
  });
  const engaged = shop.collector
    .stored()
    .filter(({ name }) => name === 'user_engagement')
    .map(({ params }) => params.engagement_time_msec);
  for (const ms of engaged) expect(ms).toBeLessThanOrEqual(measured + 100);
});

test('privacy 40: items that a page shows are not kept while consent is provisional', async ({ page }) => {
  await comeBack(page);
  await page.evaluate(() => localStorage.removeItem('omo.items'));
  const loaded = page.waitForResponse('**/catalog.wasm');
  await page.reload();
  await loaded;
  await page.waitForFunction(() => window.omo);
  await page.evaluate(() => window.omo.ready);
  await page.waitForTimeout(500);
  expect((await stateOf(page)).personalization).toBe('granted');
  expect(await keys(page)).not.toContain('omo.items');
  await say(page, 'accept', 'tcloaded');
  await expect.poll(() => keys(page)).toContain('omo.items');
});

/** Steps of a life: pages with products, facts, and what is granted meanwhile. */
function randomLife(random) {
  const steps = [];
  const items = () => Array.from({ length: random.below(4) }, () => `i${random.below(9)}`);
  for (let count = 6 + random.below(8); count > 0; count--) {
    const kind = random.below(6);
    if (kind < 3) steps.push(['page', items()]);
    else if (kind === 3) steps.push(['track', 'view_item', { items: items().map((id) => ({ item_id: id })) }]);
    else if (kind === 4) steps.push(['track', 'secret', { what: `w${random.below(3)}` }]);
    else steps.push(['identify', { rank: `r${random.below(3)}`, city: `c${random.below(3)}` }]);
    if (random.oneIn(4))
      steps.push(['consent', random.pick(['functional', 'sharing', 'storage', 'personalization', 'marketing'])]);
  }
  return steps;
}
/** Lives it, and answers what is left. A step of consent turns its purpose; `never` stays denied whatever the steps say. */
const liveThrough = (page, steps, state, never) =>
  page.evaluate(
    async ([given, consented, denied]) => {
      const settled = async () => {
        for (let i = 0; i < 4; i += 1) await new Promise((resolve) => setTimeout(resolve));
      };
      const said = { ...consented };
      const decide = () => window.omo.consent({ ...said, ...(denied && { [denied]: 'denied' }) });
      decide();
      await settled();
      for (const [kind, ...values] of given) {
        if (kind === 'page') {
          document.querySelector('script[type="application/ld+json"]').text = JSON.stringify(
            values[0].map((id) => ({
              '@type': 'Product',
              sku: id,
              name: `Item ${id}`,
              url: `/item/${id}`,
              offers: { price: '9', priceCurrency: 'EUR' },
            })),
          );
          history.pushState(null, '', `?${(window.views = (window.views ?? 0) + 1)}`);
        } else if (kind === 'consent') {
          said[values[0]] = said[values[0]] === 'granted' ? 'denied' : 'granted';
          decide();
        } else window.omo[kind](...values);
        await settled();
      }
      return said;
    },
    [steps, state, never],
  );
const left = (page) =>
  page.evaluate(() => {
    const { traits, signals, segments, decisions, consent } = window.omo.export();
    return { items: localStorage.getItem('omo.items'), traits, signals, segments, decisions, consent };
  });

const SEED = Number(process.env.OMO_SEED ?? 20261122);
const LIVES = Number(process.env.OMO_LIVES ?? 6);
test(`privacy 16, 18: items of recommendations and all that is told, after a purpose is revoked, are those of a visitor who never granted it (${LIVES} random lives, seed ${SEED})`, async ({
  browser,
}) => {
  for (let i = 0; i < LIVES; i += 1) {
    const random = createRandom(SEED + i);
    const purpose = random.pick(['storage', 'personalization', 'marketing']);
    const [before, after] = [randomLife(random), randomLife(random)];
    const lives = [];
    for (const never of [null, purpose]) {
      const context = await browser.newContext();
      const page = await context.newPage();
      const loaded = page.waitForResponse('**/catalog.wasm');
      await shopPage(page, shop);
      await loaded;
      const said = await liveThrough(page, before, allBut(), never);
      await consent(page, { [purpose]: 'denied' });
      const revoked = await left(page);
      // Granted again, and life goes on: what was revoked comes back from nowhere.
      await liveThrough(page, after, { ...said, [purpose]: 'granted' }, null);
      lives.push([revoked, await left(page)]);
      await context.close();
    }
    // Without storage a visitor's facts last as long as the page: its withdrawal takes those away too.
    const told = (life) => (purpose === 'storage' ? life.map(({ items, consent: state }) => [items, state]) : life);
    expect(told(lives[0]), `seed ${SEED + i}, revoked ${purpose}`).toEqual(told(lives[1]));
  }
});
