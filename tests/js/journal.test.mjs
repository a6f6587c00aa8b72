// SPDX-License-Identifier: Apache-2.0
// Journals as text (wasm/wire/journal.md): what several tabs wrote, in the one order that all tabs agree on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { shell } from './lib/bundle.mjs';

const { framesOf, inOrder } = await shell('journal');

/** A frame of a record with a kind, a time and a payload; the checksum is not looked at here. */
function frame(time, payload) {
  const record = Buffer.alloc(7 + payload.length);
  record.writeUInt8(1, 0);
  record.writeUIntLE(time, 1, 6);
  Buffer.from(payload).copy(record, 7);
  const head = Buffer.alloc(7);
  head.writeUInt16LE(record.length, 4);
  return Buffer.concat([head, record]);
}
const HEADER = Buffer.from('OMOJ............').toString('base64');
const textOf = (runs) => [HEADER, ...runs.map((run) => Buffer.concat(run).toString('base64'))].join('.');

const frames = fc.array(
  fc
    .tuple(fc.nat({ max: 2 ** 48 - 1 }), fc.uint8Array({ maxLength: 300 }))
    .map(([time, payload]) => frame(time, payload)),
  { minLength: 1, maxLength: 5 },
);
const runs = fc.array(frames, { maxLength: 5 });

test('frames come back whole and in their order, however they were grouped', () => {
  fc.assert(
    fc.property(runs, (written) => {
      const read = framesOf('journal.a', textOf(written), 0);
      assert.deepEqual(
        read.map((one) => Buffer.from(one._bytes)),
        written.flat(),
      );
      for (const one of read) assert.equal(one._time, Buffer.from(one._bytes).readUIntLE(8, 6));
    }),
  );
});

test('reading from a length that was held gives exactly what was appended since', () => {
  fc.assert(
    fc.property(runs, runs, (before, after) => {
      const text = textOf(before);
      const read = framesOf('journal.a', textOf([...before, ...after]), text.length);
      assert.deepEqual(
        read.map((one) => Buffer.from(one._bytes)),
        after.flat(),
      );
    }),
  );
});

test('several journals merge by time, then name, then position', () => {
  const few = fc.array(
    fc.array(
      fc.nat({ max: 3 }).map((time) => frame(time, [])),
      { minLength: 1 },
    ),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(fc.array(few, { maxLength: 4 }), (tabs) => {
      const all = tabs.flatMap((written, tab) => framesOf(`journal.${tab}`, textOf(written), 0));
      assert.equal(all.length, tabs.flat(2).length);
      const expected = all
        .map((one, position) => [one._time, one._name, position])
        .sort((a, b) => a[0] - b[0] || a[1].localeCompare(b[1]) || a[2] - b[2]);
      const merged = inOrder([...all]);
      assert.deepEqual(
        merged.map((one) => [one._time, one._name, all.indexOf(one)]),
        expected,
      );
    }),
  );
});

test('text that is no journal gives no frame and does not throw', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat({ max: 20 }), (text, from) => {
      framesOf('journal.a', text, from);
    }),
  );
  assert.deepEqual(framesOf('journal.a', 'not base64!.&&&.AAA', 0), []);
});

test('a run that is cut off loses its last frame only', () => {
  const run = Buffer.concat([frame(1, [1]), frame(2, [2])]);
  const text = `${HEADER}.${run.subarray(0, run.length - 9).toString('base64')}`;
  assert.deepEqual(
    framesOf('journal.a', text, 0).map((one) => one._time),
    [1],
  );
});
