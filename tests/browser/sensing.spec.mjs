// SPDX-License-Identifier: Apache-2.0
// Attention with real edges: the shell listens, the engine counts. The clock is the test's where hours pass.
import { expect, test } from './support/visitor.mjs';
import {
  makeSimulated,
  move,
  nothingBroke,
  openStill,
  ready,
  setFocused,
  setHidden,
  signals,
  startSensing,
  withoutPolicy,
} from './support/sensing.mjs';

let collector;
let address;
test.beforeAll(async () => {
  collector = await startSensing();
  address = `${collector.origin}/sensing.html`;
});
test.afterAll(() => collector.stop());
test.afterEach(({ page }) => nothingBroke(page));

test('tracking 1: hidden for 10 s, then visible for 5 s, is the visible time only', async ({ page }) => {
  const still = await openStill(page, address, { hidden: true });
  await still.run(10_000);
  await setHidden(page, false);
  await still.run(5_000);
  expect(await still.since()).toMatchObject({ visible: 5000, engaged: 5000 });
});

test('tracking 2: visible but blurred adds no engaged time, whatever moves', async ({ page }) => {
  const still = await openStill(page, address);
  await setFocused(page, false);
  await still.run(2_000);
  await move(page);
  await still.run(2_000);
  expect(await still.since()).toMatchObject({ visible: 4000, engaged: 0 });
});

test('tracking 3: one mouse move, then two hours idle, is five seconds', async ({ page }) => {
  const still = await openStill(page, address);
  await move(page);
  await still.run(7_200_000);
  expect(await still.since()).toMatchObject({ visible: 7_200_000, engaged: 5000 });
});

test('tracking 4: input every four seconds for a minute is continuous, and never above the clock', async ({ page }) => {
  const still = await openStill(page, address);
  for (let i = 0; i < 15; i += 1) {
    await move(page);
    await still.run(4_000);
  }
  expect(await still.since()).toMatchObject({ visible: 60_000, engaged: 60_000 });
});

test('tracking 4: keys, the wheel, buttons and a new size of the window are activity too', async ({ page }) => {
  const still = await openStill(page, address);
  await page.evaluate(() => (document.body.style.height = '5000px'));
  await still.run(60_000);
  const idle = (await still.since()).engaged;
  await still.run(60_000);
  // Coming back into view opened one window of five seconds.
  expect((await still.since()).engaged).toBe(idle + 5000);
  const { width, height } = page.viewportSize();
  const acts = [
    () => page.keyboard.press('Shift'),
    () => page.mouse.wheel(0, 100),
    () => page.mouse.down(),
    () => page.setViewportSize({ width, height: height - 50 }),
  ];
  let engaged = (await still.since()).engaged;
  for (const act of acts) {
    await still.run(20_000);
    await page.evaluate(() => {
      window.acted = new Promise((resolve) => {
        for (const type of ['keydown', 'scroll', 'pointerdown', 'resize'])
          addEventListener(type, resolve, { once: true });
      });
    });
    await act();
    await page.evaluate(() => window.acted.then(() => {}));
    await still.run(20_000);
    // Five seconds after the report before, five after the act.
    const now = (await still.since()).engaged;
    expect(now - engaged).toBe(10_000);
    engaged = now;
  }
});

test('tracking 5: opened in the background and first seen after 29 minutes, time starts at the first view', async ({
  page,
}) => {
  const still = await openStill(page, address, { hidden: true, focused: false });
  await still.run(29 * 60_000);
  await setHidden(page, false);
  await setFocused(page, true);
  await still.run(3_000);
  expect(await still.since()).toMatchObject({ visible: 3000, engaged: 3000, times_told: 1 });
});

test('tracking 8: frozen and resumed, no timer is caught up', async ({ page }) => {
  const still = await openStill(page, address);
  await still.run(1_000);
  await page.evaluate(() => document.dispatchEvent(new Event('freeze', { bubbles: true })));
  await still.sleep(15 * 60_000);
  await page.evaluate(() => document.dispatchEvent(new Event('resume', { bubbles: true })));
  await still.run(2_000);
  expect(await still.since()).toMatchObject({ visible: 3000, engaged: 3000 });
});

test('tracking 8: discarded and loaded anew, the page begins with nothing', async ({ page }) => {
  const still = await openStill(page, address);
  await still.run(4_000);
  const before = await still.since();
  await still.sleep(60 * 60_000);
  await page.reload();
  await still.ready();
  await setHidden(page, true);
  const after = await signals(page);
  expect(after.views).toBe((await signals(page)).views);
  // What the new document saw is its own few milliseconds of a standing clock.
  await setHidden(page, false);
  await still.run(1_000);
  await setHidden(page, true);
  expect((await signals(page)).visible - after.visible).toBe(1000);
  expect(before).toMatchObject({ visible: 4000 });
});

test('tracking 9: an hour of sleep while visible is not counted', async ({ page }) => {
  const still = await openStill(page, address);
  await still.run(4_000);
  await move(page);
  await still.sleep(3_600_000);
  await still.run(2_000);
  const { visible, engaged } = await still.since();
  expect({ visible, engaged }).toEqual({ visible: 6000, engaged: 4000 });
});

test('tracking 9: a sign of life keeps nothing, sends nothing and touches nothing of the page', async ({ page }) => {
  const still = await openStill(page, address);
  await page.evaluate(() => window.client.flush());
  const requests = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.evaluate(() => {
    window.writes = [];
    const { setItem, removeItem } = Storage.prototype;
    Storage.prototype.setItem = function (...values) {
      window.writes.push(values[0]);
      return setItem.apply(this, values);
    };
    Storage.prototype.removeItem = function (...values) {
      window.writes.push(values[0]);
      return removeItem.apply(this, values);
    };
    window.observer = new MutationObserver((changes) => window.writes.push(...changes.map(({ type }) => type)));
    window.observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  });
  await still.run(120_000);
  expect(await page.evaluate(() => window.writes)).toEqual([]);
  expect(requests).toEqual([]);
});

for (const days of [1, -1])
  test(`tracking 10: the wall clock jumps ${days} day mid-page: dwell and time stamps are unaffected`, async ({
    page,
  }) => {
    await makeSimulated(page);
    await page.addInitScript(() => {
      window.sent = [];
      const { fetch } = window;
      window.fetch = (url, init) => {
        if (init?.body)
          window.sent.push(
            new Response(init.body).arrayBuffer().then((batch) => {
              const bytes = new DataView(batch);
              return 1000 * bytes.getUint32(14, true);
            }),
          );
        return fetch(url, init);
      };
    });
    await page.goto(address);
    await ready(page);
    const [from, began] = await page.evaluate(() => [performance.now(), Date.now()]);
    await page.evaluate((ms) => {
      const { now } = Date;
      Date.now = () => now() + ms;
    }, days * 86_400_000);
    await page.waitForTimeout(700);
    await setHidden(page, true);
    const passed = await page.evaluate(() => performance.now());
    const { visible } = await signals(page);
    expect(visible).toBeGreaterThanOrEqual(700);
    expect(visible).toBeLessThanOrEqual(passed + 1);
    await page.evaluate(() => window.client.flush());
    // The batch says when it was sent by the clock that stamps its events, so that the collector can correct them.
    const sent = await page.evaluate(() => Promise.all(window.sent));
    expect(sent.length).toBeGreaterThan(0);
    for (const time of sent) expect(Math.abs(time - began)).toBeLessThan(passed - from + 60_000);
  });

test('tracking 10: an earlier visit by a wall clock that was a day ahead does not stop dwell', async ({
  context,
  page,
}) => {
  const earlier = await context.newPage();
  await earlier.addInitScript(() => {
    const { now } = Date;
    Date.now = () => now() + 86_400_000;
  });
  await earlier.goto(address);
  await ready(earlier);
  await earlier.evaluate(() => window.client.flush());
  await earlier.close();
  const still = await openStill(page, address);
  const ahead = await page.evaluate(() => localStorage.getItem('omo.snapshot'));
  expect(ahead).toBeTruthy();
  await still.run(4_000);
  expect(await still.since()).toMatchObject({ visible: 4000, engaged: 4000 });
});

test('tracking 11: timers that come once a minute in the background, and late in the foreground, drift by nothing', async ({
  page,
}) => {
  const still = await openStill(page, address);
  await still.run(2_000);
  await setHidden(page, true);
  for (let i = 0; i < 10; i += 1) await still.sleep(60_000);
  await setHidden(page, false);
  for (let i = 0; i < 5; i += 1) await still.sleep(7_000 + i);
  expect(await still.since()).toMatchObject({ visible: 2000 + 35_010, engaged: 2000 + 5000 });
});

test('tracking 15: two windows side by side: only the focused one accrues', async ({ page, context, browserName }) => {
  const other = await context.newPage();
  // Firefox moves the focus between two pages by itself; Chromium keeps both focused for its tests.
  const simulated = browserName === 'chromium';
  if (simulated) await Promise.all([page, other].map((one) => makeSimulated(one)));
  for (const one of [page, other]) {
    await one.goto(address);
    await ready(one);
  }
  const focus = async (one) => {
    if (simulated) await Promise.all([page, other].map((each) => setFocused(each, each === one)));
    else await one.bringToFront();
    await expect.poll(() => one.evaluate(() => document.hasFocus())).toBe(true);
    for (const each of [page, other])
      if (each !== one) await expect.poll(() => each.evaluate(() => document.hasFocus())).toBe(false);
  };
  await focus(other);
  // The page's share is told by a navigation.
  const next = (one) =>
    one.evaluate(() => {
      history.pushState({}, '', '/next');
      return performance.now();
    });
  const from = await next(page);
  await other.waitForTimeout(1_000);
  await page.evaluate(() => history.pushState({}, '', '/sensing.html'));
  const { engaged_next: engaged, visible_next: visible } = await signals(page);
  expect(engaged).toBe(0);
  expect(visible).toBeGreaterThanOrEqual(1000);
  await focus(page);
  await next(page);
  await page.waitForTimeout(500);
  await page.evaluate(() => history.pushState({}, '', '/sensing.html'));
  const now = await page.evaluate(() => performance.now());
  const after = (await signals(page)).engaged_next;
  expect(after).toBeGreaterThanOrEqual(500);
  expect(after).toBeLessThanOrEqual(now - from);
});

test('tracking 16: what is done inside a frame of another origin is no activity, though the page keeps the focus', async ({
  page,
}) => {
  await withoutPolicy(page);
  const still = await openStill(page, address);
  await page.evaluate(() => {
    const frame = document.createElement('iframe');
    // Its origin is its own, but its process is the page's: Firefox's driver gives no input to other processes.
    frame.sandbox = 'allow-scripts';
    frame.srcdoc = '<input />';
    document.body.append(frame);
  });
  const input = page.frameLocator('iframe').locator('input');
  await input.waitFor();
  const frame = page.frames().find((each) => each !== page.mainFrame());
  await frame.evaluate(() => {
    window.pressed = 0;
    addEventListener('pointerdown', () => (window.pressed += 1));
  });
  await input.click();
  expect(await page.evaluate(() => document.activeElement.tagName)).toBe('IFRAME');
  await still.run(10_000);
  const before = (await still.since()).engaged;
  await still.run(5_000);
  for (let i = 0; i < 5; i += 1) {
    await input.click();
    await still.run(5_000);
  }
  // It did happen there.
  expect(await frame.evaluate(() => [window.pressed, self.origin])).toEqual([6, 'null']);
  // The report above opened one window.
  expect((await still.since()).engaged).toBe(before + 5000);
});

/** A minute of silence, as a sound file. */
function silence() {
  const rate = 8000;
  const file = Buffer.alloc(44 + rate * 60, 128);
  file.write('RIFF....WAVEfmt ', 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  [16, 0x10001, rate, rate, 0x80001].forEach((value, i) => file.writeUInt32LE(value, 16 + 4 * i));
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(rate * 60, 40);
  return file;
}

test('tracking 16: media that play aloud are activity, muted ones are not', async ({ page }) => {
  await withoutPolicy(page);
  await page.route('**/silence.wav', (route) => route.fulfill({ contentType: 'audio/wav', body: silence() }));
  const still = await openStill(page, address);
  await page.evaluate(() => {
    const audio = document.createElement('audio');
    audio.src = '/silence.wav';
    audio.loop = true;
    document.body.append(audio);
    document.documentElement.onclick = () => audio.play();
  });
  const heard = () =>
    page.evaluate(async () => {
      const once = () =>
        new Promise((resolve) =>
          document.querySelector('audio').addEventListener('timeupdate', resolve, { once: true }),
        );
      // Two, which are further apart than activity is told.
      await once();
      await once();
    });
  await page.mouse.click(40, 40);
  await heard();
  await still.run(10_000);
  const before = (await still.since()).engaged;
  for (let i = 0; i < 5; i += 1) {
    await heard();
    await still.run(4_000);
  }
  const aloud = (await still.since()).engaged;
  expect(aloud - before).toBe(20_000);
  await page.evaluate(() => (document.querySelector('audio').muted = true));
  await heard();
  for (let i = 0; i < 5; i += 1) {
    await heard();
    await still.run(4_000);
  }
  expect((await still.since()).engaged - aloud).toBe(5_000);
});
