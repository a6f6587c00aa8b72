// SPDX-License-Identifier: Apache-2.0
// The label checks of the engine where facts come in and where something is made of them; labels.mjs says how they are listed.
export const engine = (name, file, at, put, tests, more = {}) => ({
  name,
  file: `wasm/engine/${file}`,
  at,
  put,
  tests,
  binary: 'engine_test',
  ...more,
});
const NOTHING = 'privacy 15, 24: a denied fact does nothing, not even its time is taken';
const BY_ROW = 'privacy 15: a denied fact that a host names by its row does nothing either';
const BYTES = 'revoking a purpose leaves the state of a visitor who never gave its facts, byte for byte';
const UNKNOWN = 'a denied fact is unknown: neither it nor its negation holds';
const FEEDBACK = 'feedback of a campaign needs the purposes of the campaign';
const SESSION = 'privacy 16: a session goes with every purpose that the playbook gives its beginning';

export const inEngine = [
  // Facts come in.
  engine(
    'a value of a denied purpose is not set',
    'apply.cpp',
    'if (!granted(state, item.label)) return Status::kNotConsented;',
    'false',
    [NOTHING, BY_ROW],
    { find: '!granted(state, item.label)' },
  ),
  engine(
    'an event of a denied purpose is not taken',
    'apply.cpp',
    'return granted(state, state.outcome.label) ? Status::kOk : Status::kNotConsented;',
    'true',
    [NOTHING, BY_ROW],
    { find: 'granted(state, state.outcome.label)' },
  ),
  engine(
    'an event of the engine is not taken where it is denied',
    'apply.cpp',
    'return admitted == Status::kOk ? take_occurrence(state, journal) : admitted;',
    'true',
    ['privacy 15: events that the engine makes itself need their purposes too'],
    { find: 'admitted == Status::kOk' },
  ),
  engine('an event needs what its campaign needs', 'apply.cpp', 'label |= state.campaigns[campaign].label', '0', [
    FEEDBACK,
  ]),
  engine(
    'an event needs what its segment needs',
    'apply.cpp',
    'label |= state.program.segments()[segment].label',
    '0',
    ['privacy 16: entries of segments go with the purposes of the segment'],
  ),
  engine(
    'a denied event is no activity of the session',
    'apply.cpp',
    '(label & ~state.own->session.label) == 0',
    'true',
    ['an event that needs more than measurement is no activity of the session'],
  ),
  engine(
    'ids of orders are remembered only where that is granted',
    'apply.cpp',
    'granted(state, state.own->transactions.label)',
    'true',
    [BYTES],
  ),
  engine(
    'ids of orders of events that need more are not remembered',
    'apply.cpp',
    '(label & ~state.own->transactions.label) == 0',
    'true',
    ["privacy 16: the id of an order that tells of a campaign is remembered only under the campaign's purposes"],
  ),
  engine(
    'events are queued only where measurement is granted',
    'apply.cpp',
    'granted(state, leaving | purpose::kMeasurement)',
    'granted(state, leaving)',
    ['before any decision every purpose counts as denied'],
  ),
  engine(
    'where measurement may be exempt, what tells more of people than of pages waits for storage',
    'apply.cpp',
    'label | consent_to_send(row)',
    'label',
    ['privacy 14: under measurement alone only the use of pages leaves the device, and no membership'],
  ),
  engine(
    'a queued event has its label',
    'apply.cpp',
    'enqueue(state, conversion ? leaving | kQueueConversion : leaving, writer.written())',
    'enqueue(state, 0, writer.written())',
    ['privacy 17: withdrawing a purpose removes the queued events that need it, and only these'],
  ),
  engine('a journaled event has its label', 'apply.cpp', 'queued ? leaving | kFrameQueued : label', 'kFrameQueued', [
    'privacy 18: an event is journaled under its purposes',
  ]),
  engine(
    'a journaled trait has its label',
    'apply.cpp',
    'keep_in_journal(state, journal, item.label, writer.written())',
    'keep_in_journal(state, journal, 0, writer.written())',
    ['privacy 18: each trait is journaled under its own purposes'],
  ),
  engine(
    'activity of a session has the label of the session',
    'apply.cpp',
    'keep_in_journal(state, journal, state.own->session.label, writer.written())',
    'keep_in_journal(state, journal, 0, writer.written())',
    [SESSION],
  ),
  engine(
    'nothing is journaled without storage',
    'apply.cpp',
    '!state.replaying && granted(state, purpose::kStorage)) write_frame',
    '!state.replaying',
    ['without storage nothing is written, and decisions go on'],
    { find: '!state.replaying && granted(state, purpose::kStorage)' },
  ),
  engine(
    'no stream id without measurement',
    'apply.cpp',
    'if (granted(state, purpose::kMeasurement)) take_id',
    'true',
    ['privacy 1: a seed gives a stream id only where measurement is granted'],
    { find: 'granted(state, purpose::kMeasurement)' },
  ),
  // What is derived from them.
  engine(
    'a signal takes events only while it is granted',
    'aggregates.cpp',
    '!granted(state, row.label) || (state.outcome.label & ~row.label) != 0) return false',
    '(state.outcome.label & ~row.label) != 0',
    [BYTES],
    { find: '!granted(state, row.label) || (state.outcome.label & ~row.label) != 0' },
  ),
  engine(
    'a signal takes no event that needs more',
    'aggregates.cpp',
    '(state.outcome.label & ~row.label) != 0',
    'false',
    ['a signal never counts the feedback of a campaign that needs more purposes than the signal'],
  ),
  engine(
    'a denied signal is unknown',
    'signals.cpp',
    'double when = 0;\n  if (!granted(state, row.label)) {',
    'false',
    [UNKNOWN],
    { find: '!granted(state, row.label)' },
  ),
  engine(
    'a denied signal is not restored',
    'signals.cpp',
    'row.restore != trait || !granted(state, row.label)',
    'row.restore != trait',
    ['privacy 15: a trait that is granted brings no denied signal back'],
  ),
  engine(
    'a denied value has no condition',
    'kept_state.cpp',
    'if (!granted(state, row.label)) {\n    set_presence(state, row.source',
    'false',
    ['privacy 15: a denied value is not null either'],
    { find: '!granted(state, row.label)' },
  ),
  engine(
    'a denied signal is unknown to a formula',
    'formulas.cpp',
    'if (!granted(state, row.label)) return unknown();\n  const Item& item',
    'false',
    ['privacy 15: a formula sees denied facts as unknown'],
    { find: '!granted(state, row.label)' },
  ),
  engine(
    'a denied value is unknown to a formula',
    'formulas.cpp',
    'if (!granted(state, row.label)) return unknown();\n  const Value value',
    'false',
    ['privacy 15: a formula sees denied facts as unknown'],
    { find: '!granted(state, row.label)' },
  ),
  engine(
    'a denied condition is unknown to a formula',
    'formulas.cpp',
    'return granted(state, label) ? Datum{} : unknown()',
    'true',
    ['privacy 15: a formula sees denied facts as unknown'],
    { find: 'granted(state, label)' },
  ),
  engine(
    'a segment tells that it is unknown',
    'engine.cpp',
    'granted(*state_, segment.label) ? Truth::kOff : Truth::kUnknown',
    'Truth::kOff',
    [UNKNOWN],
  ),
  engine(
    'a journey takes events only while it is granted',
    'journeys.cpp',
    '!granted(state, row.label) || (state.outcome.label & ~row.label) != 0',
    '(state.outcome.label & ~row.label) != 0',
    [],
    {
      equivalent:
        'a journey that is not granted stands nowhere: forget() has removed it, and advance_journeys() starts none',
    },
  ),
  engine(
    'a journey takes no event that needs more',
    'journeys.cpp',
    '(state.outcome.label & ~row.label) != 0',
    'false',
    ['privacy 16: a journey takes no event that needs more than the journey'],
  ),
  engine(
    'a journey moves only while it is granted',
    'journeys.cpp',
    '!granted(state, state.program.journeys()[i].label)',
    'false',
    ['privacy 15: a denied journey does not start'],
  ),
  engine(
    'a journey is journaled under its label',
    'journeys.cpp',
    'keep_in_journal(state, journal, item->label, writer.written())',
    'keep_in_journal(state, journal, 0, writer.written())',
    ['privacy 18: a journey is journaled under its purposes'],
  ),
  engine('a campaign needs its label', 'campaigns.cpp', '!granted(state, row.label)', 'false', [
    'a campaign is shown only while every purpose of its audience is granted',
  ]),
  engine('the budget counts by label', 'campaigns.cpp', 'if (item->label == row.label) return item;', 'true', [BYTES], {
    find: 'item->label == row.label',
  }),
  engine(
    'entries of segments are told only while they are granted',
    'segments.cpp',
    'item == nullptr || !granted(state, row.label)',
    'item == nullptr',
    [],
    { equivalent: 'take_own_occurrence() refuses the event too; this only spares making it' },
  ),
  engine(
    'entries of segments are remembered by label',
    'segments.cpp',
    'item->kind == EntryKind::kSegments && item->label == label',
    'item->kind == EntryKind::kSegments',
    ['privacy 16: entries of segments go with the purposes of the segment'],
  ),
];
