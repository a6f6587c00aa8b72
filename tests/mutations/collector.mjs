// SPDX-License-Identifier: Apache-2.0
// What checks consent stamps and labels in the formats and in the collector; labels.mjs says how they are listed. A header is
// compiled with the `units` that are named.
const STAMP = 'privacy 57: no event and no membership travels under a consent stamp that does not cover it';
const FORGED = 'privacy 57: a batch whose consent stamp does not cover its events is refused and not kept';

const decoding = ['wasm/wire/batch_decode.cpp'];
const inBody = (name, at, put, more = {}) => ({
  name,
  file: 'wasm/wire/batch_body.h',
  at,
  put,
  tests: [STAMP],
  binary: 'wire_test',
  units: decoding,
  ...more,
});

export const inCollector = [
  inBody('a consent stamp covers what is sent', '(consent & needed) == needed', 'true'),
  inBody(
    'a stamp covers the label of an event',
    'label | purpose::kMeasurement',
    'std::uint8_t{purpose::kMeasurement}',
  ),
  inBody('a stamp covers measurement', 'label | purpose::kMeasurement);', 'std::uint8_t{0}', {
    find: 'purpose::kMeasurement',
  }),
  inBody('a stamp covers the storage that what is not exempt needs', 'row.label | consent_to_send(row)', 'row.label', {
    tests: ['privacy 14: a batch with more than the use of pages under measurement alone is refused'],
    binary: 'engine_test',
  }),
  inBody('no event travels without its label', '!covers(header.consent, row.label | consent_to_send(row))', 'false'),
  inBody(
    'no membership travels without its label',
    '!covers(header.consent, program.segments()[i].label | consent_to_tell(program))',
    'false',
  ),
  inBody(
    'the collector takes no event without its label',
    'if (!covers(header.consent, row.label | consent_to_send(row)))',
    'true',
    {
      find: 'covers(header.consent, row.label | consent_to_send(row))',
      tests: [FORGED],
      binary: 'collector_test',
    },
  ),
  {
    name: 'a stamp is under the checksum',
    file: 'wasm/wire/batch.cpp',
    at: 'reader.unsigned_bytes(kChecksumBytes) != batch_checksum(batch)',
    put: 'false',
    tests: ['every truncation and every flipped bit of a batch is refused'],
    binary: 'wire_test',
  },
  {
    name: 'the collector wants consent for measurement',
    file: 'server-stub/http/ingest.cpp',
    at: '(header.consent & purpose::kMeasurement) == 0',
    put: 'false',
    tests: ['a batch without consent for measurement is refused and not kept'],
    binary: 'collector_test',
  },
  {
    name: 'a batch is stamped with what is granted',
    file: 'wasm/engine/batch_builder.cpp',
    at: 'header.consent = state.consent',
    find: 'state.consent',
    put: 'purpose::kAll',
    tests: ['privacy 57: a batch is stamped with what is granted, no more and no less'],
    binary: 'engine_test',
  },
  {
    name: 'the label of a frame is under its checksum',
    file: 'wasm/wire/journal.h',
    at: 'checksum != fnv32(journal.subspan(position + 4, 3 + length))',
    put: 'false',
    units: ['wasm/engine/engine.cpp'],
    tests: ['privacy 18: a frame or a section whose label was changed is not believed'],
    binary: 'engine_test',
  },
  {
    name: 'the labels of a snapshot are under its checksum',
    file: 'wasm/wire/snapshot.h',
    at: 'checksum == snapshot_checksum(snapshot)',
    put: 'true',
    units: ['wasm/engine/snapshot.cpp'],
    tests: ['privacy 18: a frame or a section whose label was changed is not believed'],
    binary: 'engine_test',
  },
];
