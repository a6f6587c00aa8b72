// SPDX-License-Identifier: Apache-2.0
// The label checks of the compiler; labels.mjs says how they are listed.
const compiler = (name, file, at, put, tests, more = {}) => ({
  name,
  file: `wasm/compiler/${file}`,
  at,
  put,
  tests,
  binary: 'compiler_test',
  ...more,
});

const UNION = 'labels are the union of everything that is read, what folds away included';
const FLOW = 'privacy 19: every part of a playbook hands its label on';
const STATED = 'privacy 19: a signal that states its purposes may not leave out those of its events and its trait';

export const inCompiler = [
  compiler('a trait hands its label on', 'operands.cpp', 'read_label(trait.label)', '(void)0', [FLOW]),
  compiler('a segment hands its label on', 'operands.cpp', 'read_label(segment.reads.label)', '(void)0', [FLOW]),
  compiler(
    'a signal hands its label on',
    'operands.cpp',
    'read_label(signal.label);\n  if (signal.broken) return std::nullopt;\n  if (signal.op',
    '(void)0',
    [UNION],
    { find: 'read_label(signal.label)' },
  ),
  compiler(
    'a grade of an rfm signal hands its label on',
    'operands.cpp',
    'read_label(signal.label);\n  if (signal.broken) return std::nullopt;\n  for (',
    '(void)0',
    [FLOW],
    { find: 'read_label(signal.label)' },
  ),
  compiler('a score hands its label on', 'operands.cpp', 'read_label(score.reads.label)', '(void)0', [FLOW]),
  compiler('a context value hands its label on', 'operands.cpp', 'read_label(value.label)', '(void)0', [FLOW]),
  compiler(
    'a formula knows the label of a condition',
    'operands.cpp',
    'instruction.detail = operand.label',
    'instruction.detail = 0',
    ['privacy 15: a formula sees denied facts as unknown'],
    { binary: 'engine_test' },
  ),
  compiler(
    'an event hands its label on to a signal',
    'read_signals.cpp',
    'signal_.label | event->label',
    'signal_.label',
    [FLOW],
  ),
  compiler('refunds hand their label on', 'read_signals.cpp', 'signal_.label | refund.label', 'signal_.label', [FLOW]),
  compiler(
    'the trait that restores hands its label on',
    'read_signals.cpp',
    'signal_.label | trait.label',
    'signal_.label',
    [FLOW],
  ),
  compiler(
    'a session hands its label on',
    'read_signals.cpp',
    'signal_.label | playbook.events[playbook.event_numbers.at("session_start")].label',
    'signal_.label',
    ['privacy 19: what a session needs, a signal of the session needs too'],
  ),
  compiler('a step of a sequence hands its label on', 'read_sequences.cpp', 'signal.label | label', 'signal.label', [
    FLOW,
  ]),
  compiler('a built-in event keeps its label', 'read_values.cpp', 'builtin_label | *label', '*label', [FLOW]),
  compiler(
    'a segment keeps what it states',
    'read_segments.cpp',
    'segment.reads.label | segment.stated_label.value_or(0)',
    'segment.reads.label',
    [FLOW],
  ),
  compiler(
    'a score keeps what it states',
    'read_segments.cpp',
    'score.reads.label | score.stated_label.value_or(0)',
    'score.reads.label',
    [FLOW],
  ),
  compiler(
    'a campaign keeps what it states',
    'read_segments.cpp',
    'campaign.reads.label | campaign.stated_label.value_or(0)',
    'campaign.reads.label',
    [FLOW],
  ),
  compiler(
    'a priority hands its label on',
    'read_segments.cpp',
    'campaign.reads.label | compilation.playbook.scores[campaign.score].reads.label',
    'campaign.reads.label',
    [FLOW],
  ),
  compiler(
    'what a creative reads hands its label on',
    'read_segments.cpp',
    'campaign.reads.label | compilation.playbook.signals[index].label',
    'campaign.reads.label',
    ["what a creative of recommendations reads joins the campaign's label"],
  ),
  compiler(
    'an event that a journey waits for hands its label on',
    'read_journeys.cpp',
    'reads.label | compilation.playbook.events[trigger.event].label',
    'reads.label',
    [FLOW],
  ),
  compiler(
    'an impression that a journey waits for hands its label on',
    'read_journeys.cpp',
    'journey.reads.label | playbook.events[seen].label',
    'journey.reads.label',
    [FLOW],
  ),
  compiler(
    'a journey keeps what it states',
    'read_journeys.cpp',
    'journey.reads.label | journey.stated_label.value_or(0)',
    'journey.reads.label',
    [FLOW],
  ),
  compiler(
    'journeys and their campaigns have one label',
    'read_journeys.cpp',
    'join_labels(playbook);\n}',
    '(void)0',
    [FLOW],
    { find: 'join_labels(playbook)' },
  ),
  compiler('a formula hands its label on', 'formulas.cpp', 'reads.label | own.label', 'reads.label', [FLOW]),
  compiler('nothing acts on exempt measurement', 'exempt.cpp', 'label != purpose::kMeasurement', 'true', [
    'privacy 14: nothing acts on what is measured without consent, and nothing of it is told',
  ]),
  compiler('what is stated may leave nothing out', 'labels.cpp', '(label & ~stated & bit) == 0', 'true', [STATED]),
];
