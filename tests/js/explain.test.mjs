// SPDX-License-Identifier: Apache-2.0
// Why: what `omo explain` prints, that Wasm and wasm2js explain as the command does, and how the client tells it.
// OMO is the native command (default build/native/omo), OMO_DIST the folder of the modules (default dist).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { byName } from '../../script/abi.mjs';
import { loadCompiler } from '../lib/compiler.mjs';
import { instantiateEngine, loadProgram, recordOf, seedRecord, translateToJs } from '../lib/engine.mjs';
import { mutant, sources } from './lib/bundle.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dist = process.env.OMO_DIST ?? join(root, 'dist');
const omo = process.env.OMO ?? join(root, 'build/native/omo');
const fixture = join(root, 'tests/fixtures/explain');
const read = (name) => readFileSync(join(fixture, name), 'utf8');
const vocabulary = JSON.parse(readFileSync(join(root, 'wasm/wire/vocabulary.json'), 'utf8'));
const { tables } = vocabulary;
const engineBytes = readFileSync(join(dist, 'engine.wasm'));
const compiler = await loadCompiler(join(dist, 'compiler.wasm'));

const folder = mkdtempSync(join(tmpdir(), 'omo-explain-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const run = (...words) => {
  const { status, stdout, stderr } = spawnSync(omo, words, { encoding: 'utf8', cwd: fixture });
  return { status, out: stdout, err: stderr };
};
const explain = (...words) => run('explain', 'playbook.json', 'events.ndjson', ...words);

describe('omo explain', () => {
  const eleven = ['--at', '2026-11-22T11:00:00Z'];
  for (const language of ['en', 'ja']) {
    test(`tells everything in ${language}`, () => {
      const { status, out } = explain(...eleven, '--lang', language);
      assert.equal(out, read(`expected.${language}.txt`));
      assert.equal(status, 0);
    });
    test(`tells what is named in ${language}`, () => {
      assert.equal(explain('spring', 'care', 'views', '--lang', language).out, read(`later.${language}.txt`));
    });
  }
  test('says how many there are of how many, and when the oldest expires', () => {
    assert.match(explain(...eleven, 'considering').out, /✗ views >= 3 +2 of 3 views; the oldest expires in 4 h /);
    assert.match(
      explain(...eleven, 'considering', '--lang', 'ja').out,
      /✗ views >= 3 +3 回中 2 回。いちばん古いものは 4 時間後に期限切れ /,
    );
  });
  test('--at in ms since 1970 is the same moment', () => {
    const at = String(Date.parse('2026-11-22T11:00:00Z'));
    assert.equal(explain('--at', at).out, read('expected.en.txt'));
  });
  test('the document shows what it prints', () => {
    const shown = /```\n(segment considering[^]*?)```/.exec(readFileSync(join(root, 'docs/explain.md'), 'utf8'))[1];
    assert.equal(shown, explain(...eleven, 'considering').out.split('\n\n')[1]);
  });
  for (const [claim, words, status, err] of [
    [
      'an unknown name: 1, and the nearest',
      ['considerin'],
      1,
      /nothing is named 'considerin'; did you mean 'considering'\?/,
    ],
    ['a time that is none: 2, and why', ['--at', 'noon'], 2, /--at: "time" must be ms since 1970/],
    ['a language that it does not speak: 2', ['--lang', 'fr'], 2, /--lang/],
  ]) {
    test(claim, () => {
      const result = explain(...words);
      assert.equal(result.status, status);
      assert.equal(result.out, '');
      assert.match(result.err, err);
    });
  }
  test('a bad playbook: 1, and the place; missing events: 2, and why; help: 0', () => {
    writeFileSync(join(folder, 'bad.json'), '{"omotenashi": 1, "site": 3}');
    const bad = run('explain', join(folder, 'bad.json'), 'events.ndjson');
    assert.equal(bad.status, 1);
    assert.match(bad.err, /bad\.json:1:27: error/);
    const missing = run('explain', 'playbook.json', join(folder, 'none'));
    assert.equal(missing.status, 2);
    assert.match(missing.err, /cannot read .*none/);
    const help = run('explain', '--help');
    assert.equal(help.status, 0);
    assert.match(help.out, /--at[^]*--lang[^]*--json/);
  });
});

describe('omo compile and the map', () => {
  const program = join(folder, 'playbook.omo');
  test('writes it beside the program, the same as the compiler in Wasm but for the name of the file', () => {
    assert.equal(run('compile', 'playbook.json', '-o', program).status, 0);
    const map = JSON.parse(readFileSync(`${program}.map`, 'utf8'));
    assert.equal(map.file, 'playbook.json');
    assert.equal(map.program, readFileSync(program).readBigUInt64LE(16).toString(16).padStart(16, '0'));
    assert.deepEqual(compiler.compile(read('playbook.json')).map, { ...map, file: '' });
  });
  test('--no-map leaves it out, and so does standard output', () => {
    const other = join(folder, 'alone');
    assert.equal(run('compile', 'playbook.json', '--no-map', '-o', `${other}.omo`).status, 0);
    assert.ok(run('compile', 'playbook.json', '-o', '-').out.length > 0);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('alone') || name.startsWith('-')),
      ['alone.omo'],
    );
  });
  test('no text of an expression is in the program', () => {
    const bytes = readFileSync(program).toString('latin1');
    const texts = [];
    const walk = (part) => {
      if (part.text) texts.push(part.text);
      Object.values(part).forEach((below) => typeof below === 'object' && walk(below));
    };
    walk(JSON.parse(readFileSync(`${program}.map`, 'utf8')));
    assert.ok(texts.length > 15);
    for (const text of texts) {
      // A name alone is in the program, as a name.
      if (/\W/.test(text)) assert.ok(!bytes.includes(text), text);
    }
    assert.ok(!bytes.includes('playbook.json'));
  });
});

/** The exports after the inputs of a fixture. */
function replayed(exports, source, inputs) {
  const engine = loadProgram(exports, compiler.compile(source).program);
  let seed = seedRecord(0);
  const apply = (record) => {
    engine.apply(record);
    if (engine.flags() & vocabulary.outcome_flags.needs_seed) engine.apply(seed);
  };
  const lines = inputs
    .split('\n')
    .filter((line) => line.trim())
    .map((line) => JSON.parse(line));
  if ('seed' in lines[0]) seed = seedRecord(lines.shift().seed);
  apply(seed);
  lines.map(recordOf).forEach(apply);
  return engine;
}

let instantiateJs;
let createReport;
before(async () => {
  const script = join(folder, 'engine.mjs');
  translateToJs(join(root, 'node_modules/.bin'), join(dist, 'engine.wasm'), script);
  let instances = 0;
  instantiateJs = async () => byName(await import(`${pathToFileURL(script)}?${(instances += 1)}`));
  // The client's own code, as it stands.
  const outfile = join(folder, 'report.mjs');
  const contents = `export { createReport } from './report';`;
  await build({
    stdin: { contents, resolveDir: sources, loader: 'ts' },
    bundle: true,
    format: 'esm',
    outfile,
    logLevel: 'error',
    ...mutant,
  });
  ({ createReport } = await import(pathToFileURL(outfile)));
});

describe('the client tells what the command tells', () => {
  const fixtures = join(root, 'tests/fixtures/replay');
  const cases = readdirSync(fixtures, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(fixtures, entry.name));
  for (const path of [fixture, ...cases]) {
    test(`${path.slice(root.length)} in Wasm and wasm2js`, async () => {
      const source = readFileSync(join(path, 'playbook.json'), 'utf8');
      const inputs = readFileSync(join(path, 'events.ndjson'), 'utf8');
      const natively = run('explain', join(path, 'playbook.json'), join(path, 'events.ndjson'), '--json');
      assert.equal(natively.status, 0, natively.err);
      const { explanations } = JSON.parse(natively.out);
      assert.ok(explanations.length > 0);
      for (const exports of [await instantiateEngine(engineBytes), await instantiateJs()]) {
        const engine = replayed(exports, source, inputs);
        const client = createReport(
          host(engine, () => consentOf(exports)),
          false,
        );
        for (const { text, line, column, ...expected } of explanations) {
          assert.deepEqual(client._explain(expected.name, expected.kind), withoutPlaces(expected));
        }
      }
    });
  }
});

/** As js/src/engine.ts reads the exports. @param consent answers the granted purposes */
function host({ exports, explain: rows, name }, consent) {
  return {
    ...exports,
    _name: name,
    _find(table, text) {
      const bytes = new TextEncoder().encode(text);
      new Uint8Array(exports.memory.buffer, exports.omo_buffer(), bytes.length).set(bytes);
      return exports.omo_find(table, bytes.length);
    },
    _word: consent,
    _explain: (table, row) => decode(rows(table, row)),
  };
}
const consentOf = (exports) => new Uint32Array(exports.memory.buffer, exports.omo_outcome(), 14)[11];

const places = ({ text, line, column, ...atom }) => atom;
const withoutPlaces = (explanation) =>
  Object.fromEntries(
    Object.entries(explanation).map(([key, value]) => [
      key,
      /^(atoms|reasons|candidates)$/.test(key) ? value.map(places) : value,
    ]),
  );

/** Rows of wasm/wire/explanation.md, read by the document. */
function decode(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const length = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  const value = () => {
    switch (bytes[at++]) {
      case 1:
        return false;
      case 2:
        return true;
      case 3:
        return view.getFloat64((at += 8) - 8, true);
      case 4: {
        const size = length();
        return new TextDecoder().decode(bytes.subarray(at, (at += size)));
      }
      case 5:
        return Array.from({ length: length() }, value);
      default:
        return null;
    }
  };
  const rows = [];
  while (at < bytes.length) rows.push(value());
  assert.equal(rows.pop(), null, 'the last row is null');
  return rows;
}

test('the scripted global tells nothing of what a segment rests on, but for scores that are exposed themselves', async () => {
  const source = JSON.stringify({
    omotenashi: 1,
    site: 'x',
    traits: { rank: { type: 'string' } },
    signals: { views: { count: 'page_view', within: '1h' } },
    scores: { heat: 'double(views)', secret: 'double(views) * 2.0' },
    segments: { hot: "views >= 1 && rank == 'gold'", warm: 'heat > 0.5', hidden: 'secret > 0.5' },
    campaigns: {
      spring: {
        slot: 'hero',
        audience: 'hot',
        cap: { impressions: 3, within: '1d' },
        variants: { a: { creative: { type: 'banner', title: 't' } } },
      },
      heated: {
        slot: 'hero',
        audience: 'heat > 0.5',
        variants: { a: { creative: { type: 'banner', title: 't' } } },
      },
    },
    journeys: { care: { start: 'hot', steps: [{ wait: '1h' }] } },
    expose: ['hot', 'warm', 'hidden', 'heat', 'hero'],
  });
  const granted = { personalization: 'granted', measurement: 'granted', storage: 'granted' };
  const lines = [
    { time: 1795338000000, type: 'consent', params: granted },
    { time: 1795338000000, type: 'identify', params: { rank: 'gold' } },
    { time: 1795338000000, type: 'event', name: 'page_view' },
    { time: 1795338000000, type: 'event', name: 'view_promotion', params: { promotion_id: 'spring' } },
  ];
  const inputs = lines.map((line) => JSON.stringify(line)).join('\n');
  const engine = replayed(await instantiateEngine(engineBytes), source, inputs);
  const { exports } = engine;
  let consent = consentOf(exports);
  const restricted = createReport(
    host(engine, () => consent),
    true,
  );
  assert.deepEqual(restricted._explain('hot'), {
    name: 'hot',
    kind: 'segment',
    state: true,
    purposes: ['personalization'],
    missing: [],
    atoms: [],
  });
  assert.deepEqual(restricted._explain('hidden').atoms, []);
  const [warm, ...rest] = restricted._explain('warm').atoms;
  assert.deepEqual([warm.kind, warm.name, warm.value, warm.state, rest], ['formula', 'heat', 1, true, []]);
  assert.equal(restricted._explain('heat').value, 1);
  const { verdict, reasons, atoms } = restricted._explain('spring');
  assert.deepEqual([verdict, reasons, atoms], ['shown', [], []]);
  assert.deepEqual(restricted._explain('hero').candidates, []);
  // A slot that is exposed opens its campaigns, and a score that is exposed its value in them.
  const valuesOf = ({ atoms, reasons }) =>
    [...atoms, ...reasons].map(({ value }) => value).filter((value) => value !== null);
  assert.deepEqual(valuesOf(restricted._explain('heated')), [1]);
  assert.deepEqual(
    [restricted._segments(), restricted._scores()],
    [{ hot: true, warm: true, hidden: true }, { heat: 1 }],
  );
  for (const name of ['rank', 'views', 'secret', 'care', 'page_path'])
    assert.equal(restricted._explain(name), null, name);
  // A purpose that is denied takes the exposed ones with it.
  consent = 0;
  assert.equal(restricted._explain('warm'), null);
  assert.equal(restricted._explain('heat'), null);
  assert.deepEqual(valuesOf(restricted._explain('heated')), []);
  assert.deepEqual([restricted._segments(), restricted._scores()], [{}, {}]);
});

test('tables of names and numbers are those of the vocabulary', () => {
  assert.equal(tables.journey, 10);
  assert.deepEqual(
    Object.values(vocabulary.explained).map(([number]) => number),
    Object.keys(vocabulary.explained).map((_, index) => index + 1),
  );
  assert.deepEqual(
    Object.values(vocabulary.explained_ops).map(([number]) => number),
    Object.keys(vocabulary.explained_ops).map((_, index) => index),
  );
});
