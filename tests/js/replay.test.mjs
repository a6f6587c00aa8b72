// SPDX-License-Identifier: Apache-2.0
// One engine everywhere: the fixtures and random lives give the same lines in Wasm, in wasm2js and natively.
// OMO is the native command (default build/native/omo), OMO_DIST the folder of the modules (default dist).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { byName } from '../../script/abi.mjs';
import { loadCompiler } from '../lib/compiler.mjs';
import { instantiateEngine, replay, translateToJs } from '../lib/engine.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dist = process.env.OMO_DIST ?? join(root, 'dist');
const omo = process.env.OMO ?? join(root, 'build/native/omo');
const fixtures = join(root, 'tests/fixtures/replay');
const names = readdirSync(fixtures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

const engineBytes = readFileSync(join(dist, 'engine.wasm'));
const hostBytes = readFileSync(join(dist, 'engine-host.wasm'));
const compiler = await loadCompiler(join(dist, 'compiler.wasm'));

function compile(source) {
  const { program, diagnostics } = compiler.compile(source);
  assert.ok(program, JSON.stringify(diagnostics));
  return program;
}

let folder;
let instantiateJs;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omo-replay-'));
  const script = join(folder, 'engine.mjs');
  translateToJs(join(root, 'node_modules/.bin'), join(dist, 'engine.wasm'), script);
  // The translation is a module of one instance: another query is another instance.
  let instances = 0;
  instantiateJs = async () => byName(await import(`${pathToFileURL(script)}?${(instances += 1)}`));
});
after(() => rmSync(folder, { recursive: true }));

describe('every replay fixture gives its expected lines', () => {
  assert.ok(names.length > 0, 'there are fixtures');
  for (const name of names) {
    const read = (file) => readFileSync(join(fixtures, name, file), 'utf8');
    test(`${name} in Wasm`, async () => {
      const exports = await instantiateEngine(engineBytes);
      assert.equal(replay(exports, compile(read('playbook.json')), read('events.ndjson')), read('expected.ndjson'));
    });
    test(`${name} in Wasm that is built for speed`, async () => {
      const exports = await instantiateEngine(hostBytes);
      assert.equal(replay(exports, compile(read('playbook.json')), read('events.ndjson')), read('expected.ndjson'));
    });
    test(`${name} in wasm2js`, async () => {
      const exports = await instantiateJs();
      assert.equal(replay(exports, compile(read('playbook.json')), read('events.ndjson')), read('expected.ndjson'));
    });
  }
});

/** A small generator with a seed (mulberry32), so that a failure can be repeated. */
function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  const below = (n) => next() % n;
  return { below, pick: (list) => list[below(list.length)], oneIn: (n) => below(n) === 0 };
}

const purposes = ['storage', 'functional', 'measurement', 'personalization', 'marketing', 'sharing'];

/** Inputs for the playbook tests/fixtures/playbooks/hanaichi.json. */
function randomLife(seed) {
  const { below, pick, oneIn } = random(seed);
  let time = Date.UTC(2026, 10, 20) + below(86400000);
  const lines = [{ seed: below(1 << 30) }];
  const all = Object.fromEntries(purposes.map((purpose) => [purpose, 'granted']));
  lines.push({ time, type: 'consent', params: all });
  const item = () => ({
    item_id: pick(['bq-01', 'bq-02', 'pl-07', '花束']),
    ...(oneIn(4) ? {} : { item_category: pick(['bouquet', 'plant', '鉢植え']) }),
    ...(oneIn(3) ? { price: below(9000) / pick([1, 3, 100]) } : {}),
  });
  const make = [
    () => ({ type: 'event', name: 'view_item', params: { items: Array.from({ length: below(4) }, item) } }),
    () => ({ type: 'event', name: 'view_item', params: item() }),
    () => ({ type: 'event', name: 'purchase', params: { transaction_id: `t${below(5)}`, value: below(10000) / 7 } }),
    () => ({ type: 'event', name: 'user_engagement', params: { engagement_time_msec: below(40000) } }),
    () => ({ type: 'event', name: 'quiz_done', params: { style: pick(['wild', 'calm']) } }),
    () => ({
      type: 'event',
      name: pick(['view_promotion', 'dismiss_promotion']),
      params: { promotion_id: pick(['storm', 'birthday', 'first', 'other']) },
    }),
    () => ({ type: 'identify', params: { rank: pick(['silver', 'gold', null]), is_member: oneIn(2) } }),
    () => ({ type: 'identify', params: { spouse_birthday: `1990-${pick(['11', '12'])}-${pick(['21', '28', '30'])}` } }),
    () => ({ type: 'identify', params: null }),
    () => ({
      type: 'context',
      params: { weather: pick(['storm', 'typhoon', 'fine', null]), utc_offset_min: pick([540, 0, -330]) },
    }),
    () => ({ type: 'page', params: { path: pick(['/', '/カート']), title: '花市' } }),
    () => ({ type: 'edge', name: pick(['visible', 'hidden', 'focused', 'blurred', 'activity', 'leave']) }),
    () => ({ type: 'section', name: pick(['story', '季節']), params: { in_view: oneIn(2) } }),
    () => ({ type: 'consent', params: { [pick(purposes)]: pick(['granted', 'denied']) } }),
    () => ({ type: 'tick' }),
  ];
  for (let i = 0; i < 60; i += 1) {
    time += pick([0, 1, 999, 60000, 3600000, 86400000]) * (1 + below(3));
    lines.push({ time, ...pick(make)() });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

const lives = 300;

test(`${lives} random lives give the same lines natively, in Wasm and in wasm2js`, async () => {
  const playbook = join(root, 'tests/fixtures/playbooks/hanaichi.json');
  const program = compile(readFileSync(playbook));
  const path = join(folder, 'life.ndjson');
  let changes = 0;
  for (let seed = 1; seed <= lives; seed += 1) {
    const life = randomLife(seed);
    const inWasm = replay(await instantiateEngine(engineBytes), program, life);
    writeFileSync(path, life);
    const natively = execFileSync(omo, ['replay', playbook, path], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    assert.equal(inWasm, natively, `seed ${seed}`);
    if (seed % 30 === 0) assert.equal(replay(await instantiateJs(), program, life), natively, `wasm2js, seed ${seed}`);
    changes += natively.split('\n').length - 1;
  }
  assert.ok(changes > 5 * lives, `the lives change something: ${changes} lines`);
});
