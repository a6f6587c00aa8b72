// SPDX-License-Identifier: Apache-2.0
/** What looks like a label check must stand in an `at` of labels.mjs, or here. */
export const scanned = [
  { folder: 'wasm/engine', pattern: /\bgranted\(/ },
  ...['', '/consent', '/recommend', '/render'].map((folder) => ({
    folder: `js/src${folder}`,
    pattern:
      /\b(granted|isKept|mayKeep|isTold|_standing|gpcDenies|validSince|renewedAfter)\((?!\): )|\brestricted\b(?! tell| a seg|: )|==+ 'granted'/,
  })),
  { folder: 'server-stub/http', pattern: /\.consent\b|purpose::k/ },
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
  ['js/src/client.ts', 'const granted = () =>', 'the question itself'],
  ['js/src/client.ts', 'const before = granted();\n    const queued', 'what was granted before an input'],
  ['js/src/client.ts', 'const before = granted();\n    const earlier', 'what was granted before a choice'],
  [
    'js/src/client.ts',
    'validSince(after) - now()',
    'facts of after a grant are later than it: without, they would be dropped',
  ],
  [
    'js/src/client.ts',
    'if (detached || chooser._standing()) return;',
    'a tab that leads keeps others from it; what it stores and sends is asked where it does',
  ],
  [
    'js/src/client.ts',
    'if (!text && recordIn() && isKept()) reload(true);',
    'without storage the other branch denies and forgets; what a reload reads is what the engine may hold',
  ],
  ['js/src/client.ts', 'return leading || !isKept();\n      },\n      _acknowledge', 'who numbers events'],
  ['js/src/client.ts', "emit('consent', stateOf(granted()))", 'the state is what is told'],
  ['js/src/consent/chooser.ts', 'const denies = gpcDenies(settings.gpc?.[0]);', 'what the site denies besides'],
  ['js/src/consent/record.ts', 'before: number, denies = 0)', 'its default'],
  ['js/src/consent/record.ts', 'export const validSince = (label: number)', 'the question itself'],
  [
    'js/src/consent/consent.ts',
    "if (purposes.some((purpose) => state[purpose] == 'granted' && applied[purpose] != 'granted')) {",
    'that a grant is new',
  ],
  [
    'js/src/consent/consent.ts',
    "(applied[purpose] == 'granted' ? state[purpose] : 'denied')",
    'what was granted before stays',
  ],
  [
    'js/src/consent/consent.ts',
    "if (words.tabs && state[purpose] === 'granted' &&",
    'only a grant lifts a refusal: a refusal denies by itself',
  ],
  ['js/src/report.ts', 'engine: Engine, restricted: boolean', 'what is asked above'],
  ['js/src/explain.ts', '    restricted: boolean,\n', 'what is asked above'],
  ['js/src/render/privacy.ts', "const isOn = consent[purpose] == 'granted';", "the panel is the visitor's"],
];
