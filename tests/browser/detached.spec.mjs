// SPDX-License-Identifier: Apache-2.0
// Slots that leave the page and come back, as frameworks do it.
import { expect, test } from './support/visitor.mjs';
import { startCollector } from './support/collector.mjs';

let collector;
test.beforeAll(async () => {
  collector = await startCollector({ site: 'tests/browser/pages', playbook: 'tests/browser/pages/playbook.json' });
});
test.afterAll(() => collector.stop());

const consent = { storage: 'granted', measurement: 'granted', personalization: 'granted' };

test('a slot that is out of the page when a decision changes breaks nothing, and shows it when it is back', async ({
  page,
}) => {
  await page.goto(`${collector.origin}/client.html`);
  await page.waitForFunction(() => window.client);
  const errors = await page.evaluate(async (state) => {
    await window.client.ready;
    const said = [];
    window.client.on('error', (error) => said.push(error.message));
    window.client.consent(state);
    const slots = [...document.querySelectorAll('omo-slot, [data-omo-slot]')];
    window.places = slots.map((slot) => [slot, slot.parentNode]);
    slots.forEach((slot) => slot.remove());
    for (const id of ['a', 'b'])
      window.client.track('view_item', { items: [{ item_id: id, item_category: 'rose', price: 980 }] });
    return said;
  }, consent);
  expect(errors).toEqual([]);
  await page.evaluate(() => window.places.forEach(([slot, parent]) => parent.append(slot)));
  await expect(page.locator('omo-slot .omo-banner').first()).toContainText('Roses today');
});
