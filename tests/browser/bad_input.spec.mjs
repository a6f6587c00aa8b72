// SPDX-License-Identifier: Apache-2.0
// Storage that fails and pages that misbehave: events are delivered or kept, and the page never notices.
import { expect, test } from './support/visitor.mjs';
import { startCollector } from './support/collector.mjs';
import { all, createKept, fillStorage, flush, openClient, openTwoTabs, track } from './support/numbered.mjs';

let collector;
let kept;
let exceptions;
test.beforeEach(async ({ page }) => {
  collector = await startCollector({ site: 'tests/browser/pages', playbook: 'tests/soak/playbook.json' });
  kept = createKept(collector);
  exceptions = [];
  // Firefox reports what a content policy blocks as an error of the page.
  page.on('pageerror', ({ message }) => message.startsWith('Content-Security-Policy') || exceptions.push(message));
});
test.afterEach(async () => {
  expect(exceptions).toEqual([]);
  await collector.stop();
});

test('tracking 24: storage is full: events are delivered anyway', async ({ page }) => {
  await openClient(page, collector.origin, all);
  await fillStorage(page);
  for (let number = 0; number < 40; number += 1) await track(page, number);
  await flush(page);
  await kept.has(Array.from({ length: 40 }, (_, number) => number));
});

test('tracking 24: storage is full from the beginning, in two tabs: events are delivered anyway', async ({
  page,
  context,
}) => {
  await openClient(page, collector.origin);
  await fillStorage(page);
  const other = await context.newPage();
  other.on('pageerror', (error) => exceptions.push(error.message));
  await openClient(page, collector.origin, all);
  await openClient(other, collector.origin, all);
  await track(page, 1);
  await track(other, 2);
  await track(page, 3);
  await flush(page);
  await flush(other);
  await kept.has([1, 2, 3]);
});

test('tracking 24: a tab whose storage fails from its start leaves the lead to one that can store', async ({
  page,
  context,
}) => {
  await openClient(page, collector.origin, all);
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await openClient(page, collector.origin);
  await track(page, 1);
  const other = await context.newPage();
  await openClient(other, collector.origin);
  await track(other, 2);
  await expect(async () => {
    await flush(page);
    await flush(other);
    expect(kept.numbers()).toEqual([1, 2]);
  }).toPass({ timeout: 20_000 });
});

test('tracking 24: storage is denied: events are delivered anyway', async ({ page }) => {
  await page.addInitScript(() =>
    Object.defineProperty(window, 'localStorage', {
      get() {
        throw new DOMException('denied', 'SecurityError');
      },
    }),
  );
  await openClient(page, collector.origin, all);
  await track(page, 1, 2);
  await flush(page);
  await kept.has([1, 2]);
});

test('tracking 24: storage fails in one of two tabs while both go on: each event is delivered once', async ({
  page,
}) => {
  const other = await openTwoTabs(page, collector.origin);
  await track(page, 1);
  await track(other, 2);
  await flush(page);
  await kept.has([1, 2]);
  await other.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  for (const number of [3, 4, 5]) {
    await track(other, 10 + number);
    await track(page, number);
    await flush(page);
    await flush(other);
  }
  await kept.has([1, 2, 3, 4, 5, 13, 14, 15]);
});

test('tracking 24: what is stored is corrupt: events are delivered anyway', async ({ page }) => {
  await openClient(page, collector.origin, all);
  await track(page, 1);
  await flush(page);
  await kept.has([1]);
  await page.evaluate(() => {
    for (const key of Object.keys(localStorage))
      if (/snapshot|journal/.test(key)) localStorage.setItem(key, 'x' + localStorage.getItem(key).slice(1));
  });
  await track(page, 2);
  await openClient(page, collector.origin);
  await track(page, 3);
  await flush(page);
  await kept.has([1, 2, 3]);
});

test('tracking 24: storage is wiped mid-session: events are delivered anyway, each once', async ({ page }) => {
  const other = await openTwoTabs(page, collector.origin);
  await track(page, 1);
  await flush(page);
  await track(page, 2);
  await page.evaluate(() => Object.keys(localStorage).forEach((key) => localStorage.removeItem(key)));
  await track(page, 3);
  await track(other, 4);
  await expect(async () => {
    await flush(page);
    expect(kept.numbers()).toEqual(expect.arrayContaining([1, 2, 3]));
  }).toPass();
  expect(new Set(kept.numbers()).size).toBe(kept.numbers().length);
});

const freeze = () => {
  const globals = [Object, Function, Array, String, Promise, Map, Set, URLSearchParams, Uint8Array];
  const own = [History, Storage, EventTarget, Node, Element, HTMLElement, Document, Window, Navigator, Response];
  [...globals, ...own].forEach(({ prototype }) => {
    try {
      Object.freeze(prototype);
    } catch {
      Object.seal(prototype);
    }
  });
};

for (const [what, misbehave] of [
  ['freezes prototypes before the runtime loads', freeze],
  [
    'throws in its own handlers',
    () => {
      const shout = () => {
        throw new Error('of the page');
      };
      for (const type of ['storage', 'visibilitychange', 'pointermove', 'online', 'popstate', 'unhandledrejection'])
        addEventListener(type, shout, true);
      window.dataLayer = { push: shout, length: 0 };
    },
  ],
])
  test(`a page that ${what} loses no event and sees no error of ours`, async ({ page }) => {
    await page.addInitScript(misbehave);
    await openClient(page, collector.origin, all);
    await track(page, 1);
    await page.evaluate(() => {
      history.pushState({}, '', '/other');
      dispatchEvent(new Event('online'));
    });
    await track(page, 2);
    await flush(page);
    await kept.has([1, 2]);
    exceptions = exceptions.filter((message) => !message.includes('of the page'));
  });

test('a page that freezes prototypes after the runtime has loaded, and listeners that throw, lose no event', async ({
  page,
}) => {
  await openClient(page, collector.origin, all);
  await page.evaluate(freeze);
  await page.evaluate(() =>
    window.client.on('event', () => {
      throw new Error('of a listener');
    }),
  );
  await track(page, 1, 2);
  await flush(page);
  await kept.has([1, 2]);
  expect(await page.evaluate(() => window.errors)).toEqual(['of a listener']);
});

for (const [what, replacement] of [
  [
    'throws',
    () => {
      window.fetch = () => {
        throw new Error('no');
      };
    },
  ],
  ['answers nothing', () => (window.fetch = () => undefined)],
  ['never answers', () => (window.fetch = () => new Promise(() => {}))],
  ['answers nonsense', () => (window.fetch = async () => ({ status: 'yes', headers: 7 }))],
])
  test(`a page whose own fetch ${what} keeps the events for a page that has one`, async ({ page }) => {
    await openClient(page, collector.origin, all);
    await page.evaluate(replacement);
    await track(page, 1);
    await page.evaluate(() => void window.client.flush());
    await track(page, 2);
    await openClient(page, collector.origin);
    await flush(page);
    await kept.has([1, 2]);
  });

test('a page that navigates while a batch is under way delivers each event once', async ({ page }) => {
  await openClient(page, collector.origin, all);
  for (let number = 0; number < 6; number += 1) {
    await track(page, number);
    const loaded = page.waitForEvent('load');
    await page.evaluate(() => {
      void window.client.flush();
      location.reload();
    });
    await loaded;
    await openClient(page, collector.origin);
  }
  await flush(page);
  await kept.has([0, 1, 2, 3, 4, 5]);
});
