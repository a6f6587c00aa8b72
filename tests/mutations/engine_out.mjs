// SPDX-License-Identifier: Apache-2.0
// The label checks of the engine where something is withdrawn, goes out, comes back or is explained.
import { engine } from './engine.mjs';

const WITHDRAWAL = 'withdrawal deletes the facts, and granting again restores nothing';
const BYTES = 'revoking a purpose leaves the state of a visitor who never gave its facts, byte for byte';
const SESSION = 'privacy 16: a session goes with every purpose that the playbook gives its beginning';
const EXPLAINED =
  'privacy 22: what is denied has no value, no list and no moment of change, even where they would say nothing';

export const outOfEngine = [
  // What is withdrawn.
  engine(
    'what needs a withdrawn purpose is forgotten',
    'kept_state.cpp',
    'forget(state, kEverything, withdrawn)',
    '(void)0',
    [WITHDRAWAL, BYTES],
  ),
  engine('and nothing else is', 'kept_state.cpp', 'purposes != 0 && (item->label & purposes) == 0', 'false', [
    'withdrawal deletes the facts, and granting again restores nothing',
  ]),
  engine('withdrawn events leave the queue', 'kept_state.cpp', 'withdraw_from_queue(state)', '(void)0', [
    'privacy 17: withdrawing a purpose removes the queued events that need it, and only these',
  ]),
  engine('a withdrawal lets go of what stands beside', 'kept_state.cpp', 'release_slots(state)', '(void)0', [
    'privacy 16: a withdrawal lets go of what stands beside what it takes away',
  ]),
  engine(
    'a withdrawal looks at everything anew',
    'kept_state.cpp',
    'publish_all(state);\n}\n\nvoid settle_due',
    '(void)0',
    [WITHDRAWAL],
    { find: 'publish_all(state)' },
  ),
  engine(
    'only withdrawn events leave the queue',
    'queue.cpp',
    'if (granted(state, entry.label & purpose::kAll)) continue',
    'false',
    ['privacy 17: withdrawing a purpose removes the queued events that need it, and only these'],
    { find: 'granted(state, entry.label & purpose::kAll)' },
  ),
  engine('what needs less does not make room', 'queue.cpp', '(purposes & ~needs) == 0', 'true', [
    'privacy 16: events that need more purposes push no others out of a full queue',
  ]),
  engine('what needs more makes room first', 'queue.cpp', 'pass > 1 || needs != purposes', 'true', [
    'privacy 16: events that need more purposes push no others out of a full queue',
  ]),
  engine(
    'ids of orders have the label of purchases',
    'load.cpp',
    'kTransactionLabel | label_of(program, "purchase")',
    'kTransactionLabel',
    ['an order of a purchase that needs more purposes is one order still'],
  ),
  engine(
    'a session has the label of its beginning',
    'load.cpp',
    'kSessionLabel | label_of(program, "session_start")',
    'kSessionLabel',
    [SESSION],
  ),
  // What goes out, and what comes back.
  engine(
    'no batch without measurement',
    'batch_builder.cpp',
    '!granted(state, purpose::kMeasurement) || state.own->stream.size == 0',
    'state.own->stream.size == 0',
    [],
    { equivalent: 'the stream id goes with measurement, and apply_seed() gives none without' },
  ),
  engine(
    'a batch holds what is granted',
    'batch_builder.cpp',
    'granted(state, entry.label & purpose::kAll)',
    'true',
    [],
    { equivalent: 'withdraw_from_queue() has removed what is not, after a withdrawal and after a snapshot was loaded' },
  ),
  engine(
    'a denied signal is not told',
    'signals.cpp',
    'granted(state, row.label) ? single_value(state, row, item) : null_value()',
    'single_value(state, row, item)',
    ['privacy 15: a denied signal is told as null'],
  ),
  engine(
    'a denied rfm signal is not told',
    'signals.cpp',
    'granted(state, row.label) ? number_value(grade_of(state, row, item, i)) : null_value()',
    'number_value(grade_of(state, row, item, i))',
    ['privacy 15: a denied signal is told as null'],
  ),
  engine('no snapshot without storage', 'snapshot.cpp', '!granted(state, purpose::kStorage)', 'false', [
    'without storage nothing is written, and decisions go on',
  ]),
  engine(
    'a section holds one label',
    'snapshot.cpp',
    'item->label != label ||',
    'label != 0',
    ['privacy 16: each section of a snapshot holds what has its label'],
    { find: 'item->label != label' },
  ),
  engine(
    'a snapshot gives back what is granted',
    'snapshot.cpp',
    'item == nullptr || !granted(state, label | item->label)',
    'item == nullptr',
    ['privacy 18: a snapshot that holds what is not granted gives none of it back'],
  ),
  engine(
    'a snapshot gives back what its section allows',
    'snapshot.cpp',
    'granted(state, label | item->label)',
    'granted(state, item->label)',
    ['privacy 18: a snapshot that holds what is not granted gives none of it back'],
  ),
  engine(
    'what is denied is not told as lost',
    'snapshot.cpp',
    '!load_item(state, label, entries) && granted(state, label)',
    '!load_item(state, label, entries)',
    ['privacy 18: a snapshot that holds what is not granted gives none of it back'],
  ),
  engine("a snapshot's queue gives back what is granted", 'snapshot.cpp', 'withdraw_from_queue(state)', '(void)0', [
    'privacy 18: a snapshot that holds what is not granted gives none of it back',
  ]),
  engine(
    'a journal gives back what is granted',
    'engine.cpp',
    'granted(state, frame.label & purpose::kAll) &&',
    'true',
    ["privacy 18: a journal gives back only what its frames' labels allow"],
    { find: 'granted(state, frame.label & purpose::kAll)' },
  ),
  engine(
    'a stream id is asked for with measurement only',
    'kept_state.h',
    'meta.sync_events != 0 && granted(state, purpose::kMeasurement)',
    'meta.sync_events != 0',
    ['privacy 1: a seed gives a stream id only where measurement is granted'],
    { units: ['wasm/engine/kept_state.cpp', 'wasm/engine/input.cpp'] },
  ),
  // What is explained.
  engine(
    'a denied formula has no value to tell',
    'explain.cpp',
    'granted(state, state.program.formulas()[index].label) ? value_of_datum(value) : null_value()',
    'value_of_datum(value)',
    [EXPLAINED],
  ),
  engine(
    'of a denied signal no expiry is told',
    'explain.cpp',
    'signal.within_ms > 0 && item.size > 0 && granted(state_, signal.label)',
    'signal.within_ms > 0 && item.size > 0',
    [],
    { equivalent: 'a signal that is not granted holds nothing: forget() has removed it, and none is taken' },
  ),
  engine(
    'a denied value is not told',
    'explain_atom.cpp',
    'if (!granted(state, source.label)) {\n    write_value(writer, null_value())',
    'false',
    [EXPLAINED],
    { find: '!granted(state, source.label)' },
  ),
  engine('nor when it would change', 'explain_atom.cpp', 'if (!granted(state, source.label)) return 0', 'false', [], {
    find: '!granted(state, source.label)',
    equivalent: 'nothing of a denied fact is kept, so no moment would be found: this only spares looking for one',
  }),
];
