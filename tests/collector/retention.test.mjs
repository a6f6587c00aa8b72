// SPDX-License-Identifier: Apache-2.0
// What the real collector deletes for its age. Stores are made by it, and then made older: collector-batches age.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { batches, batchTool, binary, newStore, pages, playbook, post, start, stop, views } from './support.mjs';

const CHECKSUM_AT = 21; // wasm/wire/batch.md

const age = (store, days) => execFileSync(batchTool, [playbook, 'age', store, `${days}`]);
/** Does any file of the store hold the checksum and the events of this batch? */
const holds = (store, batch) =>
  ['', '-wal', '-shm'].some(
    (end) => existsSync(store + end) && readFileSync(store + end).includes(batch.subarray(CHECKSUM_AT)),
  );

/** Sends page views to a collector that runs for that only. */
async function fill(store, bodies) {
  const collector = await start(store);
  for (const body of bodies) assert.equal((await post(collector, body)).status, 204);
  assert.equal(await stop(collector), 0);
}

test('privacy 14: what was received more than 25 months ago is deleted, from the file and from the stats', async () => {
  const store = newStore();
  // Stream 1 sees only page 5, stream 2 pages 1 and 2.
  const [old, young] = batches([
    [1, 5, 1],
    [2, 1, 2],
  ]);
  await fill(store, [old]);
  age(store, 2);
  await fill(store, [young]);
  age(store, 756);
  assert.ok(holds(store, old) && holds(store, young));

  const collector = await start(store);
  assert.deepEqual((await pages(collector)).map((row) => row.path).sort(), ['/page/1', '/page/2']);
  assert.ok(!holds(store, old), 'the old batch is still in a file');
  assert.ok(holds(store, young));
  assert.match(collector.log, /deleted 1 batches that were received more than 757 days ago/);
  const metrics = await (await fetch(`${collector.url}/metrics`)).text();
  assert.match(metrics, /^omo_expired_batches_total 1$/m);
  // What is left is still known when it comes again.
  assert.equal((await post(collector, young)).status, 204);
  assert.equal(await views(collector), 2);
  assert.equal(await stop(collector), 0);
});

test('--keep-days shortens how long events are kept', async () => {
  const store = newStore();
  const [batch] = batches([[1, 5, 1]]);
  await fill(store, [batch]);
  age(store, 32);
  const month = await start(store, '--keep-days', '33');
  assert.equal(await views(month), 1);
  assert.equal(await stop(month), 0);
  const less = await start(store, '--keep-days', '31');
  assert.equal(await views(less), 0);
  assert.ok(!holds(store, batch));
  assert.equal(await stop(less), 0);
});

test('--keep-days refuses what is too short to know late events and longer than the law allows, and --help says it', () => {
  const run = (days) => {
    try {
      execFileSync(binary, ['--playbook', playbook, '--store', `sqlite:${newStore()}`, '--keep-days', days], {
        stdio: 'pipe',
        timeout: 5000,
      });
    } catch (error) {
      return { status: error.status, message: `${error.stderr}` };
    }
    return { status: 0, message: '' };
  };
  for (const days of ['0', '30', '758']) {
    const { status, message } = run(days);
    assert.equal(status, 1, days);
    assert.match(message, /write 31 to 757\. .*30 days late.*25 months/);
  }
  for (const days of ['-1', 'long', '31.5']) {
    const { status, message } = run(days);
    assert.ok(status > 0, days);
    assert.match(message, /--keep-days/);
  }
  assert.match(execFileSync(binary, ['--help']).toString(), /--keep-days[^]*31[^]*757[^]*25 months/);
});
