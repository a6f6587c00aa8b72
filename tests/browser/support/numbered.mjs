// SPDX-License-Identifier: Apache-2.0
// Events with a number each, and what the collector has kept of them.
import { expect } from '@playwright/test';

export const all = {
  storage: 'granted',
  functional: 'granted',
  measurement: 'granted',
  personalization: 'granted',
  marketing: 'granted',
  sharing: 'granted',
};

/** Opens the page of a client and waits until it has started; with a consent state, states it. */
export async function openClient(page, origin, state) {
  await page.goto(`${origin}/client.html`);
  await page.waitForFunction(() => window.client);
  await page.evaluate(
    (granted) => window.client.ready.then(() => granted && window.client.consent(granted)),
    state ?? null,
  );
}

/** Opens the page of a client that has every purpose in this tab and in a second one, which it answers. */
export async function openTwoTabs(page, origin) {
  const other = await page.context().newPage();
  await openClient(page, origin, all);
  await openClient(other, origin);
  return other;
}

/** Fills the origin's storage: not one character more fits. In pieces: other tabs hear of each, with its whole text. */
export const fillStorage = (page) =>
  page.evaluate(() => {
    let piece = 0;
    for (let size = 1 << 22; size >= 1; size >>= 1)
      for (;;)
        try {
          localStorage.setItem(`site.filler.${(piece += 1)}`, 'x'.repeat(size));
        } catch {
          break;
        }
    // What is left is shorter than a key: the shortest piece grows by it.
    const [last] = Object.keys(localStorage)
      .filter((name) => name.startsWith('site.filler.'))
      .sort((one, other) => localStorage[one].length - localStorage[other].length);
    for (;;)
      try {
        localStorage[last] += 'x';
      } catch {
        break;
      }
  });
export const freeStorage = (page) =>
  page.evaluate(() =>
    Object.keys(localStorage)
      .filter((name) => name.startsWith('site.filler.'))
      .forEach((name) => localStorage.removeItem(name)),
  );

export const track = (page, ...numbers) =>
  page.evaluate((given) => given.forEach((number) => window.client.track('numbered', { number })), numbers);
export const buy = (page, ...ids) =>
  page.evaluate((given) => given.forEach((id) => window.client.track('purchase', { transaction_id: id })), ids);
export const flush = (page) => page.evaluate(() => window.client.flush());

/** Collects what a collector has kept, each time it is asked, and tells the numbers and purchases in it. */
export function createKept(collector) {
  const events = [];
  const look = () => events.push(...collector.stored());
  return {
    events,
    numbers() {
      look();
      return events
        .filter(({ name }) => name === 'numbered')
        .map(({ params }) => params.number)
        .sort((a, b) => a - b);
    },
    purchases() {
      look();
      return events
        .filter(({ name }) => name === 'purchase')
        .map(({ params }) => params.transaction_id)
        .sort();
    },
    /** Waits until exactly these numbers are there, each once. */
    async has(numbers) {
      await expect(async () => expect(this.numbers()).toEqual(numbers)).toPass({ timeout: 30_000 });
    },
  };
}
