// SPDX-License-Identifier: Apache-2.0
// The only file that touches Wasm memory and knows the ABI (wasm/abi/README.md): it writes input records into the
// transfer buffer, reads the outcome, and copies everything out, so that no live view of the memory leaves this file.
import { InputKind, Limit, Status, Table, ValueTag, Version } from './vocabulary';
import type { Params, Value } from './types';

/** Offsets in the outcome struct. */
const enum At {
  WakeAt = 8,
  Flags = 16,
  JournalBytes = 20,
  QueueEvents = 24,
  Detail = 32,
  BatchFirst = 36,
  BatchLast = 40,
  Consent = 44,
}

/** What the last input did. */
export interface Outcome {
  _status: Status;
  _flags: number;
  /** Engine time in ms at which a tick is wanted; 0 = never. */
  _wakeAt: number;
  /** Journal frames to append; a copy. */
  _journal: Uint8Array;
}

/** One part of a record: a byte, a string, raw bytes, pairs, or a list of pairs. */
export type Part = number | string | Uint8Array | Params | readonly Params[];

export type Engine = Awaited<ReturnType<typeof startEngine>>;

type Exports = { memory: WebAssembly.Memory } & Record<string, (...numbers: number[]) => number>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Numbers as bytes of u32 each (all platforms that run Wasm in a browser are little-endian). */
export const u32s = (...numbers: number[]) => new Uint8Array(new Uint32Array(numbers).buffer);

/**
 * Writes input records (wasm/wire/input.md) into `bytes`. A record that does not fit throws a RangeError or answers a
 * length beyond the limit: nothing is ever written outside `bytes`.
 */
export function createEncoder(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const byte = (value: number) => {
    bytes[at++] = value;
  };
  const varint = (value: number) => {
    for (; value > 127; value >>>= 7) byte(value | 128);
    byte(value);
  };
  const raw = (part: Uint8Array) => {
    bytes.set(part, at);
    at += part.length;
  };
  const text = (value: string) => {
    const utf8 = encoder.encode(value);
    varint(utf8.length);
    raw(utf8);
  };
  const pairs = (values: Params) => {
    const entries = Object.entries(values)
      .filter(([, value]) => value === null || /^(boo|num|str)/.test(typeof value))
      .slice(0, Limit.MaxParams);
    varint(entries.length);
    for (const [name, value] of entries) {
      text(name);
      if (typeof value == 'string') {
        byte(ValueTag.String);
        text(value);
      } else if (typeof value == 'number') {
        byte(ValueTag.Number);
        view.setFloat64(at, value, true);
        at += 8;
      } else byte(value === null ? ValueTag.Null : value ? ValueTag.True : ValueTag.False);
    }
  };
  return (kind: InputKind, time: number, parts: readonly Part[]): number => {
    at = 0;
    byte(kind);
    view.setUint32(at, time, true);
    view.setUint16(at + 4, time / 2 ** 32, true);
    at += 6;
    for (const part of parts) {
      if (typeof part == 'number') byte(part);
      else if (typeof part == 'string') text(part);
      else if (part instanceof Uint8Array) raw(part);
      else if (Array.isArray(part)) {
        varint(part.length);
        part.forEach(pairs);
      } else pairs(part as Params);
    }
    return at;
  };
}

/** Reads values and pairs that the engine wrote into `bytes`. */
export function createReader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0, byte = 128; byte > 127; shift += 7) value |= ((byte = bytes[at++]!) & 127) << shift;
    return value;
  };
  const text = () => {
    const length = varint();
    return decoder.decode(bytes.subarray(at, (at += length)));
  };
  const value = (): Value | Value[] => {
    const tag = bytes[at++];
    if (tag == ValueTag.Number) return view.getFloat64((at += 8) - 8, true);
    if (tag == ValueTag.String) return text();
    if (tag == ValueTag.List) return Array.from({ length: varint() }, value) as Value[];
    return tag ? tag == ValueTag.True : null;
  };
  return {
    _value: value,
    _pairs: () =>
      Object.fromEntries(Array.from({ length: varint() }, () => [text(), value()])) as Record<string, string>,
  };
}

/**
 * Starts an engine with a program. Throws where the module or the program cannot be used.
 * @param now engine time: ms since 1970-01-01 UTC on a clock that never goes back
 */
export async function startEngine(module: BufferSource, program: Uint8Array, now: () => number) {
  const { instance } = await WebAssembly.instantiate(module);
  const wasm = instance.exports as unknown as Exports;
  wasm['_initialize']?.();
  if (wasm.omo_abi!() != Version.Abi) throw Error('engine.wasm: wrong ABI');
  const address = wasm.omo_program_reserve!(program.length);
  // Memory may have grown: views are made only now, and it never grows again.
  const { buffer } = wasm.memory;
  const transfer = new Uint8Array(buffer, wasm.omo_buffer!(), Limit.TransferBytes);
  const outcome = new DataView(buffer, wasm.omo_outcome!());
  const u32 = (at: At) => outcome.getUint32(at, true);
  if (address) new Uint8Array(buffer, address).set(program);
  const status = address ? wasm.omo_program_load!(program.length) : Status.OutOfMemory;
  if (status) throw Error('playbook: status ' + status);

  const encode = createEncoder(transfer.subarray(0, Limit.MaxRecordBytes));
  const put = (bytes: Uint8Array) => {
    transfer.set(bytes);
    return bytes.length;
  };
  const taken = (length: number) => transfer.slice(0, length);
  const writeText = (text: string) => put(encoder.encode(text));

  return {
    /** Header of a journal of this program (wasm/wire/journal.md): "OMOJ", version, 0, program hash. */
    _journalHeader: Uint8Array.of(79, 77, 79, 74, Version.Journal, 0, 0, 0, ...program.subarray(16, 24)),
    _apply(kind: InputKind, ...parts: Part[]): Outcome {
      const length = encode(kind, now(), parts);
      const applied = length > Limit.MaxRecordBytes ? Status.TooLarge : wasm.omo_apply!(length);
      const journal = wasm.omo_journal!();
      return {
        _status: applied,
        _flags: u32(At.Flags),
        _wakeAt: outcome.getFloat64(At.WakeAt, true),
        _journal: new Uint8Array(buffer).slice(journal, journal + u32(At.JournalBytes)),
      };
    },
    /** Applies a journal of header and frames; answers the status of its reading. */
    _applyJournal(bytes: Uint8Array): Status {
      wasm.omo_journal_apply!(put(bytes));
      return u32(At.Detail);
    },
    _clear: () => wasm.omo_state_clear!(),
    /** The kept state; empty where storage is not granted or it does not fit. */
    _saveSnapshot: () => taken(wasm.omo_snapshot_save!()),
    _loadSnapshot: (bytes: Uint8Array): Status => wasm.omo_snapshot_load!(put(bytes)),
    /** A batch of the first unsent events with their sequence numbers; empty where there is nothing to send. */
    _buildBatch(leaving: boolean) {
      const bytes = taken(wasm.omo_batch_build!(Limit.MaxBatchBytes, +leaving));
      return { _bytes: bytes, _first: u32(At.BatchFirst), _last: u32(At.BatchLast) };
    },
    _consent: () => u32(At.Consent),
    _queued: () => u32(At.QueueEvents),
    _wakeAt: () => outcome.getFloat64(At.WakeAt, true),
    _count: (table: Table) => wasm.omo_count!(table),
    _name: (table: Table, row: number) => decoder.decode(taken(wasm.omo_name!(table, row))),
    _find: (table: Table, name: string) => wasm.omo_find!(table, writeText(name)),
    _truth: (segment: number) => wasm.omo_truth!(segment),
    _label: (table: Table, row: number) => wasm.omo_label!(table, row),
    _decision: (slot: number) => wasm.omo_decision!(slot),
    _campaignOf: (variant: number) => wasm.omo_campaign_of!(variant),
    _slotOf: (campaign: number) => wasm.omo_slot_of!(campaign),
    _verdict: (campaign: number) => wasm.omo_verdict!(campaign),
    _creative: (variant: number, language: string) =>
      createReader(taken(wasm.omo_creative!(variant, writeText(language))))._pairs(),
    _value: (table: Table, row: number) => createReader(taken(wasm.omo_value!(table, row)))._value(),
    /** The stream id as 16 lower-case hex digits in the header's order; empty where there is none. */
    _stream: () => Array.from(taken(wasm.omo_stream!()), (byte) => (byte + 256).toString(16).slice(1)).join(''),
  };
}
