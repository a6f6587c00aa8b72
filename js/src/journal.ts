// SPDX-License-Identifier: Apache-2.0
// Journals as text (wasm/wire/journal.md): the header, then runs of frames, each in base64, joined by `.`. Only the
// framing is read here, to order what several tabs wrote; the engine checks the checksums.
import { fromBase64 } from './storage';

/** Bytes before a frame's record: checksum u32, length u16, label u8. */
const FRAME_HEADER = 7;

export interface Frame {
  _tab: string;
  /** Time of the record, ms. */
  _time: number;
  _bytes: Uint8Array;
}

/** Frames of the text of a journal from a position on, which is 0 or just before a `.`. */
export function framesOf(tab: string, text: string, from: number): Frame[] {
  const frames: Frame[] = [];
  for (const piece of text.slice(from).split('.').slice(1)) {
    const bytes = fromBase64(piece);
    const view = new DataView(bytes.buffer);
    // A frame needs its record's kind and time; one that is cut off ends its run.
    for (let at = 0, end; at + FRAME_HEADER + 7 <= bytes.length; at = end) {
      end = at + FRAME_HEADER + view.getUint16(at + 4, true);
      const time = view.getUint32(at + FRAME_HEADER + 1, true) + view.getUint16(at + FRAME_HEADER + 5, true) * 2 ** 32;
      frames.push({ _tab: tab, _time: time, _bytes: bytes.subarray(at, end) });
    }
  }
  return frames;
}

/** By (time, tab, position): `frames` hold the tabs in order, and sorting is stable. */
export const inOrder = (frames: Frame[]) => frames.sort((a, b) => a._time - b._time);
