// SPDX-License-Identifier: Apache-2.0
// A running collector for tests that speak HTTP. OMO_COLLECTOR names the binary; collector-batches stands beside it.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const binary = process.env.OMO_COLLECTOR ?? join(root, 'build/native/omo-collector');
export const batchTool = join(dirname(binary), 'collector-batches');
export const playbook = join(root, 'tests/collector/playbook.json');
export const TOKEN = 'a-token-for-tests-only-0123';

for (const file of [binary, batchTool]) assert.ok(existsSync(file), `${file} is missing: build it first`);

export const folder = mkdtempSync(join(tmpdir(), 'omo-collector-test-'));
const running = new Set();
after(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

let stores = 0;
/** A path in a folder that goes away with the tests. */
export const newStore = () => join(folder, `store-${stores++}.db`);

/** Runs the collector; it does not listen yet. */
export function launch(served, store, ...more) {
  const child = spawn(
    binary,
    ['--listen', '127.0.0.1:0', '--store', `sqlite:${store}`, '--playbook', served, '--demo', ...more],
    { env: { ...process.env, OMO_ADMIN_TOKEN: TOKEN }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  running.add(child);
  const collector = { child, log: '', exited: once(child, 'exit').finally(() => running.delete(child)) };
  child.stderr.on('data', (text) => (collector.log += text));
  return collector;
}

/** Runs the collector and waits until it listens. */
export async function start(store, ...more) {
  const collector = launch(playbook, store, ...more);
  const { child } = collector;
  collector.url = await new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
      const found = /listening on (http:\S+)\n/.exec(output);
      if (found) resolve(found[1]);
    });
    child.on('exit', (code) => reject(new Error(`the collector ended with ${code}: ${collector.log}`)));
  });
  collector.port = Number(new URL(collector.url).port);
  return collector;
}

export async function stop(collector, signal = 'SIGTERM') {
  collector.child.kill(signal);
  const [code, by] = await collector.exited;
  return by ?? code;
}

/** Real batches: [stream, first, count] each. */
export function batches(wanted) {
  const input = wanted.map((one) => one.join(' ')).join('\n');
  const lines = execFileSync(batchTool, [playbook, 'batches'], { input, maxBuffer: 1 << 28 })
    .toString()
    .trim()
    .split('\n');
  return lines.map((line) => Buffer.from(line, 'hex'));
}

export const post = (collector, body, headers = {}) =>
  fetch(`${collector.url}/v1/events`, { method: 'POST', body, headers });
export const pages = async (collector) => {
  const response = await fetch(`${collector.url}/v1/stats/pages?limit=10000`, {
    headers: { Authorization: `Bearer ${TOKEN}` },
  });
  assert.equal(response.status, 200);
  return (await response.json()).rows;
};
export const views = async (collector) => (await pages(collector)).reduce((sum, row) => sum + row.views, 0);
