// SPDX-License-Identifier: Apache-2.0
// Holds engine.wasm to what the native engine showed on the same lives: the tape of tests/support/tape.h, entry by entry.
// `node tests/proof/tape.mjs TAPE [ENGINE.WASM]` prints {"lives", "entries"}, or what differs, and then exits with 1.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { byName } from '../../script/abi.mjs';

const vocabulary = JSON.parse(readFileSync(new URL('../../wasm/wire/vocabulary.json', import.meta.url), 'utf8'));
const { tables } = vocabulary;

/** Bytes of the outcome, and where in it the length of the journal's frames stands (wasm/abi/README.md). */
const OUTCOME_BYTES = 56;
const JOURNAL_BYTES_AT = 20;

/** FNV-1a of 32 bits, over bytes and little-endian numbers. */
const createFnv = () => {
  const number = new DataView(new ArrayBuffer(8));
  const bytesOf = new Uint8Array(number.buffer);
  let sum = 0x811c9dc5;
  const add = (bytes) => {
    for (let i = 0; i < bytes.length; i += 1) sum = Math.imul(sum ^ bytes[i], 0x01000193);
  };
  return {
    add,
    u32(value) {
      number.setUint32(0, value, true);
      add(bytesOf.subarray(0, 4));
    },
    f64(value) {
      number.setFloat64(0, value, true);
      add(bytesOf);
    },
    sum: () => sum >>> 0,
  };
};

/** A fresh engine with a program: takes entries, and answers the check of what can be seen afterwards. */
function createEngine(module) {
  const exports = byName(new WebAssembly.Instance(module).exports);
  const count = (table) => exports.omo_count(table);
  const transferred = (bytes) => new Uint8Array(exports.memory.buffer, exports.omo_buffer(), bytes);
  const give = (bytes) => {
    transferred(bytes.length).set(bytes);
    return bytes.length;
  };
  const seen = (answer) => {
    const fnv = createFnv();
    fnv.u32(answer);
    const outcome = new Uint8Array(exports.memory.buffer, exports.omo_outcome(), OUTCOME_BYTES);
    fnv.add(outcome);
    const journalBytes = new DataView(outcome.buffer, outcome.byteOffset).getUint32(JOURNAL_BYTES_AT, true);
    fnv.add(new Uint8Array(exports.memory.buffer, exports.omo_journal(), journalBytes));
    for (let row = 0; row < count(tables.segment); row += 1) fnv.u32(exports.omo_truth(row));
    for (let row = 0; row < count(tables.score); row += 1) {
      const score = exports.omo_score(row);
      fnv.u32(+!Number.isNaN(score));
      if (!Number.isNaN(score)) fnv.f64(score);
    }
    for (let row = 0; row < count(tables.slot); row += 1) fnv.u32(exports.omo_decision(row));
    for (let row = 0; row < count(tables.campaign); row += 1) fnv.u32(exports.omo_verdict(row));
    for (const table of [tables.signal, tables.trait, tables.context])
      for (let row = 0; row < count(table); row += 1) fnv.add(transferred(exports.omo_value(table, row)));
    fnv.add(transferred(exports.omo_snapshot_save()));
    return fnv.sum();
  };
  const takes = {
    P(program) {
      const address = exports.omo_program_reserve(program.length);
      new Uint8Array(exports.memory.buffer).set(program, address);
      return exports.omo_program_load(program.length);
    },
    A: (record) => exports.omo_apply(give(record)),
    S: (snapshot) => exports.omo_snapshot_load(give(snapshot)),
    J: (journal) => exports.omo_journal_apply(give(journal)),
  };
  return (kind, given) => seen(takes[kind](given));
}

/**
 * @param tape the bytes of a tape
 * @param engineBytes engine.wasm
 * @returns lives, entries that were compared, and the first difference as a text, if there is one
 */
export function compareTape(tape, engineBytes) {
  const module = new WebAssembly.Module(engineBytes);
  const view = new DataView(tape.buffer, tape.byteOffset, tape.length);
  let engine;
  let life = 0;
  let lives = 0;
  let entries = 0;
  for (let at = 0; at < tape.length;) {
    const kind = String.fromCharCode(tape[at]);
    const size = view.getUint32(at + 1, true);
    const given = tape.subarray(at + 5, at + 5 + size);
    const check = view.getUint32(at + 5 + size, true);
    at += 9 + size;
    if (kind === 'L') {
      life = new DataView(given.buffer, given.byteOffset).getUint32(0, true);
      lives += 1;
      engine = undefined;
      continue;
    }
    // A page's engine is a new one, and so is its memory.
    if (kind === 'P') engine = createEngine(module);
    if (engine(kind, given) !== check)
      return {
        lives,
        entries,
        difference: `life ${lives} of the tape, seed ${life}: entry ${entries} (${kind}) differs`,
      };
    entries += 1;
  }
  return { lives, entries };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [tape, engine = fileURLToPath(new URL('../../dist/engine.wasm', import.meta.url))] = process.argv.slice(2);
  const result = compareTape(readFileSync(tape), readFileSync(engine));
  console.log(JSON.stringify(result));
  if (result.difference || !result.entries) process.exit(1);
}
