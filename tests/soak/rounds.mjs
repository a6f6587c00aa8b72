// SPDX-License-Identifier: Apache-2.0
// One round of the soak: random steps over two tabs of a visitor, each with the real shell and engine, against the real
// collector. Every event has a number; afterwards the collector must have each of them exactly once.
//
// What may be missing: an event that was tracked before a withdrawal and not sent by then; and one that was tracked
// when its tab could not, or at some time could not, write to storage, where that tab went away. What may never be there:
// an event tracked without consent, one that was not sent when consent was withdrawn, and any event twice.
import { all, fillStorage, freeStorage, openClient } from '../browser/support/numbered.mjs';

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

/** The steps of a round: [name, tab]; `without` names steps that are left out. */
export const planRound = (random, without = []) =>
  Array.from({ length: 6 + random.below(10) }, () => [random.of(names), random.below(2)]).filter(
    ([name]) => !without.includes(name),
  );

const visibility = (hidden) => {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
};
/** A process learns late what another has filled or freed: whether a page could write, its browser alone knows. */
const noteRefusals = () => {
  const { setItem } = Storage.prototype;
  Storage.prototype.setItem = function (...values) {
    try {
      return setItem.apply(this, values);
    } catch (error) {
      window.wasRefused = true;
      throw error;
    }
  };
};
const wasRefused = () => !!window.wasRefused;
const hasRoom = () => {
  const { wasRefused } = window;
  try {
    localStorage.setItem('site.room', 'x'.repeat(1 << 14));
    localStorage.removeItem('site.room');
    return true;
  } catch {
    return false;
  } finally {
    // This was not the page.
    window.wasRefused = wasRefused;
  }
};
const connection = (isOnline) => {
  Object.defineProperty(navigator, 'onLine', { value: isOnline, configurable: true });
  dispatchEvent(new Event(isOnline ? 'online' : 'offline'));
};

export async function createSoak({ context, collector, browserName }) {
  const tabs = [];
  let next = 1;
  let granted = true;
  // Has the site filled storage to the last character?
  let filled = false;
  /** number → {state: 'due' | 'allowed' | 'never', tab} of this round. */
  let events = new Map();
  const counts = new Map();
  /** number → where in which streams it was kept. */
  const places = new Map();

  async function open(i) {
    const page = await context.newPage();
    tabs[i] = { page, full: filled };
    await openClient(page, collector.origin);
  }
  const readStore = () => {
    for (const { name, params, stream, sequence } of collector.stored()) {
      const number = name === 'numbered' ? params.number : name === 'purchase' ? Number(params.transaction_id) : 0;
      if (!number) continue;
      counts.set(number, (counts.get(number) ?? 0) + 1);
      places.set(number, [...(places.get(number) ?? []), `${sequence} of ${stream}`]);
    }
  };
  /**
   * What was under way has arrived: requests of pages that are gone are told to nobody, so the store is watched, for as long
   * as several other requests take, however slow the machine is.
   */
  async function quiet() {
    const another = ({ page }) => page.evaluate(() => fetch('/healthz').then((answer) => answer.text()));
    for (let calm = 0; calm < 6; calm += 1) {
      const before = counts.size;
      readStore();
      if (counts.size > before) calm = 0;
      await Promise.all([...tabs.map(another), new Promise((resolve) => setTimeout(resolve, 50))]);
    }
  }
  /** A tab goes away: what only its memory held may go with it. */
  const gone = (i) => {
    for (const event of events.values())
      if (event.tab === tabs[i] && event.memory && event.state === 'due') event.state = 'allowed';
  };
  const until = async (condition, what) => {
    // A minute: a busy machine is slow, and what is lost stays lost.
    for (let i = 0; i < 2400; i += 1) {
      if (await condition()) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`the soak waited in vain until ${what()}`);
  };
  const consents = (page) => page.evaluate(() => window.client.export().consent.measurement);
  const agree = (state) =>
    until(
      async () => (await Promise.all(tabs.map(({ page }) => consents(page)))).every((one) => one === state),
      () => `both tabs are ${state}`,
    );

  async function track(i, name) {
    const number = next;
    next += 1;
    const { page, full } = tabs[i];
    const state = granted ? 'due' : 'never';
    const event = { state, tab: tabs[i], memory: full };
    events.set(number, event);
    await page.evaluate(
      ([event, n]) =>
        window.client.track(event, event === 'purchase' ? { transaction_id: `${n}` } : { number: n, text: `花${n}` }),
      [name, number],
    );
    event.memory ||= await page.evaluate(wasRefused);
  }

  const steps = {
    track: (i) => track(i, 'numbered'),
    purchase: (i) => track(i, 'purchase'),
    // Not awaited: the next steps come while it is under way.
    flush: (i) => tabs[i].page.evaluate(() => void window.client.flush()),
    async navigate(i) {
      gone(i);
      tabs[i].full = filled;
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
      // For every tab.
      filled = true;
      for (const tab of tabs) tab.full = true;
      await fillStorage(tabs[i].page);
    },
    // A page whose storage has failed goes on from memory all the same. The tab that filled storage knows best what is in it.
    async room(i) {
      filled = false;
      for (const { page } of tabs) await freeStorage(page);
      await until(
        () => tabs[i].page.evaluate(hasRoom),
        () => `tab ${i} has room`,
      );
    },
    async revoke(i) {
      if (!granted) return;
      granted = false;
      // The choice must be written to reach the other tab.
      await steps.room(i);
      await tabs[i].page.evaluate(() => window.client.consent({ measurement: 'denied' }));
      await agree('denied');
      await quiet();
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
    const flushAll = () =>
      Promise.all(
        tabs.map(({ page }) =>
          page.evaluate(() => {
            dispatchEvent(new Event('online'));
            void window.client.flush();
          }),
        ),
      );
    // A page that could not store goes on alone, from memory, and sends that; what is stored waits for the next page.
    for (const tab of tabs) {
      if (!tab.full && !(await tab.page.evaluate(wasRefused))) continue;
      const isAlone = await tab.page.evaluate(() => window.errors.includes('storage full'));
      const isSent = () => tab.page.evaluate(() => window.client.export().queue === 0);
      if (isAlone)
        await until(
          async () => (await isSent()) || flushAll().then(() => false),
          () => 'a lone tab has sent all',
        );
      await openClient(tab.page, collector.origin);
      tab.full = filled;
    }
    await until(
      async () => !missing().length || flushAll().then(() => false),
      () => `these have arrived: ${missing().map(([number]) => number)}`,
    );
    readStore();
    for (const [number, { state }] of events)
      if (state === 'never' && counts.has(number)) throw new Error(`event ${number} arrived without consent`);
    // Of earlier rounds too.
    for (const [number, count] of counts)
      if (count > 1) throw new Error(`event ${number} arrived ${count} times: ${places.get(number)}`);
    events = new Map();
  }

  await context.addInitScript(noteRefusals);
  await open(0);
  await tabs[0].page.evaluate((state) => window.client.consent(state), all);
  await open(1);
  return {
    get events() {
      return next - 1;
    },
    /** What the tabs keep and have said, and what has arrived, for a round that failed. */
    state: () =>
      Promise.all([
        ...tabs.map(({ page }) =>
          page.evaluate(async () => ({
            errors: window.errors,
            kept: Object.entries(localStorage).map(([name, text]) => `${name}: ${text.length}`),
            numbers: window.client.export().signals.numbers,
            queue: window.client.export().queue,
            locks: (await navigator.locks.query()).held.length,
            online: navigator.onLine,
          })),
        ),
        collector.counts(),
        collector
          .stored(true)
          .slice(-40)
          .map(({ stream, sequence, flags, name, params }) => ({ stream, sequence, flags, name, ...params })),
      ]),
    async run(plan) {
      for (const [name, tab] of plan) await steps[name](tab);
      await settle();
    },
  };
}
