// SPDX-License-Identifier: Apache-2.0
// Slots that leave the page and come back, or are only rendered later, as frameworks do it.
import { expect, test } from './support/visitor.mjs';
import { startCollector } from './support/collector.mjs';

let collector;
test.beforeAll(async () => {
  collector = await startCollector({ site: 'tests/browser/pages', playbook: 'tests/browser/pages/playbook.json' });
});
test.afterAll(() => collector.stop());

const consent = { storage: 'granted', measurement: 'granted', personalization: 'granted' };

async function openClient(page) {
  await page.goto(`${collector.origin}/client.html`);
  await page.waitForFunction(() => window.client);
  await page.evaluate((state) => {
    window.client.consent(state);
    return window.client.ready;
  }, consent);
}
const seeRoses = (page) =>
  page.evaluate(() => {
    for (const id of ['a', 'b'])
      window.client.track('view_item', { items: [{ item_id: id, item_category: 'rose', price: 980 }] });
  });

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

test('a slot that is rendered after the start shows the decision, by its attribute or its element, in a shadow root too', async ({
  page,
}) => {
  await openClient(page);
  await seeRoses(page);
  await page.evaluate(() => {
    const late = document.createElement('section');
    late.innerHTML =
      '<div id="late" data-omo-slot="hero">Late default</div><div id="host"></div><omo-slot id="own" name="hero">x</omo-slot>';
    late.querySelector('#host').attachShadow({ mode: 'open' }).innerHTML =
      '<div id="deep" data-omo-slot="hero">Deep default</div>';
    document.body.append(late);
  });
  for (const id of ['late', 'deep', 'own'])
    await expect(page.locator(`#${id} .omo-banner`)).toContainText('Roses today');
  // It is kept up to date: a dismissal in one place brings the default back in all.
  await page.locator('#late .omo-dismiss').click();
  for (const id of ['late', 'deep', 'own']) await expect(page.locator(`#${id} .omo-banner`)).toHaveCount(0);
  await expect(page.locator('#late')).toHaveText('Late default');
});

test('an element that becomes a slot, another one or none shows what its name says now', async ({ page }) => {
  await openClient(page);
  await seeRoses(page);
  await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<div id="used">Its own text</div>');
  });
  const used = page.locator('#used');
  for (const [name, isShown] of [
    ['hero', true],
    ['elsewhere', false],
    ['hero', true],
    [null, false],
  ]) {
    await used.evaluate((element, value) => {
      if (value) element.dataset.omoSlot = value;
      else delete element.dataset.omoSlot;
    }, name);
    await expect(used.locator('.omo-banner')).toHaveCount(isShown ? 1 : 0);
    if (!isShown) await expect(used).toHaveText('Its own text');
  }
});

test('a marked element that a decision finds out of the page shows it when it is put back at once', async ({
  page,
}) => {
  await openClient(page);
  await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<div id="kept" data-omo-slot="hero">Kept default</div>');
  });
  await page.waitForTimeout(400);
  await page.evaluate(() => {
    const kept = document.querySelector('#kept');
    kept.remove();
    for (const id of ['a', 'b'])
      window.client.track('view_item', { items: [{ item_id: id, item_category: 'rose', price: 980 }] });
    document.body.append(kept);
  });
  await expect(page.locator('#kept .omo-banner')).toContainText('Roses today');
});

test('a slot keeps its height while nothing is decided for it', async ({ page }) => {
  await openClient(page);
  await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<omo-slot id="empty" name="elsewhere" height="240"></omo-slot>');
  });
  await expect.poll(() => page.locator('#empty').evaluate((slot) => slot.offsetHeight)).toBe(240);
});

test("the visitor's panel opens where a framework renders its element after the start", async ({ page }) => {
  await openClient(page);
  await page.evaluate(() => document.body.append(document.createElement('omo-privacy')));
  // Its shadow root is closed: it is there when it takes room.
  await expect.poll(() => page.locator('omo-privacy').evaluate((panel) => panel.offsetHeight)).toBeGreaterThan(100);
});
