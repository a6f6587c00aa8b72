// SPDX-License-Identifier: Apache-2.0
// Views of elements, sections and scroll depth, with the browsers' own layout.
import { expect, test } from './support/visitor.mjs';
import {
  makeSimulated,
  nothingBroke,
  ready,
  setHidden,
  signals,
  startSensing,
  told,
  withoutPolicy,
} from './support/sensing.mjs';

test.use({ viewport: { width: 1000, height: 600 } });

let collector;
test.beforeAll(async () => {
  collector = await startSensing();
});
test.afterAll(() => collector.stop());
test.afterEach(({ page }) => nothingBroke(page));

/** Opens the page with this markup in its body. */
async function open(page, markup = '') {
  await withoutPolicy(page);
  await page.goto(`${collector.origin}/sensing.html`);
  await ready(page);
  await page.evaluate((html) => (document.body.innerHTML = html), markup);
}
const box = (id, style, inside = '') =>
  `<div data-omo-view="${id}" style="position:absolute;left:0;width:100px;height:100px;${style}">${inside}</div>`;
const viewed = (page) => told(page, 'view_element', 'element_id');
const depths = (page) => told(page, 'scroll', 'percent_scrolled');
const pause = (page, ms) => page.waitForTimeout(ms);

test('tracking 17: half of the pixels for one continuous second is a view, 49 % for ten seconds is none', async ({
  page,
}) => {
  await open(
    page,
    [
      box('half', 'top:550px'),
      box('less', 'top:551px;left:110px'),
      // 300,000 pixels: 30 % of them are enough.
      box('large', 'left:220px;top:450px;width:600px;height:500px'),
      box('below', 'top:1000px'),
    ].join(''),
  );
  await expect.poll(() => viewed(page)).toEqual(expect.arrayContaining(['half', 'large']));
  await pause(page, 10_000);
  expect((await viewed(page)).sort()).toEqual(['half', 'large']);
});

test('tracking 17: 29 % of a large element is no view', async ({ page }) => {
  await open(page, box('large', 'top:456px;width:600px;height:500px') + box('control', 'top:0'));
  await expect.poll(() => viewed(page)).toEqual(['control']);
  await pause(page, 1_500);
  expect(await viewed(page)).toEqual(['control']);
});

test('tracking 17: 50 % for 0.9 seconds twice is no view', async ({ page }) => {
  await open(page, box('flash', 'top:0;display:none'));
  for (let i = 0; i < 2; i += 1) {
    await page.evaluate(
      () =>
        new Promise((resolve) => {
          const element = document.querySelector('[data-omo-view]');
          element.style.display = '';
          setTimeout(() => {
            element.style.display = 'none';
            resolve();
          }, 900);
        }),
    );
    await pause(page, 300);
  }
  expect(await viewed(page)).toEqual([]);
});

test('tracking 17: a tab that is hidden mid-second begins its second anew', async ({ page }) => {
  await makeSimulated(page);
  await open(page, box('reset', 'top:0'));
  await pause(page, 700);
  await setHidden(page, true);
  await pause(page, 1_500);
  expect(await viewed(page)).toEqual([]);
  await page.evaluate(() => {
    window.shownAt = performance.now();
    window.client.on('event', ({ name }) => name === 'view_element' && (window.viewedAt = performance.now()));
  });
  await setHidden(page, false);
  await expect.poll(() => viewed(page)).toEqual(['reset']);
  expect(await page.evaluate(() => window.viewedAt - window.shownAt)).toBeGreaterThanOrEqual(1_000);
});

test('tracking 17: what is transparent, invisible, without size, or clipped by a carousel is not viewed', async ({
  page,
}) => {
  await open(
    page,
    [
      box('clear', 'top:0;opacity:0'),
      `<div style="opacity:0">${box('inside-clear', 'top:0;left:110px')}</div>`,
      box('invisible', 'top:0;left:220px;visibility:hidden'),
      box('empty', 'top:0;left:330px;width:0'),
      box('none', 'top:0;left:330px;display:none'),
      '<div style="position:absolute;top:200px;left:0;width:200px;height:100px;overflow:hidden">',
      box('slide-1', 'top:0'),
      box('slide-2', 'top:0;left:140px;'),
      box('slide-3', 'top:0;left:300px'),
      box('slide-4', 'top:0;left:160px'),
      '</div>',
    ].join(''),
  );
  await expect.poll(() => viewed(page)).toEqual(expect.arrayContaining(['slide-1', 'slide-2']));
  await pause(page, 1_500);
  expect((await viewed(page)).sort()).toEqual(['slide-1', 'slide-2']);
  // Faded in, it is seen from then on.
  await page.evaluate(() => (document.querySelector('[data-omo-view=clear]').style.opacity = 1));
  await expect.poll(() => viewed(page)).toContain('clear');
});

test('tracking 17: taller than the viewport: half of what fits counts, however tall', async ({ page }) => {
  await open(
    page,
    [
      '<div style="height:40000px"></div>',
      box('tall', 'top:1000px;height:30000px;width:1000px'),
      box('column', 'top:1000px;left:1000px;height:30000px'),
    ].join(''),
  );
  // 40 % of the viewport, then 60 %.
  await page.evaluate(() => scrollTo(0, 640));
  await pause(page, 2_000);
  expect(await viewed(page)).toEqual([]);
  await page.evaluate(() => scrollTo(0, 760));
  await expect.poll(() => viewed(page)).toEqual(['tall']);
});

test('tracking 17: elements that come later, in a shadow root too, are viewed, and those that go are not', async ({
  page,
}) => {
  await open(page);
  await page.evaluate(
    (markup) => {
      document.body.insertAdjacentHTML('beforeend', markup);
      const host = document.createElement('div');
      document.body.append(host);
      host.attachShadow({ mode: 'open' }).innerHTML =
        '<div data-omo-view="shadow" style="width:50px;height:50px">s</div><div id="deep"></div>';
      host.shadowRoot.getElementById('deep').attachShadow({ mode: 'open' });
    },
    box('late', 'top:300px') + box('gone', 'top:420px'),
  );
  await pause(page, 500);
  await page.evaluate(() => {
    document.querySelector('[data-omo-view=gone]').remove();
    // What changes inside a shadow root is seen as well.
    const { shadowRoot } = [...document.body.children].find((element) => element.shadowRoot);
    shadowRoot.getElementById('deep').shadowRoot.innerHTML =
      '<div data-omo-view="deep" style="width:50px;height:50px">d</div>';
    shadowRoot.append(document.createElement('i'));
  });
  await expect.poll(() => viewed(page)).toEqual(expect.arrayContaining(['late', 'shadow', 'deep']));
  await pause(page, 1_200);
  expect((await viewed(page)).sort()).toEqual(['deep', 'late', 'shadow']);
});

test('tracking 17: an element that is used again for something else is a new one, and each counts once a view', async ({
  page,
}) => {
  await open(page, box('row-1', 'top:0'));
  await expect.poll(() => viewed(page)).toEqual(['row-1']);
  const use = (id) =>
    page.evaluate((now) => document.querySelector('[data-omo-view]').setAttribute('data-omo-view', now), id);
  await use('row-2');
  await expect.poll(() => viewed(page)).toEqual(['row-1', 'row-2']);
  // Scrolled back: the first row stands there again, in an element of its own too.
  await use('row-1');
  await page.evaluate((markup) => document.body.insertAdjacentHTML('beforeend', markup), box('row-1', 'top:200px'));
  await pause(page, 2_000);
  expect(await viewed(page)).toEqual(['row-1', 'row-2']);
  await page.evaluate(() => history.pushState({}, '', '/next'));
  await expect.poll(() => viewed(page)).toEqual(['row-1', 'row-2', 'row-1']);
});

test('sections have the engaged time while they are in view, and none from a page before', async ({ page }) => {
  await open(
    page,
    '<div style="height:3000px"><div data-omo-section="story" style="height:1500px">story</div></div>' +
      '<div data-omo-section="care" style="height:300px">care</div>',
  );
  await page.evaluate(() => history.pushState({}, '', '/read'));
  await pause(page, 800);
  await page.evaluate(() => scrollTo(0, 1e6));
  await pause(page, 600);
  await page.evaluate(() => history.pushState({}, '', '/next'));
  const { story, care } = await signals(page);
  expect(story).toBeGreaterThan(300);
  expect(care).toBeGreaterThan(200);
  expect(story + care).toBeLessThanOrEqual(await page.evaluate(() => performance.now()));
  // One that is taken out of the page is not in view any more.
  await page.evaluate(() => document.querySelector('[data-omo-section=care]').remove());
  await pause(page, 500);
  await page.evaluate(() => history.pushState({}, '', '/third'));
  const before = (await signals(page)).care;
  await pause(page, 500);
  await page.evaluate(() => history.pushState({}, '', '/fourth'));
  expect((await signals(page)).care).toBe(before);
});

test('tracking 18: a page shorter than the viewport is 100 %, told without any scrolling', async ({ page }) => {
  await open(page, '<p>short</p>');
  await expect.poll(() => depths(page)).toEqual([100]);
});

test('tracking 18: each step once a view, the highest of several that were crossed at once', async ({ page }) => {
  const tall = '<div style="height:6000px"></div>';
  // From the beginning: a page that stays short for a second has been read as a whole.
  await page.addInitScript(
    (html) => addEventListener('DOMContentLoaded', () => (document.body.innerHTML = html)),
    tall,
  );
  await open(page, tall);
  await pause(page, 1_500);
  expect(await depths(page)).toEqual([]);
  const scroll = async (top, expected) => {
    await page.evaluate((y) => scrollTo(0, y), top);
    await expect.poll(() => depths(page)).toEqual(expected);
  };
  await scroll(1000, [25]);
  await scroll(4000, [25, 75]);
  await scroll(0, [25, 75]);
  await scroll(2500, [25, 75]);
  await pause(page, 500);
  await scroll(5400, [25, 75, 100]);
  expect(await depths(page)).toEqual([25, 75, 100]);
  await page.evaluate(() => history.pushState({}, '', '/next'));
  await scroll(0, [25, 75, 100]);
  await scroll(5400, [25, 75, 100, 100]);
});

test('tracking 18: of a page that grows, the share is that of its size at the moment; what was told stays told', async ({
  page,
}) => {
  await open(page, '<div style="height:2000px"></div>');
  await page.evaluate(() => scrollTo(0, 1000));
  await expect.poll(() => depths(page)).toEqual([75]);
  await page.evaluate(() => (document.body.firstElementChild.style.height = '10000px'));
  // 36 % of what there is now.
  await page.evaluate(() => scrollTo(0, 3000));
  await pause(page, 600);
  expect(await depths(page)).toEqual([75]);
  await page.evaluate(() => scrollTo(0, 8500));
  await expect.poll(() => depths(page)).toEqual([75, 90]);
});

test('tracking 18: an inner scroller that covers half of the viewport counts as the page, a smaller one does not', async ({
  page,
}) => {
  await open(
    page,
    `<div id="small" style="position:absolute;top:0;left:0;width:300px;height:300px;overflow:auto">
       <div style="height:900px"></div></div>
     <div id="wide" style="position:absolute;left:0;top:0;width:1000px;height:100px;overflow:auto">
       <div style="width:5000px;height:50px"></div></div>
     <main style="position:absolute;left:300px;width:700px;height:600px;overflow:auto">
       <div style="height:6000px"></div></main>`,
  );
  await pause(page, 1_500);
  for (const id of ['small', 'wide'])
    await page.evaluate((name) => document.getElementById(name).scrollTo(1e6, 1e6), id);
  await pause(page, 600);
  expect(await depths(page)).toEqual([]);
  await page.evaluate(() => document.querySelector('main').scrollTo(0, 2500));
  await expect.poll(() => depths(page)).toEqual([50]);
  await page.evaluate(() => document.querySelector('main').scrollTo(0, 1e6));
  await expect.poll(() => depths(page)).toEqual([50, 100]);
});

test('scrolling reads no layout in its handlers, and every listener on the window is passive', async ({ page }) => {
  await page.addInitScript(() => {
    window.reads = [];
    window.listeners = [];
    let inScroll = false;
    const add = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (type, listener, options) {
      if (this === window && new Error().stack.includes('/dist/omotenashi'))
        window.listeners.push([type, Boolean(options?.passive)]);
      return add.call(this, type, listener, options);
    };
    add.call(window, 'scroll', () => (inScroll = true), true);
    add.call(window, 'scroll', () => (inScroll = false));
    for (const name of ['scrollTop', 'scrollHeight', 'clientHeight', 'clientWidth']) {
      const { get, set } = Object.getOwnPropertyDescriptor(Element.prototype, name);
      Object.defineProperty(Element.prototype, name, {
        get() {
          window.reads.push(inScroll);
          return get.call(this);
        },
        set,
      });
    }
  });
  await open(page, '<div style="height:6000px"></div>');
  for (const top of [1000, 2000, 5400]) {
    await page.evaluate((y) => scrollTo(0, y), top);
    await pause(page, 300);
  }
  await expect.poll(() => depths(page)).toContain(100);
  const [reads, listeners] = await page.evaluate(() => [window.reads, window.listeners]);
  expect(reads.length).toBeGreaterThan(0);
  expect(reads).not.toContain(true);
  expect(listeners.map(([type]) => type)).toEqual(expect.arrayContaining(['scroll', 'pointermove', 'keydown']));
  expect(listeners.filter(([, passive]) => !passive)).toEqual([]);
});
