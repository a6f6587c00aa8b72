// SPDX-License-Identifier: Apache-2.0
// Why, in the demo shop itself: each atom with its value, its need and its purposes, and what a script of the page may know.
import { expect, test } from './support/visitor.mjs';
import { startCollector } from './support/collector.mjs';
import { all } from './support/numbered.mjs';

let collector;
test.beforeAll(async () => {
  collector = await startCollector();
});
test.afterAll(() => collector.stop());

const bouquet = (id) => ({ items: [{ item_id: id, item_category: 'bouquet', price: 4400 }] });
const DAY = 86_400_000;

/** The shop with a client of its own, which tells everything, in the place of the script tag's. */
async function openShop(page) {
  await page.route('**/dist/omotenashi.js', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: `import('/dist/omotenashi.mjs').then(async ({ createClient }) => {
        window.omotenashi = createClient({ playbook: '/playbook.omo' });
        await window.omotenashi.ready;
        window.client = window.omotenashi;
      });`,
    }),
  );
  await page.goto(collector.origin);
  await page.waitForFunction(() => window.client);
}
const explain = (page, ...words) => page.evaluate((asked) => window.client.explain(...asked), words);
const atomOf = ({ atoms }, name, op) => atoms.find((atom) => atom.name === name && (!op || atom.op === op));

test('privacy 22: a segment, its campaign and its slot tell their facts, their labels and the consent they rest on', async ({
  page,
}) => {
  await openShop(page);
  const before = await explain(page, 'considering');
  expect(before).toMatchObject({ kind: 'segment', state: null, missing: ['personalization'] });
  expect(atomOf(before, 'bouquet_views')).toMatchObject({ value: null, state: null, missing: ['personalization'] });

  const start = await page.evaluate(
    ([state, first]) => {
      window.client.consent(state);
      window.client.track('view_item', first);
      return Date.now();
    },
    [all, bouquet('bq-01')],
  );
  const one = await explain(page, 'considering');
  expect(one).toMatchObject({ state: false, purposes: ['personalization'], missing: [] });
  expect(one.atoms[0]).toMatchObject({ depth: 0, kind: 'all', state: false });
  const atom = atomOf(one, 'bouquet_views');
  expect(atom).toMatchObject({
    ...{ kind: 'signal', op: '>=', need: 2, value: 1, state: false, changesAt: null, window: 7 * DAY },
    ...{ purposes: ['personalization'], missing: [] },
  });
  expect(Math.abs(atom.expiresAt - start - 7 * DAY)).toBeLessThan(60_000);
  expect((await explain(page, 'considering')).atoms).toEqual(one.atoms);

  await page.evaluate((second) => window.client.track('view_item', second), bouquet('bq-02'));
  const two = await explain(page, 'considering');
  expect(two.state).toBe(true);
  // It falls when the first of the two leaves the window.
  expect(atomOf(two, 'bouquet_views')).toMatchObject({ value: 2, state: true, changesAt: atom.expiresAt });

  const hero = await explain(page, 'hero');
  expect(hero.kind).toBe('slot');
  expect(hero.candidates.length).toBeGreaterThan(1);
  const shown = hero.candidates.find(({ op }) => op === 'shown');
  expect(shown.name).toBe((await page.evaluate(() => window.client.decide('hero'))).campaign);
  const { verdict, reasons } = await explain(page, shown.name, 'campaign');
  expect(verdict).toBe('shown');
  expect(reasons.map(({ op }) => op).slice(0, 2)).toEqual(['consent', 'audience']);
  expect(reasons.every(({ state }) => state)).toBe(true);
  // One that does not reach this visitor says what is against it.
  const storm = await explain(page, 'storm_care');
  expect(storm.reasons.find(({ op }) => op === 'audience').state).toBe(false);
  expect(atomOf(storm, 'weather')).toMatchObject({ kind: 'context', op: '==', need: 'storm', value: null });

  await page.evaluate(() => window.client.consent({ personalization: 'denied' }));
  const denied = await explain(page, 'considering');
  expect(denied).toMatchObject({ state: null, missing: ['personalization'] });
  for (const each of denied.atoms.filter(({ purposes }) => purposes.length))
    expect(each).toMatchObject({ value: null, state: null, changesAt: null, expiresAt: null });
});

test("59b: a script of the page learns from the tag's global nothing of what a decision rests on", async ({ page }) => {
  await page.goto(collector.origin);
  await page.waitForFunction(() => window.omotenashi.ready);
  await page.evaluate(() => window.omotenashi.ready);
  await page.evaluate(
    ([state, first, second]) => {
      window.omotenashi.consent(state);
      window.omotenashi.track('view_item', first);
      window.omotenashi.track('view_item', second);
    },
    [all, bouquet('bq-01'), bouquet('bq-02')],
  );
  const told = await page.evaluate(() =>
    ['considering', 'bouquet_views', 'spouse_birthday', 'hero', 'storm_care', 'weather'].map((name) =>
      window.omotenashi.explain(name),
    ),
  );
  for (const one of told.filter(Boolean)) {
    expect(one.atoms).toEqual([]);
    expect(one.reasons ?? []).toEqual([]);
    expect(one.candidates ?? []).toEqual([]);
  }
  expect(told[1]).toBe(null);
  expect(told[2]).toBe(null);
});
