// SPDX-License-Identifier: Apache-2.0
// Input records (wasm/wire/input.md): an independent decoder reads back what the shell encodes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { shell } from './lib/bundle.mjs';

const { encodeRecord: encodeInto, createReader, u32s } = await shell('engine');
const EVENT = 1;
const MAX_RECORD_BYTES = 16_384;

/** The bytes of a record that fits. */
function encodeRecord(...record) {
  const bytes = new Uint8Array(65_536);
  return bytes.slice(0, encodeInto(bytes, ...record));
}

/** Reads a record by the document, with Buffer's own methods. */
function decoder(bytes) {
  const buffer = Buffer.from(bytes);
  let at = 7;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = buffer[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const text = () => {
    const length = varint();
    at += length;
    return buffer.toString('utf8', at - length, at);
  };
  const value = () => {
    const tag = buffer[at++];
    if (tag === 3) return buffer.readDoubleLE((at += 8) - 8);
    if (tag === 4) return text();
    assert.ok(tag < 3, `tag ${tag}`);
    return [null, false, true][tag];
  };
  const pairs = () => Array.from({ length: varint() }, () => [text(), value()]);
  return { kind: buffer[0], time: buffer.readUIntLE(1, 6), text, pairs, varint, atEnd: () => at === buffer.length };
}

const text = fc.string({ unit: 'grapheme', maxLength: 200 });
const value = fc.oneof(text, fc.boolean(), fc.constant(null), fc.double());
const params = fc.dictionary(text, value, { maxKeys: 32, noNullPrototype: true });

test('a record reads back as what was said, whatever the texts and numbers', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 2 ** 48 - 1 }),
      text,
      params,
      fc.array(params, { maxLength: 5 }),
      (time, name, own, items) => {
        const read = decoder(encodeRecord(EVENT, time, name, own, items));
        assert.deepEqual([read.kind, read.time, read.text()], [EVENT, time, name]);
        assert.deepEqual(read.pairs(), Object.entries(own));
        const count = read.varint();
        assert.equal(count, items.length);
        for (const item of items) assert.deepEqual(read.pairs(), Object.entries(item));
        assert.ok(read.atEnd());
      },
    ),
  );
});

test('the time of a record keeps all of its 48 bits', () => {
  for (const time of [0, 1, 2 ** 32 - 1, 2 ** 32, 1_795_305_600_123, 2 ** 48 - 1])
    assert.equal(Buffer.from(encodeRecord(5, time)).readUIntLE(1, 6), time);
});

test('a fraction of a millisecond is cut off', () => {
  assert.equal(Buffer.from(encodeRecord(5, 1_795_305_600_123.9)).readUIntLE(1, 6), 1_795_305_600_123);
});

test('objects, functions, symbols and what is undefined are left out of parameters', () => {
  const own = { kept: 1, object: {}, list: [1], call() {}, nothing: undefined, big: 1n, mark: Symbol('x') };
  assert.deepEqual(decoder(encodeRecord(2, 0, own)).pairs(), [['kept', 1]]);
});

test('a __proto__ parameter is a name like any other, and changes no prototype', () => {
  const own = JSON.parse('{"__proto__": "x", "constructor": "y"}');
  assert.deepEqual(decoder(encodeRecord(2, 0, own)).pairs(), [
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
  const encoded = encodeRecord(2, 0, own).slice(7);
  const read = createReader(encoded)._pairs();
  assert.equal(Object.getPrototypeOf(read), Object.prototype);
  assert.equal(read.constructor, 'y');
});

test('only the first parameters up to the limit are taken', () => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`p${i}`, i]));
  assert.equal(decoder(encodeRecord(2, 0, many)).pairs().length, 32);
});

test('texts of every length that a record has room for read back, in one, two and three bytes a character', () => {
  for (const character of ['a', 'é', '花', '🌸'])
    for (const length of [0, 1, 31, 32, 42, 43, 63, 64, 127, 128, 129, 2000, 4000]) {
      const name = character.repeat(length);
      if (Buffer.byteLength(name) > MAX_RECORD_BYTES - 10) continue;
      const read = decoder(encodeRecord(EVENT, 0, name, { [name]: name.slice(0, 20) }));
      assert.deepEqual([read.text(), read.pairs(), read.atEnd()], [name, [[name, name.slice(0, 20)]], true]);
    }
});

test('a record beyond the limit tells so by its length, and writes nothing beyond its bytes', () => {
  for (const character of ['a', '花', '🌸'])
    for (const length of [16_384, 30_000, 65_530, 65_536, 200_000]) {
      const memory = new Uint8Array(65_536 + 16).fill(0xee);
      const record = [EVENT, 0, 'x', { long: character.repeat(length), after: 'text', and: 1.5 }, [{}]];
      assert.ok(encodeInto(memory.subarray(0, 65_536), ...record) > MAX_RECORD_BYTES, `${length} ${character}`);
      assert.ok(memory.subarray(65_536).every((byte) => byte === 0xee));
    }
});

test('the longest record that is taken is whole', () => {
  const name = 'x'.repeat(MAX_RECORD_BYTES - 7 - 2 - 1);
  const encoded = encodeRecord(EVENT, 0, name, {});
  assert.equal(encoded.length, MAX_RECORD_BYTES);
  const read = decoder(encoded);
  assert.deepEqual([read.text(), read.pairs(), read.atEnd()], [name, [], true]);
});

test('a record says nothing of the one before it', () => {
  const bytes = new Uint8Array(65_536);
  encodeInto(bytes, EVENT, 0, 'purchase', { transaction_id: 'T-1', value: 5 }, [{ item_id: 'a' }]);
  const length = encodeInto(bytes, EVENT, 0, 'x', {}, []);
  assert.deepEqual([...bytes.subarray(7, length)], [1, 120, 0, 0]);
});

test('what the engine writes reads back: values, lists and pairs', () => {
  fc.assert(
    fc.property(params, (own) => {
      const read = createReader(encodeRecord(2, 0, own).slice(7))._pairs();
      assert.deepEqual(Object.entries(read), Object.entries(own));
    }),
  );
  const list = [5, 2, 4, 1, 120, 3, 0, 0, 0, 0, 0, 0, 248, 63];
  assert.deepEqual(createReader(Uint8Array.from(list))._value(), ['x', 1.5]);
});

test('an acknowledgement is two little-endian u32', () => {
  assert.deepEqual([...u32s(1, 0x01020304)], [1, 0, 0, 0, 4, 3, 2, 1]);
});
