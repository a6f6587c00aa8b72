// SPDX-License-Identifier: Apache-2.0
/** What looks like a label check must stand in an `at` of labels.mjs, or here. */
export const scanned = [
  { folder: 'wasm/engine', pattern: /\bgranted\(/ },
  { folder: 'wasm/compiler', pattern: /\bread_label\(|\.label \| |_label \| / },
];
export const others = [
  ['wasm/engine/state.h', 'inline bool granted(', 'the question itself'],
  [
    'wasm/compiler/operands.h',
    'void read_label(std::uint8_t label) { reads_.label = static_cast<std::uint8_t>(reads_.label | label); }',
    'what the calls of it are listed for',
  ],
  [
    'wasm/engine/apply.cpp',
    'const bool recorded = queued || (!state.replaying && granted(state, purpose::kStorage));',
    'spares making a record that nothing takes',
  ],
  [
    'wasm/engine/journeys.cpp',
    'if (state.paused || !granted(state, purpose::kStorage)) return;',
    'spares making a record that keep_in_journal() drops',
  ],
];
