// SPDX-License-Identifier: Apache-2.0
// Batches that come before the collector has their program, and what its next start makes of them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { batches, folder, launch, newStore, pages, post, start, stop, views } from './support.mjs';

const earlier = join(folder, 'earlier.json');
writeFileSync(earlier, '{ "omotenashi": 1, "site": "collector-test-before" }');

/** A store that the earlier program's collector has filled with these batches, all of an unknown program. */
async function fillQuarantine(bodies) {
  const store = newStore();
  const collector = launch(earlier, store);
  const [text] = await once(collector.child.stdout, 'data');
  collector.url = /http:\S+/.exec(`${text}`)[0];
  for (let i = 0; i < bodies.length; i += 50) {
    const answers = await Promise.all(bodies.slice(i, i + 50).map((body) => post(collector, body)));
    for (const answer of answers) assert.equal(answer.status, 422);
  }
  assert.equal(await stop(collector), 0);
  return store;
}

test('a start with the new playbook counts what pages sent before it, and what they send again is known', async () => {
  const sent = batches([
    [1, 0, 10],
    [1, 5, 10],
    [2, 0, 3],
  ]);
  const store = await fillQuarantine(sent);
  const collector = await start(store);
  assert.equal(await views(collector), 18);
  assert.match(collector.log, /quarantine: 3 batches of known programs with 18 new events, 0 refused, 0 of unknown/);
  for (const body of sent) assert.equal((await post(collector, body)).status, 204);
  assert.equal(await views(collector), 18);
  const metrics = await (await fetch(`${collector.url}/metrics`)).text();
  assert.match(metrics, /^omo_released_batches_total\{result="kept"\} 3$/m);
  assert.equal(await stop(collector), 0);
  const again = await start(store);
  assert.equal(await views(again), 18);
  assert.doesNotMatch(again.log, /quarantine/);
  assert.equal(await stop(again), 0);
});

test('killed while it reads its quarantine and started again: nothing is lost, nothing counts twice', async (t) => {
  const STREAMS = 30;
  const EACH = 30;
  const sent = batches(Array.from({ length: STREAMS * EACH }, (_, i) => [i % STREAMS, Math.floor(i / STREAMS) * 2, 3]));
  const store = await fillQuarantine(sent);
  let middle = 0;
  for (let life = 0; life < 6; life++) {
    const collector = launch(join(import.meta.dirname, 'playbook.json'), store);
    // After the first step of several where one is still to be made, else at any time from the start on.
    if (life < 2) {
      while (!/reading quarantine/.test(collector.log) && collector.child.exitCode === null) {
        await Promise.race([once(collector.child.stderr, 'data'), collector.exited]);
      }
    } else {
      await new Promise((resolve) => setTimeout(resolve, life * 7));
    }
    middle += /reading quarantine/.test(collector.log) && !/\] quarantine: /.test(collector.log) ? 1 : 0;
    assert.equal(await stop(collector, 'SIGKILL'), 'SIGKILL');
  }
  t.diagnostic(`${middle} of 6 kills came in the middle`);
  const collector = await start(store);
  // Batches of a stream overlap by one event each.
  assert.equal(await views(collector), STREAMS * (EACH * 2 + 1));
  const before = await pages(collector);
  for (const body of sent.slice(0, 60)) assert.equal((await post(collector, body)).status, 204);
  assert.deepEqual(await pages(collector), before);
  assert.equal(await stop(collector), 0);
});
