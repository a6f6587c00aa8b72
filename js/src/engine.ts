// SPDX-License-Identifier: Apache-2.0
// The only file that touches Wasm memory and knows the ABI (wasm/abi/README.md): it writes input records into the
// transfer buffer, reads the outcome, and copies everything out, so that no live view of the memory leaves this file.
import { InputKind, Limit, Status, Table, ValueTag, Version } from './vocabulary';
import type { Params, Value } from './types';

/** Words of the outcome struct: its offsets in bytes by 4. */
export const enum Word {
  Flags = 4,
  JournalBytes = 5,
  QueueEvents = 6,
  QueueBytes = 7,
  Detail = 8,
  BatchFirst = 9,
  BatchLast = 10,
  Consent = 11,
}

/** One part of a record: a byte, a string, pairs, or a list of at most `max_items` pairs. */
export type Part = number | string | Params | readonly Params[];

type Count = number | null;
/** A row of an explanation: depth, kind, op, label, changes_at, expires_at, window_ms, node + 1, name, state, need, value. */
type Explained = readonly [
  ...[depth: Count, kind: number, op: Count, label: Count, changesAt: Count, expiresAt: Count, windowMs: Count],
  ...[node: Count, name: string | null, state: boolean | null, need: Value | Value[], value: Value | Value[]],
];

export type Engine = Awaited<ReturnType<typeof startEngine>>;

/** Exports of numbers only, which are used as they are. */
type Exports = Record<
  | 'omo_state_clear'
  | 'omo_alone'
  | 'omo_count'
  | 'omo_truth'
  | 'omo_score'
  | 'omo_label'
  | 'omo_decision'
  | 'omo_campaign_of'
  | 'omo_slot_of'
  | 'omo_verdict',
  (...numbers: number[]) => number
>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Numbers as bytes of u32 each (every platform that runs Wasm in a browser is little-endian). */
export const u32s = (...numbers: number[]) => new Uint8Array(new Uint32Array(numbers).buffer);

// The record that is being written, and where its next byte goes.
let record: Uint8Array;
let view: DataView;
let end: number;
// How names become symbols in the record that is being written, if they do.
let symbolOf: ((name: string) => number) | undefined;

const putByte = (byte: number) => {
  record[end++] = byte;
};
const putText = (text: string) => {
  // Locals: this is the innermost loop of an event.
  const bytes = record;
  const start = end + 1;
  end = start + text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) {
      end = start + encoder.encodeInto(text, bytes.subarray(start)).written;
      break;
    }
    bytes[start + i] = code;
  }
  // The length goes before it: a varint of one byte, or of two, which hold every length that a record has room for.
  let length = end - start;
  if (length > 127) {
    bytes.copyWithin(start + 1, start, end++);
    bytes[start] = length >> 7;
    length |= 128;
  }
  bytes[start - 1] = length;
};
/** A name: as text, or as the number of its symbol where `symbolOf` tells it. */
const putName = (name: string) => {
  if (symbolOf) {
    const found = symbolOf(name);
    if (end + 4 <= record.length) view.setInt32(end, found, true);
    end += 4;
  } else putText(name);
};
/** Values that are no value of a record (objects, functions) are left out. */
const putPairs = (values: Params) => {
  const start = end++;
  let count = 0;
  for (const name of Object.keys(values)) {
    const value = values[name];
    const type = typeof value;
    if ((type == 'string' || type == 'number' || type == 'boolean' || value === null) && count < Limit.MaxParams) {
      count++;
      putName(name);
      if (type == 'string') {
        putByte(ValueTag.String);
        putText(value as string);
      } else if (type == 'number') {
        putByte(ValueTag.Number);
        if (end + 8 <= record.length) view.setFloat64(end, value as number, true);
        end += 8;
      } else putByte(value === null ? ValueTag.Null : value ? ValueTag.True : ValueTag.False);
    }
  }
  record[start] = count;
};

const encode = (
  bytes: Uint8Array,
  kind: InputKind,
  time: number,
  parts: readonly Part[],
  numbers?: (name: string) => number,
): number => {
  if (record != bytes) view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  record = bytes;
  end = 0;
  symbolOf = numbers;
  putByte(kind);
  for (let i = 0; i < 6; i++, time /= 256) putByte(time);
  for (const part of parts)
    if (typeof part == 'number') putByte(part);
    else if (typeof part == 'string') putName(part);
    else if (Array.isArray(part)) {
      putByte(part.length);
      part.forEach(putPairs);
    } else putPairs(part as Params);
  return end;
};

/**
 * Writes an input record (wasm/wire/input.md) to the beginning of `bytes`, which is longer than the longest record, and
 * answers its length. What is beyond the end of `bytes` is cut off, so of a record that is too long only the length says so.
 */
export const encodeRecord = (bytes: Uint8Array, kind: InputKind, time: number, ...parts: readonly Part[]): number =>
  encode(bytes, kind, time, parts);

/** Reads values and pairs that the engine wrote. */
export const createReader = (bytes: Uint8Array) => {
  let at = 0;
  const length = (): number => {
    const byte = bytes[at++]!;
    return byte > 127 ? byte - 128 + 128 * length() : byte;
  };
  const list = <T>(one: () => T) => Array.from({ length: length() }, one);
  const take = (count: number) => bytes.slice(at, (at += count));
  const string = () => decoder.decode(take(length()));
  const value = (): Value | Value[] => {
    const tag = bytes[at++];
    return tag == ValueTag.Number
      ? new Float64Array(take(8).buffer)[0]!
      : tag == ValueTag.String
        ? string()
        : tag == ValueTag.List
          ? (list(value) as Value[])
          : tag
            ? tag == ValueTag.True
            : null;
  };
  return {
    _value: value,
    _pairs: () => Object.fromEntries(list(() => [string(), value()])) as Record<string, string>,
  };
};

/**
 * Starts an engine with a program. Throws where the module or the program cannot be used.
 * @param now engine time: ms since 1970-01-01 UTC on a clock that never goes back
 */
export const startEngine = async (module: BufferSource, program: Uint8Array, now: () => number) => {
  const { instance } = await WebAssembly.instantiate(module);
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the list of exports is wasm/abi/engine_exports.txt
  const wasm = instance.exports as any;
  if (wasm.omo_abi() != Version.Abi) throw Error('engine.wasm: version');
  const address = wasm.omo_program_reserve(program.length);
  if (address) new Uint8Array(wasm.memory.buffer).set(program, address);
  const status: Status = address ? wasm.omo_program_load(program.length) : Status.OutOfMemory;
  if (status) throw Error('playbook: status ' + status);
  // Reserving and loading let memory grow: views are made only now, and it never grows again.
  const memory = new Uint8Array(wasm.memory.buffer);
  const buffer: number = wasm.omo_buffer();
  const outcome: number = wasm.omo_outcome();
  const words = new Uint32Array(memory.buffer, outcome);
  const times = new Float64Array(memory.buffer, outcome);

  const input = memory.subarray(buffer, buffer + Limit.TransferBytes);
  const put = (bytes: ArrayLike<number>) => {
    memory.set(bytes, buffer);
    return bytes.length;
  };
  const taken = (length: number, from = buffer) => memory.slice(from, from + length);
  const putNameOf = (name: string) => put(encoder.encode(name));
  // Symbols of names; a page that makes up names without end does not make this grow without end.
  const symbols = new Map<string, number>();
  const symbolOfName = (name: string): number => {
    let found = symbols.get(name);
    if (found === undefined) {
      // The buffer holds the beginning of a record. A name that is longer than a record is none of the program's.
      const begun = input.slice(0, end);
      found = name.length > Limit.MaxRecordBytes ? -1 : (wasm.omo_find(0, putNameOf(name)) as number);
      input.set(begun);
      if (symbols.size > 999) symbols.clear();
      symbols.set(name, found);
    }
    return found;
  };

  return {
    ...(wasm as Exports),
    /** Header of a journal of this program (wasm/wire/journal.md): "OMOJ", version, 0, program hash. */
    _journalHeader: Uint8Array.of(79, 77, 79, 74, Version.Journal, 0, 0, 0, ...program.subarray(16, 24)),
    _word: (word: Word) => words[word]!,
    /** Engine time, ms. */
    _time: () => times[0]!,
    /** Engine time in ms at which a tick is wanted; 0 = never. */
    _wakeAt: () => times[1]!,
    /** Applies an input. Of a record beyond the limit nothing reaches the engine, which then has nothing to say either. */
    _apply(kind: InputKind, ...parts: Part[]): Status {
      // The names of an event are looked up once, and not in every event.
      const length =
        kind == InputKind.Event
          ? encode(input, InputKind.NamedEvent, now(), parts, symbolOfName)
          : encode(input, kind, now(), parts);
      const isWhole = length <= Limit.MaxRecordBytes;
      const status = wasm.omo_apply(isWhole ? length : 0);
      return isWhole ? status : Status.TooLarge;
    },
    /** Grants or denies purposes at the engine's own time, which stays. */
    _consent: (mask: number, granted: number) => wasm.omo_apply(encode(input, InputKind.Consent, 0, [mask, granted])),
    /** Frames that the last input wants kept. */
    _journal: () => taken(words[Word.JournalBytes]!, wasm.omo_journal()),
    /** Applies a journal of header and frames; answers the status of its reading. */
    _applyJournal(bytes: Uint8Array): Status {
      wasm.omo_journal_apply(put(bytes));
      return words[Word.Detail]!;
    },
    /** The kept state; empty where storage is not granted or it does not fit. */
    _saveSnapshot: () => taken(wasm.omo_snapshot_save()),
    _loadSnapshot: (bytes: Uint8Array): Status => wasm.omo_snapshot_load(put(bytes)),
    /** A batch (BatchFlag) of the first unsent events, which have got their numbers now; empty where there is nothing to send. */
    _buildBatch: (flags: number) => taken(wasm.omo_batch_build(Limit.MaxBatchBytes, flags)),
    _name: (table: Table, row: number) => decoder.decode(taken(wasm.omo_name(table, row))),
    /** Row of a name; -1 = none. */
    _find: (table: Table, name: string): number => wasm.omo_find(table, putNameOf(name)),
    _creative: (variant: number, language: string) =>
      createReader(taken(wasm.omo_creative(variant, putNameOf(language))))._pairs(),
    _value: (table: Table, row: number) => createReader(taken(wasm.omo_value(table, row)))._value(),
    /** Why a row is as it is: the rows of wasm/wire/explanation.md. */
    _explain(table: Table, row: number) {
      const { _value } = createReader(taken(wasm.omo_explain(table, row)));
      const rows: Explained[] = [];
      for (let row; (row = _value());) rows.push(row as unknown as Explained);
      return rows;
    },
    /** The stream id as 16 lower-case hex digits in the header's order; empty where there is none. */
    _stream: () => Array.from(taken(wasm.omo_stream()), (byte) => (byte + 256).toString(16).slice(1)).join(''),
  };
};
