// SPDX-License-Identifier: Apache-2.0
// The edges that Playwright's own pages do not get: a tab behind another one, and a page that Chromium prerenders.
import { createServer } from 'node:http';
import { expect, test } from '@playwright/test';
import { startHeaded } from './support/headed.mjs';
import { startSensing } from './support/sensing.mjs';

let collector;
let browser;
test.beforeAll(async () => {
  collector = await startSensing();
  browser = await startHeaded();
});
test.afterAll(async () => {
  await browser.stop();
  await collector.stop();
});

test('tracking 1: in a headed browser, a tab behind another one adds neither visible nor engaged time', async () => {
  const tab = await browser.open(`${collector.origin}/sensing.html`);
  const state = () => tab.evaluate('document.visibilityState');
  const signals = () => tab.evaluate('window.client.export().signals');
  // The tab may still be on its way.
  await expect(async () => {
    expect(await tab.evaluate('window.client?.ready.then(() => true)')).toBe(true);
  }).toPass();
  await expect.poll(state).toBe('visible');
  await browser.open('about:blank');
  await expect.poll(state).toBe('hidden');
  const [before, hidden] = [await signals(), await tab.evaluate('performance.now()')];
  expect(before.visible).toBeGreaterThan(0);
  expect(before.times_told).toBe(1);
  await tab.evaluate('new Promise((resolve) => setTimeout(resolve, 3000))');
  const shown = await tab.evaluate('performance.now()');
  await tab.activate();
  await expect.poll(state).toBe('visible');
  await tab.evaluate('new Promise((resolve) => setTimeout(resolve, 500))');
  await tab.evaluate("history.pushState({}, '', '/next')");
  const [after, now] = [await signals(), await tab.evaluate('performance.now()')];
  expect(shown - hidden).toBeGreaterThanOrEqual(3000);
  expect(after.visible - before.visible).toBeGreaterThanOrEqual(500);
  expect(after.visible - before.visible).toBeLessThanOrEqual(now - shown + 1);
  expect(after.engaged).toBeLessThanOrEqual(after.visible);
  expect(await tab.evaluate('window.errors')).toEqual([]);
});

const opener = `<!doctype html><title>Before</title><script type="speculationrules">
  { "prerender": [{ "source": "list", "urls": ["/prerendered.html"], "eagerness": "immediate" }] }
</script><script>
  setInterval(async () => {
    if ((await (await fetch('/go')).text()) === 'true') location.href = '/prerendered.html';
  }, 300);
</script>`;

/** The collector behind a server that has a page with speculation rules, and remembers what was asked while prerendering. */
async function startFront() {
  const state = { go: false, asked: [], prerendered: [], posted: 0 };
  const server = createServer(async (request, response) => {
    const own = { '/opener': opener, '/go': `${state.go}` }[request.url];
    if (own) return response.setHeader('Content-Type', 'text/html').end(own);
    state.asked.push(request.url);
    if (/prerender/.test(request.headers['sec-purpose'] ?? '')) state.prerendered.push(request.url);
    const body = Buffer.concat(await request.toArray());
    if (request.method === 'POST') state.posted += 1;
    const answer = await fetch(collector.origin + request.url.replace('prerendered', 'sensing'), {
      method: request.method,
      headers: { Origin: collector.origin, 'Content-Type': request.headers['content-type'] ?? '' },
      body: body.length > 0 ? body : undefined,
    });
    response.writeHead(answer.status, { 'Content-Type': answer.headers.get('content-type') ?? '' });
    return response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { state, server, origin: `http://127.0.0.1:${server.address().port}` };
}

test('tracking 6: a page that Chromium prerenders is no event until it is activated, and one view then', async () => {
  const views = async () =>
    (await collector.stats('pages')).find(({ path }) => path === '/prerendered.html')?.views ?? 0;
  const { state, server, origin } = await startFront();
  await browser.openAlone(`${origin}/opener`);
  // It runs: its engine is there.
  await expect.poll(() => state.prerendered).toEqual(expect.arrayContaining(['/dist/engine.wasm', '/playbook.omo']));
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  expect(state.posted).toBe(0);
  expect(await views()).toBe(0);
  state.go = true;
  await expect.poll(views, { timeout: 30_000 }).toBe(1);
  // The page that was activated is the one that was prerendered: nothing was asked for again.
  expect(state.asked.filter((url) => url === '/dist/engine.wasm').length).toBe(1);
  server.closeAllConnections();
  server.close();
});
