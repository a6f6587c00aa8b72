// SPDX-License-Identifier: Apache-2.0
// The short form of script/soak: the same rounds, from a seed that stays.
import { createSoak, createRandom, planRound } from '../soak/rounds.mjs';
import { startCollector } from './support/collector.mjs';
import { test } from './support/visitor.mjs';

test('two tabs through rounds of navigating, hiding, freezing, no network, kills, withdrawal and a collector that dies: every event arrives once, or not at all where it was withdrawn', async ({
  context,
  browserName,
}) => {
  const collector = await startCollector({ site: 'tests/browser/pages', playbook: 'tests/soak/playbook.json' });
  try {
    const soak = await createSoak({ context, collector, browserName });
    for (let round = 0; round < (browserName === 'chromium' ? 12 : 4); round += 1) {
      const plan = planRound(createRandom(7 * 100_003 + round));
      await test.step(plan.map((step) => step.join(' ')).join(' · '), () => soak.run(plan));
    }
  } finally {
    await collector.stop();
  }
});
