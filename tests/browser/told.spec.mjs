// SPDX-License-Identifier: Apache-2.0
// What the page is told, by the event `error` and in the console, when what it hands over does not fit.
import { expect, test } from './support/visitor.mjs';
import { openPage, startSite } from './support/consentSite.mjs';
import { all, flush } from './support/numbered.mjs';

const told = (page) => page.evaluate(() => window.errors);
const consent = (page, state) => page.evaluate((granted) => window.client.consent(granted), state);

test('a value of another type is left out, and the page is told, of an exposed event too; the rest counts', async ({
  page,
}) => {
  const site = await startSite(undefined, { expose: ['search'] });
  try {
    await openPage(page, `${site.origin}/bare.html`);
    await consent(page, all);
    const heard = await page.evaluate(() => {
      const events = [];
      window.client.on('event', (event) => events.push(event.name));
      window.client.track('view_item', { items: [{ item_id: 7, item_category: 'rose' }] });
      window.client.track('search', { search_term: 7 });
      window.client.track('search', { search_term: 'seven' });
      return events;
    });
    expect(await told(page)).toEqual(['view_item: status 11', 'search: status 11']);
    expect(heard).toEqual(['view_item', 'search', 'search']);
    expect(await page.evaluate(() => window.client.export().signals.roses)).toBe(1);
    await flush(page);
  } finally {
    await site.stop();
  }
});

test('of a denied event nothing is told, be its values right, wrong or too large', async ({ page }) => {
  const site = await startSite(undefined, {
    events: { visit: { params: { room: 'string' }, purposes: ['marketing'] } },
    signals: { visits: { count: 'visit' } },
    segments: {},
    campaigns: {},
    expose: ['visit'],
  });
  try {
    await openPage(page, `${site.origin}/bare.html`);
    await consent(page, { storage: 'granted' });
    await page.evaluate(() => {
      window.client.track('visit', { room: 7 });
      window.client.track('visit', { room: 'x'.repeat(70_000) });
    });
    expect(await told(page)).toEqual([]);
    // It is told of the same event where it is granted.
    await consent(page, all);
    await page.evaluate(() => window.client.track('visit', { room: 'x'.repeat(70_000) }));
    expect(await told(page)).toEqual([expect.stringMatching(/^visit: status \d+$/)]);
  } finally {
    await site.stop();
  }
});
