// SPDX-License-Identifier: Apache-2.0
// What arrives of events that happened offline, in a real Chromium against a real collector.

/** A tab with consent, online. */
async function openTab(context, origin) {
  const page = await context.newPage();
  await page.goto(`${origin}/client.html`);
  await page.waitForFunction(() => window.client);
  await page.evaluate(async () => {
    await window.client.ready;
    window.client.consent({ storage: 'granted', measurement: 'granted' });
    await window.client.flush();
  });
  return page;
}

const views = (page, folder, count) =>
  page.evaluate(
    ([to, n]) => {
      for (let i = 0; i < n; i += 1) history.pushState({}, '', `/${to}/${i}`);
    },
    [folder, count],
  );

/** Views below a folder, as soon as there are as many as wanted; those that came in 20 s where there are not. */
async function counted(collector, folder, wanted) {
  for (const until = performance.now() + 20_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const rows = await collector.stats('pages');
    const all = rows.filter(({ path }) => path.startsWith(`/${folder}`)).reduce((sum, row) => sum + row.views, 0);
    if (all >= wanted || performance.now() > until) return all;
  }
}

async function repeated({ origin }) {
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  return Number(/^omo_events_total\{result="duplicate"\} (\d+)/m.exec(metrics)[1]);
}

/** `closed`: five events, the tab is closed, opened again online. `tabs`: three and three events, then online. */
export async function offline(browser, collector) {
  const context = await browser.newContext();
  const tab = await openTab(context, collector.origin);
  await context.setOffline(true);
  await views(tab, 'closed', 5);
  await tab.close();
  await context.setOffline(false);
  const first = await openTab(context, collector.origin);
  const closed = `${await counted(collector, 'closed', 5)} of 5`;

  const second = await openTab(context, collector.origin);
  const before = await repeated(collector);
  await context.setOffline(true);
  await views(first, 'tabs-a', 3);
  await views(second, 'tabs-b', 3);
  await context.setOffline(false);
  const unique = await counted(collector, 'tabs-', 6);
  const tabs = `${unique} of 6, delivered ${unique + (await repeated(collector)) - before} times`;
  await context.close();
  return { closed, tabs };
}
