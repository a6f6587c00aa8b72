// SPDX-License-Identifier: Apache-2.0
// Two tabs of one visitor are one visitor: whatever is done in which of them, both end with what the native engine makes of
// all inputs in a row. Random histories by seed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../soak/rounds.mjs';
import { startCollector } from './support/collector.mjs';
import { all, flush, openClient, openTwoTabs } from './support/numbered.mjs';
import { expect, test } from './support/visitor.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const omo = process.env.OMO ?? join(root, 'build/native/omo');
const playbook = 'tests/browser/pages/serial.json';
const { traits, signals, segments, scores } = JSON.parse(readFileSync(join(root, playbook), 'utf8'));
const names = [traits, signals, segments, scores].flatMap(Object.keys);

let collector;
let folder;
test.beforeAll(async () => {
  collector = await startCollector({ site: 'tests/browser/pages', playbook });
  folder = mkdtempSync(join(tmpdir(), 'omo-serial-'));
});
test.afterAll(async () => {
  await collector.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What the native engine makes of the inputs, in the shape of export(). */
function replay(inputs, at) {
  const events = join(folder, 'events.ndjson');
  writeFileSync(events, inputs.map((input) => JSON.stringify(input) + '\n').join(''));
  const text = execFileSync(omo, ['explain', playbook, events, ...names, '--json', '--at', String(at)], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const state = { traits: {}, signals: {}, segments: {}, scores: {} };
  for (const { kind, name, value, state: isOn } of JSON.parse(text).explanations)
    if (state[kind + 's']) state[kind + 's'][name] = kind === 'segment' ? isOn === true : value;
  return state;
}

const exported = (page) =>
  page.evaluate(() => {
    const { traits, signals, segments } = window.client.export();
    return { traits, signals, segments, scores: window.client.scores() };
  });
const consentOf = (page) => page.evaluate(() => window.client.export().consent);

for (const seed of [1, 2, 3, 4])
  test(`tabs: what two tabs have merged equals a serial replay of all inputs (seed ${seed})`, async ({ page }) => {
    const random = createRandom(seed);
    const tabs = [page, await openTwoTabs(page, collector.origin)];
    const time = await page.evaluate(() => Date.now() - 60_000);
    const inputs = [{ time, type: 'consent', params: all }];
    /** Each input is later than the one before, in whole milliseconds, also where a browser's clock is coarse. */
    const give = async (tab, input) => {
      const now = await tab.evaluate(
        async ([{ type, name, params }, after]) => {
          while (Date.now() <= after) await new Promise((resolve) => setTimeout(resolve, 1));
          if (type === 'event') window.client.track(name, params);
          else window.client[type](params);
          return Date.now();
        },
        [input, inputs.at(-1).time + 3],
      );
      inputs.push({ time: now, ...input });
    };
    for (let step = 0; step < 60; step++) {
      const tab = random.below(2);
      const what = random.below(20);
      if (what < 11)
        await give(tabs[tab], {
          type: 'event',
          name: 'numbered',
          params: { number: random.below(100), kind: random.of(['a', 'b', 'c']) },
        });
      else if (what < 14)
        await give(tabs[tab], {
          type: 'event',
          name: 'purchase',
          // Some orders are told twice, by either tab.
          params: { transaction_id: 'order-' + random.below(9), value: 100 * random.below(50), currency: 'JPY' },
        });
      else if (what < 16)
        await give(tabs[tab], {
          type: 'identify',
          params: random.below(2) ? { rank: random.of(['gold', 'silver', null]) } : { orders: random.below(6) },
        });
      else if (what < 17) await flush(tabs[tab]);
      else if (what < 18) await openClient(tabs[tab], collector.origin);
      else if (what < 19) {
        // The leading tab goes; another one takes its place.
        await tabs[tab].close();
        tabs[tab] = await page.context().newPage();
        await openClient(tabs[tab], collector.origin);
      } else {
        const purpose = random.of(['marketing', 'personalization']);
        const state = random.of(['granted', 'denied']);
        await give(tabs[tab], { type: 'consent', params: { [purpose]: state } });
        // Within a second, by tracking.md; what is done in between is nobody's order.
        await expect(async () => expect((await consentOf(tabs[1 - tab]))[purpose]).toBe(state)).toPass();
      }
    }
    const expected = replay(inputs, inputs.at(-1).time + 1);
    await expect(async () => {
      for (const tab of tabs) {
        await flush(tab);
        expect(await exported(tab)).toEqual(expected);
      }
    }).toPass({ timeout: 20_000 });
  });
