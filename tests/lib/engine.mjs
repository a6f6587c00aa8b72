// SPDX-License-Identifier: Apache-2.0
// The host of engine.wasm under Node (wasm/abi/README.md), and `omo replay` on top of it. It takes exports by the
// names of their list, so that the same driver runs the module and its translation by wasm2js.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { byName } from '../../script/abi.mjs';

const vocabulary = JSON.parse(readFileSync(new URL('../../wasm/wire/vocabulary.json', import.meta.url), 'utf8'));
const numberOf = (entry) => (Array.isArray(entry) ? entry[0] : entry);
const kinds = Object.fromEntries(
  Object.entries(vocabulary.input_kinds).map(([name, entry]) => [name, numberOf(entry)]),
);
const { tables, edges, value_tags: tags, outcome_flags: flags, purposes } = vocabulary;
const truthOn = vocabulary.truth.on;

const varint = (value) => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 128))]);
const text = (value) => {
  const bytes = new TextEncoder().encode(value);
  return [...varint(bytes.length), ...bytes];
};
const littleEndian = (value, count) => Array.from({ length: count }, (_, i) => Math.floor(value / 256 ** i) % 256);
const valueBytes = (value) =>
  value === null
    ? [tags.null]
    : typeof value === 'boolean'
      ? [value ? tags.true : tags.false]
      : typeof value === 'number'
        ? [tags.number, ...new Uint8Array(Float64Array.of(value).buffer)]
        : [tags.string, ...text(value)];
/** Sorted by name, as the command's JSON library keeps them. */
const pairs = (values) => {
  const byBytes = (a, b) => Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0]));
  const entries = Object.entries(values).sort(byBytes);
  return [...varint(entries.length), ...entries.flatMap(([name, value]) => [...text(name), ...valueBytes(value)])];
};

function consentBytes(params) {
  let present = 0;
  let granted = 0;
  for (const [name, state] of Object.entries(params)) {
    const bit = 1 << purposes.indexOf(name);
    present |= bit;
    if (state === 'granted') granted |= bit;
  }
  return [present, granted];
}

function eventBytes({ name, params = {} }) {
  const { items = [], ...own } = params;
  return [...text(name), ...pairs(own), ...varint(items.length), ...items.flatMap(pairs)];
}

/** The input record (wasm/wire/input.md) of one line of recorded input. */
export function recordOf(line) {
  const time = typeof line.time === 'string' ? Date.parse(line.time) : Math.floor(line.time);
  const record = (kind, payload) => Uint8Array.from([kind, ...littleEndian(time, 6), ...payload]);
  const params = line.params ?? {};
  switch (line.type) {
    case 'event':
      return record(kinds.event, eventBytes(line));
    case 'identify':
      return line.params === null ? record(kinds.reset, []) : record(kinds.identify, pairs(params));
    case 'context':
      return record(kinds.context, pairs(params));
    case 'consent':
      return record(kinds.consent, consentBytes(params));
    case 'tick':
      return record(kinds.tick, []);
    case 'reset':
      return record(kinds.reset, []);
    case 'page':
      return record(
        kinds.page,
        ['path', 'title', 'referrer'].flatMap((part) => text(params[part] ?? '')),
      );
    case 'edge':
      return record(kinds.edge, [edges[line.name]]);
    case 'section':
      return record(kinds.section, [+params.in_view, ...text(line.name)]);
    default:
      throw new Error(`no type named ${line.type}`);
  }
}

/** The record of {"seed": ...}: hexadecimal digits, or a whole number below 2^53. */
export function seedRecord(seed) {
  let bytes = [...littleEndian(seed, 8), ...littleEndian(seed, 8)];
  if (typeof seed === 'string') bytes = [...Buffer.from(seed.padEnd(32, '0'), 'hex')];
  return Uint8Array.from([kinds.seed, ...littleEndian(0, 6), ...bytes]);
}

/** A program in the exports of a fresh module; throws the status where it does not load. */
export function loadProgram(exports, program) {
  const address = exports.omo_program_reserve(program.length);
  if (address === 0) throw new Error('no memory for the program');
  new Uint8Array(exports.memory.buffer).set(program, address);
  const status = exports.omo_program_load(program.length);
  if (status !== 0) throw Object.assign(new Error(`the program does not load: status ${status}`), { status });
  const buffer = exports.omo_buffer();
  const outcome = exports.omo_outcome();
  const bytes = (length) => new Uint8Array(exports.memory.buffer, buffer, length);
  const name = (table, row) => new TextDecoder().decode(bytes(exports.omo_name(table, row)));
  return {
    exports,
    name,
    apply(record) {
      bytes(record.length).set(record);
      return exports.omo_apply(record.length);
    },
    time: () => new Float64Array(exports.memory.buffer, outcome, 1)[0],
    flags: () => new Uint32Array(exports.memory.buffer, outcome, 14)[4],
    snapshot: () => bytes(exports.omo_snapshot_save()).slice(),
    loadSnapshot(snapshot) {
      bytes(snapshot.length).set(snapshot);
      return exports.omo_snapshot_load(snapshot.length);
    },
    batch: () => bytes(exports.omo_batch_build(vocabulary.limits.max_batch_bytes[0], 0)).slice(),
    value: (table, row) => bytes(exports.omo_value(table, row)).slice(),
    explain: (table, row) => bytes(exports.omo_explain(table, row)).slice(),
  };
}

/** Exports of a fresh instance of engine.wasm, by the names of their list. It imports nothing. */
export async function instantiateEngine(bytes) {
  return byName((await WebAssembly.instantiate(bytes, {})).instance.exports);
}

/** What `omo replay` prints for these inputs, with the engine in `exports`. */
export function replay(exports, program, inputs) {
  const engine = loadProgram(exports, program);
  const rows = (table) => Array.from({ length: exports.omo_count(table) }, (_, row) => row);
  const segments = rows(tables.segment).map(() => false);
  const scores = rows(tables.score).map(() => NaN);
  const decisions = rows(tables.slot).map(() => -1);
  let seed = seedRecord(0);
  const apply = (record) => {
    engine.apply(record);
    if (engine.flags() & flags.needs_seed) engine.apply(seed);
  };
  const lines = [];
  const report = () => {
    const changed = { segments: {}, scores: {}, decisions: {} };
    segments.forEach((was, row) => {
      const on = exports.omo_truth(row) === truthOn;
      if (on !== was) changed.segments[engine.name(tables.segment, row)] = on;
      segments[row] = on;
    });
    scores.forEach((was, row) => {
      const score = exports.omo_score(row);
      // JSON has no NaN: it writes null.
      if (!Object.is(score, was) && score !== was) changed.scores[engine.name(tables.score, row)] = score;
      scores[row] = score;
    });
    decisions.forEach((was, slot) => {
      const variant = exports.omo_decision(slot);
      if (variant !== was) {
        const campaign = exports.omo_campaign_of(variant);
        changed.decisions[engine.name(tables.slot, slot)] =
          variant < 0
            ? null
            : { campaign: engine.name(tables.campaign, campaign), variant: engine.name(tables.variant, variant) };
      }
      decisions[slot] = variant;
    });
    if (Object.values(changed).every((part) => Object.keys(part).length === 0)) return;
    lines.push(JSON.stringify({ time: engine.time(), ...changed }));
  };
  const parsed = inputs
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line));
  if (parsed.length > 0 && 'seed' in parsed[0]) seed = seedRecord(parsed.shift().seed);
  apply(seed);
  for (const line of parsed) {
    apply(recordOf(line));
    report();
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** Translates a module to JavaScript. wasm2js does not know conversions that saturate: they are lowered first. */
export function translateToJs(binaries, module, script) {
  const lowered = `${script}.wasm`;
  const options = { stdio: 'pipe' };
  execFileSync(
    join(binaries, 'wasm-opt'),
    ['--all-features', '--llvm-nontrapping-fptoint-lowering', module, '-o', lowered],
    options,
  );
  execFileSync(join(binaries, 'wasm2js'), ['--all-features', '-O', lowered, '-o', script], options);
}
