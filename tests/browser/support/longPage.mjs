// SPDX-License-Identifier: Apache-2.0
// A long page with 200 elements that are watched, and what a visitor does on it.

const rose = (id) => ['track', 'view_item', { items: [{ item_id: id, item_category: 'rose', price: 980 }] }];
const granted = { storage: 'granted', functional: 'granted', measurement: 'granted', personalization: 'granted' };
const queue = JSON.stringify({ q: [['consent', granted], rose('a'), rose('b')] });

const section = (i) => `<section data-omo-section="section-${i}" data-omo-view="view-${i}">
  <h2>Section ${i}</h2>
  <p>${'Flowers are read slowly, from the first line to the last. '.repeat(8)}</p>
  <input aria-label="A note on section ${i}">
  ${i % 10 ? '' : '<omo-slot name="hero" height="120px"><p>The default content</p></omo-slot>'}
</section>`;

const html = (script, withRuntime) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>A long page</title>
<style>section { min-height: 240px; border-top: 1px solid }</style>
<script>window.omotenashi = ${queue}; ${script}</script>
${withRuntime ? '<script src="/dist/omotenashi.js" data-playbook="/playbook.omo" data-collector="/" defer></script>' : ''}
${Array.from({ length: 200 }, (_, i) => section(i)).join('\n')}
</html>`;

/**
 * Opens it with consent and a banner in every slot; without the runtime where that is said.
 * @param origin of a collector that serves tests/browser/pages
 * @param script runs before everything else
 */
export async function openLongPage(page, origin, { script = '', withRuntime = true } = {}) {
  const body = html(script, withRuntime);
  await page.route('**/long.html', (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.goto(`${origin}/long.html`);
  if (withRuntime) await page.locator('omo-slot .omo-banner').first().waitFor();
}

/**
 * Each round scrolls by wheel, moves the pointer and, every fifth time, writes a note.
 * @param paceMs from the start of one round to the next
 */
export async function scrollAndType(page, rounds, paceMs) {
  const start = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    for (let step = 0; step < 5; step += 1) {
      await page.mouse.wheel(0, 160);
      await page.mouse.move(100 + 40 * step, 200 + 20 * (round % 10));
    }
    if (round % 5 === 4) {
      await page.locator('input').nth(round).focus();
      await page.keyboard.type('Yours, H.', { delay: 20 });
    }
    await page.waitForTimeout(Math.max(0, start + (round + 1) * paceMs - performance.now()));
  }
}
