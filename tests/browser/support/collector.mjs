// SPDX-License-Identifier: Apache-2.0
// The real collector, serving the demo shop from a store of its own on a free port.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const binary = process.env.OMO_COLLECTOR ?? join(root, 'build/native/omo-collector');

/**
 * Starts a collector. `site`, `dist` and `playbook` are the demo shop's unless stated; `statics` adds `DIR=/prefix/` folders; `origins` may send too.
 * Answers its origin and:
 *   stats(name)   rows of /v1/stats/name, as an operator sees them
 *   stored()      the events that its store has kept since the last call: {stream, sequence, flags, time, name, params};
 *                 `stored(true)` all of them
 *   counts()      what it counts of events and batches
 *   kill()        kill -9, then `start()` again on the same port with the same store
 *   stop()        ends it and removes the store
 */
export async function startCollector({
  statics = [],
  site = 'build/demo',
  dist = process.env.OMO_DIST ?? join(root, 'dist'),
  playbook = 'demo-site/playbook.json',
  origins = [],
} = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'omo-browser-'));
  const token = 'browser-tests-token-0123456789';
  const store = join(folder, 'events.sqlite');
  let row = '0';
  let child;
  let origin;

  async function start() {
    const listen = origin ? new URL(origin).host : '127.0.0.1:0';
    const folders = [`${join(root, site)}=/`, `${dist}=/dist/`, ...statics];
    child = spawn(
      'setpriv', // ends the collector with this process, however that ends
      [
        ...['--pdeathsig', 'TERM', binary],
        ...['--listen', listen, '--store', `sqlite:${store}`, '--demo'],
        ...['--playbook', join(root, playbook), '--dashboard', join(root, 'build/dashboard')],
        ...(origins.length ? ['--origins', origins.join(',')] : []),
        ...folders.flatMap((entry) => ['--static', entry]),
      ],
      { env: { ...process.env, OMO_ADMIN_TOKEN: token }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let log = '';
    child.stderr.on('data', (chunk) => (log += chunk));
    for await (const line of createInterface({ input: child.stdout })) {
      const match = /^listening on (http:\S+)/.exec(line);
      if (match) {
        origin = match[1].replace(/\/$/, '');
        return;
      }
    }
    throw new Error(`the collector did not start:\n${log}`);
  }
  const ended = () =>
    new Promise((resolve) => ((child.exitCode ?? child.signalCode) !== null ? resolve() : child.once('exit', resolve)));

  await start();
  return {
    get origin() {
      return origin;
    },
    token,
    start,
    async stats(name) {
      const answer = await fetch(`${origin}/v1/stats/${name}`, { headers: { Authorization: `Bearer ${token}` } });
      if (!answer.ok) throw new Error(`stats/${name}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()).rows;
    },
    async counts() {
      const text = await (await fetch(`${origin}/metrics`)).text();
      return text.split('\n').filter((line) => /^omo_(events|batches|quarantined)/.test(line));
    },
    stored(everything) {
      const tool = join(dirname(binary), 'collector-batches');
      const args = [join(root, playbook), 'stored', store, everything ? '0' : row];
      const lines = execFileSync(tool, args, { encoding: 'utf8' }).trim().split('\n');
      row = lines.pop();
      return lines.map((line) => JSON.parse(line));
    },
    async kill() {
      child.kill('SIGKILL');
      await ended();
    },
    async stop() {
      child.kill('SIGTERM');
      await ended();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
