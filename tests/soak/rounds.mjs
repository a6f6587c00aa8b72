// SPDX-License-Identifier: Apache-2.0
// One round of the soak: random steps over two tabs of a visitor, each with the real shell and engine, against the real
// collector. Every event has a number; afterwards the collector must have each of them exactly once.
//
// What may be missing: an event that was tracked before a withdrawal and not sent by then; and one that was tracked
// while its tab could not write to storage, where that tab went away. What may never be there: an event tracked
// without consent, one that was not sent when consent was withdrawn, and any event twice.
import { all, openClient } from '../browser/support/numbered.mjs';

/** Numbers in [0, 2^32) that the same seed repeats (mulberry32). */
export function createRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return { below: (n) => next() % n, of: (list) => list[next() % list.length] };
}

const weights = {
  track: 8,
  purchase: 2,
  flush: 3,
  navigate: 3,
  hide: 3,
  show: 2,
  freeze: 1,
  offline: 2,
  online: 2,
  kill: 1,
  full: 1,
  room: 2,
  revoke: 1,
  grant: 2,
  restart: 1,
};
const names = Object.entries(weights).flatMap(([name, weight]) => Array(weight).fill(name));

/** The steps of a round: [name, tab]. */
export const planRound = (random) =>
  Array.from({ length: 6 + random.below(10) }, () => [random.of(names), random.below(2)]);

const visibility = (hidden) => {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
};
const connection = (isOnline) => {
  Object.defineProperty(navigator, 'onLine', { value: isOnline, configurable: true });
  dispatchEvent(new Event(isOnline ? 'online' : 'offline'));
};

export async function createSoak({ context, collector, browserName }) {
  const tabs = [];
  const inFlight = new Set();
  let next = 1;
  let granted = true;
  /** number → {state: 'due' | 'allowed' | 'never', tab} of this round. */
  let events = new Map();
  const counts = new Map();

  async function open(i) {
    const page = await context.newPage();
    page.on('request', (request) => request.method() === 'POST' && inFlight.add(request));
    for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => inFlight.delete(request));
    page.on('close', () => inFlight.forEach((request) => request.frame().page() === page && inFlight.delete(request)));
    tabs[i] = { page, full: false };
    await openClient(page, collector.origin);
  }
  const readStore = () => {
    for (const { name, params } of collector.stored()) {
      const number = name === 'numbered' ? params.number : name === 'purchase' ? Number(params.transaction_id) : 0;
      if (number) counts.set(number, (counts.get(number) ?? 0) + 1);
    }
  };
  /** A tab goes away: what only its memory held may go with it. */
  const gone = (i) => {
    for (const event of events.values())
      if (event.tab === tabs[i] && event.memory && event.state === 'due') event.state = 'allowed';
  };
  const until = async (condition, what) => {
    for (let i = 0; i < 400; i += 1) {
      if (await condition()) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`the soak waited in vain until ${what}`);
  };
  const consents = (page) => page.evaluate(() => window.client.export().consent.measurement);
  const agree = (state) =>
    until(
      async () => (await Promise.all(tabs.map(({ page }) => consents(page)))).every((one) => one === state),
      `both tabs are ${state}`,
    );

  async function track(i, name) {
    const number = next;
    next += 1;
    const { page, full } = tabs[i];
    const state = granted ? 'due' : 'never';
    events.set(number, { state, tab: tabs[i], memory: full });
    await page.evaluate(
      ([event, n]) =>
        window.client.track(event, event === 'purchase' ? { transaction_id: `${n}` } : { number: n, text: `花${n}` }),
      [name, number],
    );
  }

  const steps = {
    track: (i) => track(i, 'numbered'),
    purchase: (i) => track(i, 'purchase'),
    // Not awaited: the next steps come while it is under way.
    flush: (i) => tabs[i].page.evaluate(() => void window.client.flush()),
    async navigate(i) {
      gone(i);
      tabs[i].full = false;
      await openClient(tabs[i].page, collector.origin);
    },
    hide: (i) => tabs[i].page.evaluate(visibility, true),
    show: (i) => tabs[i].page.evaluate(visibility, false),
    async freeze(i) {
      if (browserName !== 'chromium')
        return tabs[i].page.evaluate(() => void document.dispatchEvent(new Event('freeze', { bubbles: true })));
      const session = await context.newCDPSession(tabs[i].page);
      await session.send('Page.setWebLifecycleState', { state: 'frozen' });
      await session.send('Page.setWebLifecycleState', { state: 'active' });
      await session.detach();
    },
    offline: (i) => tabs[i].page.evaluate(connection, false),
    online: (i) => tabs[i].page.evaluate(connection, true),
    async kill(i) {
      gone(i);
      const { page } = tabs[i];
      if (browserName === 'chromium') {
        const crashed = page.waitForEvent('crash');
        await Promise.all([crashed, page.goto('chrome://crash').catch(() => {})]);
      }
      await page.close();
      await open(i);
    },
    async full(i) {
      tabs[i].full = true;
      await tabs[i].page.evaluate(() => {
        Storage.prototype.setItem = () => {
          throw new DOMException('full', 'QuotaExceededError');
        };
      });
    },
    async room(i) {
      // Storage that had failed is not tried again by the same page: its events stay in memory.
      await tabs[i].page.evaluate(() => {
        const frame = document.documentElement.appendChild(document.createElement('iframe'));
        Storage.prototype.setItem = frame.contentWindow.Storage.prototype.setItem;
        frame.remove();
      });
    },
    async revoke(i) {
      if (!granted) return;
      granted = false;
      // The choice must be written to reach the other tab.
      await steps.room(i);
      await tabs[i].page.evaluate(() => window.client.consent({ measurement: 'denied' }));
      await agree('denied');
      await until(() => inFlight.size === 0, 'nothing is under way');
      readStore();
      for (const [number, event] of events)
        if (event.state !== 'never') event.state = counts.has(number) ? 'allowed' : 'never';
    },
    async grant(i) {
      if (granted) return;
      await steps.room(i);
      await tabs[i].page.evaluate((state) => window.client.consent(state), all);
      await agree('granted');
      granted = true;
    },
    async restart() {
      await collector.kill();
      await collector.start();
    },
  };

  /** Everything is well again: then all that is due must arrive. */
  async function settle() {
    for (const i of [0, 1]) {
      await steps.room(i);
      await steps.online(i);
      await steps.show(i);
    }
    await steps.grant(0);
    const missing = () => {
      readStore();
      return [...events].filter(([number, { state }]) => state === 'due' && !counts.has(number));
    };
    await until(
      async () => {
        if (!missing().length) return true;
        for (const { page } of tabs)
          await page.evaluate(() => {
            dispatchEvent(new Event('online'));
            void window.client.flush();
          });
        return false;
      },
      `these have arrived: ${missing().map(([number]) => number)}`,
    );
    await until(() => inFlight.size === 0, 'nothing is under way');
    readStore();
    for (const [number, { state }] of events) {
      const count = counts.get(number) ?? 0;
      if (count > 1 || (state === 'never' && count > 0))
        throw new Error(`event ${number} (${state}) arrived ${count} times`);
    }
    events = new Map();
    // A page that went on without storage is over.
    for (const i of [0, 1]) if (tabs[i].full) await steps.navigate(i);
  }

  await open(0);
  await tabs[0].page.evaluate((state) => window.client.consent(state), all);
  await open(1);
  return {
    get events() {
      return next - 1;
    },
    async run(plan) {
      for (const [name, tab] of plan) await steps[name](tab);
      await settle();
    },
  };
}
