// SPDX-License-Identifier: Apache-2.0
// Journals as text (wasm/wire/journal.md): the header, then runs of frames, each in base64, joined by `.`. Only the
// framing is read here, to order what several tabs wrote; the engine checks the checksums.
import { fromBase64 } from './storage';
import { PurposeBit } from './vocabulary';

const enum Bytes {
  /** Before a frame's record: checksum u32, length u16, label u8. */
  Header = 7,
}
const enum LabelBit {
  /** The event was to be sent. */
  Queued = 64,
}

export interface Frame {
  /** Name of its journal. */
  _name: string;
  /** Time of the record, ms. */
  _time: number;
  /** Purposes that its facts need; measurement too where the event was to be sent. */
  _label: number;
  _bytes: Uint8Array;
}

/** Frames of a journal's text from a position on, which is 0 or just before a `.`. A run that is cut off ends there. */
export const framesOf = (name: string, text: string, from: number): Frame[] =>
  text
    .slice(from)
    .split('.')
    .slice(1)
    .flatMap((run) => {
      const frames: Frame[] = [];
      let bytes = fromBase64(run);
      while (bytes.length > Bytes.Header + 6) {
        const end = Bytes.Header + bytes[4]! + bytes[5]! * 256;
        // The record's time, u48, stands behind its kind.
        const time = bytes.slice(Bytes.Header + 1, Bytes.Header + 7).reduceRight((sum, byte) => sum * 256 + byte);
        frames.push({
          _name: name,
          _time: time,
          _label: bytes[6]! & LabelBit.Queued ? bytes[6]! | PurposeBit.Measurement : bytes[6]!,
          _bytes: bytes.slice(0, end),
        });
        bytes = bytes.slice(end);
      }
      return frames;
    });

/** By (time, journal, position): `frames` hold the journals in order, and sorting is stable. */
export const inOrder = (frames: Frame[]) => frames.sort((a, b) => a._time - b._time);
