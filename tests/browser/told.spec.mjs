// SPDX-License-Identifier: Apache-2.0
// What the page is told, by the event `error` and in the console, when what it hands over, or has kept, does not fit.
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

test('how many facts a new program could not take over is told once, and the others stay', async ({ page }) => {
  const before = await startSite(undefined, {
    signals: {
      roses: { count: 'view_item', where: "item_category == 'rose'", within: '1d', keep: 64 },
      views: { count: 'view_item', within: '1d', keep: 64 },
    },
  });
  const after = await startSite(undefined, {
    signals: {
      roses: { count: 'view_item', where: "item_category == 'rose'", within: '1d', keep: 64 },
      views: { sum: 'view_item', of: 'value', within: '1d', keep: 64 },
    },
  });
  try {
    await openPage(page, `${before.origin}/bare.html`);
    await consent(page, all);
    await page.evaluate(() => {
      for (const id of ['a', 'b'])
        window.client.track('view_item', { items: [{ item_id: id, item_category: 'rose' }] });
    });
    await flush(page);
    await expect.poll(() => page.evaluate(() => localStorage['omo.snapshot'])).toBeTruthy();
    const program = await (await fetch(`${after.origin}/playbook.omo`)).arrayBuffer();
    await page.route('**/playbook.omo', (route) => route.fulfill({ body: Buffer.from(program) }));
    await openPage(page, `${before.origin}/bare.html`);
    await expect.poll(() => told(page)).toEqual(['snapshot: lost 1']);
    expect(await page.evaluate(() => window.client.export().signals)).toMatchObject({ roses: 2 });
    // The leader has stored what is left: the next page has nothing to tell.
    await page.evaluate(() => window.client.track('view_item', { items: [{ item_id: 'c', item_category: 'rose' }] }));
    await flush(page);
    await expect
      .poll(async () => {
        await openPage(page, `${before.origin}/bare.html`);
        return told(page);
      })
      .toEqual([]);
    expect(await page.evaluate(() => window.client.export().signals)).toMatchObject({ roses: 3 });
  } finally {
    await before.stop();
    await after.stop();
  }
});
