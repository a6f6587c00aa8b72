// SPDX-License-Identifier: Apache-2.0
// The table of requirements/tracking.md, ours first. The others' rows are quoted from there: they were measured on the
// same 24-event session in headless Chromium, and are not measured again here.
const quoted = [
  ['umami 3.1', '2,064', '290', '0 of 5', '–'],
  ['plausible 0.4.6', '2,392', '150', '0 of 5', '–'],
  ['snowplow 4.10 (+ element tracking)', '16,443 (21,148)', '942', '5 of 5', '6, delivered 9 times'],
  ['matomo.js', '19,064', '622', '0 of 5', '–'],
  ['rudder 3.34', '31,089', '1,151', '4 of 5', '6 of 6'],
  ['segment analytics-next 1.84', '37,624', '919', '5 of 5', '6 of 6, but loses the event when storage is full'],
  ['mixpanel 2.83', '32,734 to 85,660', '793', '5 of 5', '6, delivered 12 times'],
  ['posthog 1.449 (slim)', '47,950 to 106,829', '138 (the only one that compresses)', '0 of 5', '6 of 6'],
  ['amplitude 2.47', '60,714', '493 to 897', '5 of 5', '3 of 6 lost'],
];
export const head = [
  'tracker',
  'brotli bytes',
  'payload bytes an event',
  'offline 5 events, tab closed, reopened',
  '2 tabs offline, 3+3 events',
];

/** Rows: ours by what was measured in this run, then the quoted ones. */
export const trackers = (brotli, perEvent, { closed, tabs }) => [
  [
    '**omotenashi** (with the engine that decides)',
    brotli.toLocaleString('en'),
    perEvent.map((bytes) => bytes.toFixed(1)).join(' to '),
    closed,
    tabs,
  ],
  ...quoted,
];
