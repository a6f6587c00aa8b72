// SPDX-License-Identifier: Apache-2.0
// Audience measurement that needs no consent (docs/consent.md): before there is a decision, and no longer.
import vocabulary from '../../../wasm/wire/vocabulary.json' with { type: 'json' };
import { expect, test } from '../support/visitor.mjs';
import {
  flush,
  grantedOf,
  grants,
  keysOf,
  openPage,
  playbook,
  recordOf,
  rosesOf,
  seeRoses,
  startSite,
  watchRequests,
} from '../support/consentSite.mjs';

let site;
test.beforeAll(async () => {
  const { roses } = playbook.campaigns;
  // Nothing may be shown for measurement alone: the compiler says so.
  site = await startSite(undefined, {
    sync: { exempt: true },
    campaigns: { roses: { ...roses, purposes: ['measurement', 'personalization'] } },
  });
});
test.afterAll(() => site.stop());

/** Does all that a visitor may do, and sends what may be sent. */
async function act(page) {
  await seeRoses(page);
  await page.evaluate(() => {
    window.client.identify({});
    window.client.track('search', { search_term: 'my name' });
    window.client.track('purchase', { transaction_id: 'T-1', value: 1, currency: 'JPY' });
  });
  await flush(page);
}
/** What is new in the collector's store: names of events, and ids. */
function arrived() {
  const events = site.stored();
  return { names: new Set(events.map(({ name }) => name)), streams: new Set(events.map(({ stream }) => stream)) };
}
/** Everything that the browser keeps for the site, and what was read of it. */
const traces = async (page, context) => ({
  cookies: await context.cookies(),
  kept: await page.evaluate(async () => [
    Object.keys(localStorage),
    Object.keys(sessionStorage),
    (await indexedDB.databases()).length,
    await caches.keys(),
  ]),
  read: await page.evaluate(() => [...new Set(window.read)]),
});

test.beforeEach(({ context }) =>
  context.addInitScript(() => {
    window.read = [];
    const { getItem } = Storage.prototype;
    Storage.prototype.getItem = function (name) {
      window.read.push(name);
      return getItem.call(this, name);
    };
  }),
);

test('privacy 14: before a decision the use of pages is measured, with no id that outlives a page, nothing kept, and nothing else sent', async ({
  page,
  context,
}) => {
  arrived();
  const streams = new Set();
  for (let visit = 1; visit <= 3; visit += 1) {
    await openPage(page, `${site.origin}/bare.html`);
    await grants(page, ['measurement']);
    await act(page);
    const { names, streams: ids } = arrived();
    expect(
      [...names].every((name) => vocabulary.audience.includes(name)),
      [...names].join(),
    ).toBe(true);
    expect(names).toContain('page_view');
    // What the page before said as it was left has the number that was its own.
    ids.forEach((id) => streams.add(id));
    expect(streams.size, 'each page has a number of its own').toBe(visit);
    expect(await traces(page, context)).toEqual({ cookies: [], kept: [[], [], 0, []], read: ['omo.consent'] });
    await expect(page.locator('.omo-banner')).toHaveCount(0);
  }
});

test('privacy 14: whoever opts out is measured no more, in every tab and on later pages', async ({ page, context }) => {
  const requests = watchRequests(context);
  await openPage(page, `${site.origin}/bare.html`);
  const other = await context.newPage();
  await openPage(other, `${site.origin}/bare.html`);
  await grants(other, ['measurement']);
  await act(page);
  expect(requests.api).toContain('/v1/events');
  await page.evaluate(() => window.client.consent({ measurement: 'denied' }));
  await grants(page, []);
  await expect.poll(() => grantedOf(other), { timeout: 1000, intervals: [50] }).toEqual([]);
  const sent = requests.api.length;
  await act(other);
  await act(page);
  await page.reload();
  await openPage(page, `${site.origin}/bare.html`);
  await act(page);
  expect(requests.api.length).toBe(sent);
  expect(await keysOf(page)).toEqual(['omo.consent']);
  // What remains says what was chosen, and when: of nobody.
  const { time, state, since, version, source, check, ...rest } = await recordOf(page);
  expect([Object.keys(state).length, since, version, source, rest]).toEqual([
    ...[6, {}, '', 'site'],
    { site: { measurement: 'denied' } },
  ]);
  expect(Math.abs(Date.now() - time)).toBeLessThan(120_000);
  expect(check).toEqual(expect.any(Number));
});

test('privacy 14: any other decision ends it too, and nothing connects what was before with what comes after', async ({
  page,
}) => {
  arrived();
  await openPage(page, `${site.origin}/bare.html`);
  await grants(page, ['measurement']);
  await act(page);
  expect(await rosesOf(page)).toBe(2);
  const before = arrived();
  await page.evaluate(() => window.client.consent({ functional: 'granted' }));
  await grants(page, ['functional']);
  await act(page);
  expect(arrived().names.size).toBe(0);
  await page.evaluate(() => window.client.consent({ storage: 'granted', measurement: 'granted' }));
  await grants(page, ['storage', 'functional', 'measurement']);
  expect(await rosesOf(page), 'what was seen without consent is let go').toBe(0);
  await act(page);
  const after = arrived();
  expect(after.names).toContain('purchase');
  expect(after.streams.size).toBe(1);
  for (const id of after.streams) expect(before.streams).not.toContain(id);
});

test("privacy 14: the visitor's panel says that nothing was decided and what is measured, and its switch opts out", async ({
  page,
}) => {
  await page.addInitScript(() => {
    const { attachShadow } = Element.prototype;
    // A closed shadow root is closed to tests too.
    Element.prototype.attachShadow = function (options) {
      return attachShadow.call(this, { ...options, mode: 'open' });
    };
  });
  await openPage(page, `${site.origin}/bare.html`);
  await grants(page, ['measurement']);
  await page.evaluate(() => {
    document.body.append(document.createElement('omo-privacy'));
    history.pushState(null, '', '?panel');
  });
  const panel = page.locator('omo-privacy');
  await expect(panel.getByText('You have not decided yet: until you do')).toBeVisible();
  const measurement = panel.getByRole('switch', { name: 'Measurement', exact: true });
  await expect(measurement).toBeChecked();
  await measurement.click();
  await grants(page, []);
  expect((await recordOf(page)).state.measurement).toBe('denied');
  await expect(panel.getByText('You decided on')).toBeVisible();
});
