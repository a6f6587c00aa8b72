// SPDX-License-Identifier: Apache-2.0
// Other users of the page are respected. What it costs in milliseconds is measured by `script/bench`.
import { expect, test } from './support/visitor.mjs';
import { startCollector } from './support/collector.mjs';
import { openLongPage, scrollAndType } from './support/longPage.mjs';
import { recordManners } from './support/manners.mjs';

let collector;
let page;
test.beforeAll(async ({ browser }) => {
  collector = await startCollector({ site: 'tests/browser/pages', playbook: 'tests/browser/pages/playbook.json' });
  page = await browser.newPage();
  await openLongPage(page, collector.origin, { script: `(${recordManners})();` });
});
test.afterAll(async () => {
  await page?.close();
  await collector?.stop();
});

const manners = () => page.evaluate(() => window.manners);
/** Runs code as if it stood in the script tag's file. */
const runAsOurs = (content) => page.addScriptTag({ content: `${content}\n//# sourceURL=/dist/omotenashi.js` });

/** What a browser waits for before it scrolls or shows what was typed. */
const input = /^(wheel|mouse|touch|scroll|pointer|drag|key|click|input|change)/;

test('every listener of input is passive, and none keeps the page out of the back-forward cache', async () => {
  const { listeners } = await manners();
  const types = listeners.map(({ type }) => type);
  for (const type of ['scroll', 'pointermove', 'keydown', 'visibilitychange']) expect(types).toContain(type);
  expect(listeners.filter(({ type, passive }) => input.test(type) && !passive)).toEqual([]);
  expect(types).not.toContain('unload');
  expect(types).not.toContain('beforeunload');
});

test('nothing that we run makes the browser lay the page out, while 200 watched elements are scrolled and typed through', async ({
  browserName,
}) => {
  if (browserName === 'chromium') {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  }
  await scrollAndType(page, 30, 200);
  expect((await manners()).reads).toEqual([]);
  // The record is no blind one.
  await runAsOurs('document.body.offsetHeight + window.innerHeight + document.body.getBoundingClientRect().top');
  expect((await manners()).reads).toEqual(['offsetHeight', 'innerHeight', 'getBoundingClientRect']);
});

test('storage is written for what has happened, not for every movement', async () => {
  const watch = await page.evaluateHandle(() => {
    const counts = { events: 0 };
    window.omotenashi.on('event', () => (counts.events += 1));
    return counts;
  });
  let requests = 0;
  page.on('request', () => (requests += 1));
  const before = await manners();
  await scrollAndType(page, 30, 200);
  const after = await manners();
  const { events } = await watch.jsonValue();
  expect(after.inputs - before.inputs).toBeGreaterThan(200);
  expect(after.writes - before.writes).toBeLessThanOrEqual(3 * (events + requests) + 6);
});

test('calls that come while the start lets the page go on are neither lost nor run before earlier ones', async ({
  browser,
}) => {
  const busy = await browser.newPage();
  await busy.addInitScript(() => {
    const state = { storage: 'granted', measurement: 'granted', personalization: 'granted' };
    window.calls = 0;
    window.told = [];
    window.timer = setInterval(() => {
      if (!window.client) return;
      // Others come from the runtime itself: the scroll depth of a short page.
      if (!window.calls)
        window.client.on('event', ({ name, params }) => name === 'search' && window.told.push(params.search_term));
      window.client.track('search', { search_term: `${window.calls}` });
      window.calls += 1;
      window.client.consent({ ...state, functional: window.calls % 2 ? 'granted' : 'denied' });
    }, 0);
  });
  await busy.goto(`${collector.origin}/client.html`);
  await busy.waitForFunction(() => window.told.length > 20);
  const { calls, told, consent } = await busy.evaluate(() => {
    clearInterval(window.timer);
    return { calls: window.calls, told: window.told, consent: window.client.export().consent };
  });
  expect(told).toEqual(Array.from({ length: calls }, (_, i) => `${i}`));
  expect(consent.functional).toBe(calls % 2 ? 'granted' : 'denied');
  await busy.close();
});

test('the page goes on between the parts of the start: engine, state, content, calls that waited', async ({
  browser,
}) => {
  const busy = await browser.newPage();
  await busy.addInitScript(() => {
    // Tasks of the page's own, one after the other without an end, and how many there were when a part began.
    let tasks = 0;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      tasks += 1;
      port2.postMessage(0);
    };
    port2.postMessage(0);
    window.parts = {};
    const note = (part) => (window.parts[part] ??= tasks);
    const before = (owner, name, part, isIt = () => true) => {
      const original = owner[name];
      owner[name] = function (...values) {
        if (isIt(...values)) note(part);
        return original.apply(this, values);
      };
    };
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (...values) => {
      const instance = await instantiate(...values);
      note('engine');
      return instance;
    };
    before(Storage.prototype, 'getItem', 'state', (name) => name === 'omo.consent');
    before(CustomElementRegistry.prototype, 'define', 'content');
    window.omotenashi = {
      q: [
        ['on', 'event', () => note('calls')],
        ['track', 'search', { search_term: 'rose' }],
      ],
    };
  });
  await busy.goto(`${collector.origin}/`);
  await busy.waitForFunction(() => window.parts.calls);
  const { engine, state, content, calls } = await busy.evaluate(() => window.parts);
  expect(engine).toBeGreaterThan(0);
  expect(state).toBeGreaterThan(engine);
  expect(content).toBeGreaterThan(state);
  expect(calls).toBeGreaterThan(content);
  await busy.close();
});
