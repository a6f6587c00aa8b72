// SPDX-License-Identifier: Apache-2.0
// A page that senses: its clock, its visibility and its focus in the hands of the test.
import { expect } from '@playwright/test';
import { startCollector } from './collector.mjs';

export const startSensing = () =>
  startCollector({ site: 'tests/browser/pages', playbook: 'tests/browser/pages/sensing.json' });

export const ready = async (page) => {
  await page.waitForFunction(() => window.client);
  await page.evaluate(() => window.client.ready);
};

/** The collector's own policy forbids frames, rules and styles in the markup: a page of another server, with none. */
export const withoutPolicy = (page) =>
  page.route('**/*.html*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ status: 200, contentType: 'text/html', body: await response.text() });
  });

/** What the page's events came to. */
export const signals = async (page) => (await page.evaluate(() => window.client.export())).signals;

/** Names and main parameters of the events that the shell gave. */
export const told = (page, name, param) =>
  page.evaluate(
    ([name, param]) => window.events.filter((event) => event.name === name).map((event) => event[param]),
    [name, param],
  );

/** Headless tabs stay visible and focused: the page says otherwise from now on, as a browser would. */
export const makeSimulated = (page, { hidden = false, focused = true } = {}) =>
  page.addInitScript(
    (state) => {
      window.simulated = state;
      Object.defineProperty(document, 'hidden', { get: () => state.hidden });
      Object.defineProperty(document, 'visibilityState', { get: () => (state.hidden ? 'hidden' : 'visible') });
      document.hasFocus = () => state.focused;
    },
    { hidden, focused },
  );
export const setHidden = (page, hidden) =>
  page.evaluate((now) => {
    window.simulated.hidden = now;
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, hidden);
export const setFocused = (page, focused) =>
  page.evaluate((now) => {
    window.simulated.focused = now;
    window.dispatchEvent(new Event(now ? 'focus' : 'blur'));
  }, focused);

/** Opens the page with a clock that stands still until it is told to run. */
export async function openStill(page, address, state) {
  await makeSimulated(page, state);
  await page.clock.install();
  await page.goto(address);
  await ready(page);
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1000));
  // What passed so far is told, and counts no more.
  const hidden = await page.evaluate(() => window.simulated.hidden);
  await setHidden(page, true);
  if (!hidden) await setHidden(page, false);
  const before = await signals(page);
  return {
    run: (ms) => page.clock.runFor(ms),
    sleep: (ms) => page.clock.fastForward(ms),
    /** Starting takes tasks of its own: they get the milliseconds that they need. */
    async ready() {
      let done = false;
      const over = ready(page).then(() => (done = true));
      while (!done) await Promise.race([over, page.clock.runFor(5)]);
    },
    /** Sums of what came since, told by hiding the page. */
    async since() {
      await setHidden(page, true);
      const now = await signals(page);
      await setHidden(page, false);
      return Object.fromEntries(
        Object.entries(now).map(([name, value]) => [name, typeof value === 'number' ? value - before[name] : value]),
      );
    },
  };
}

/** A movement of the real mouse that is told: activity is told five times a second at most. */
export async function move(page) {
  const seen = page.evaluate(
    () =>
      new Promise((resolve) => {
        const last = window.lastMove ?? 0;
        addEventListener('pointermove', function moved({ timeStamp }) {
          if (timeStamp - last <= 250) return;
          window.lastMove = timeStamp;
          removeEventListener('pointermove', moved);
          resolve();
        });
      }),
  );
  let done = false;
  const over = seen.then(() => (done = true));
  for (let i = 0; !done; i += 1) {
    await page.mouse.move(40 + (i % 50), 40);
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 40))]);
  }
}

export const nothingBroke = async (page) => expect(await page.evaluate(() => window.errors)).toEqual([]);
