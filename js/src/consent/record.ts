// SPDX-License-Identifier: Apache-2.0
// Our own record of the visitor's choice, and Global Privacy Control over it.
import { attempt } from '../attempt';
import { CONSENT, read, write } from '../storage';
import type { ConsentState } from '../types';
import { Limit, PurposeBit, purposes, type Purpose } from '../vocabulary';

const enum Duration {
  DayMs = 86_400_000,
}

/**
 * Granted purpose bits after a state was stated: what it does not name, in exactly one of the two words, stays as it was
 * `before`. Global Privacy Control denies marketing and sharing, whatever was granted (CCPA regulations, section 7025).
 */
export const grantedBy = (state: ConsentState, before: number) =>
  purposes.reduce((bits, purpose, index) => {
    const bit = 1 << index;
    return state[purpose] === 'granted' ? bits | bit : state[purpose] === 'denied' ? bits & ~bit : bits;
  }, before) &
  ((navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl
    ? ~(PurposeBit.Marketing | PurposeBit.Sharing)
    : -1);

export const stateOf = (granted: number) =>
  Object.fromEntries(purposes.map((purpose, bit) => [purpose, granted & (1 << bit) ? 'granted' : 'denied'])) as Record<
    Purpose,
    'granted' | 'denied'
  >;

export const purposesOf = (label: number) => purposes.filter((_, bit) => label & (1 << bit));

/** The state in the text of a record. One that is corrupt or older than 13 months grants nothing. */
export const stateIn = (text: string): ConsentState =>
  attempt(() => {
    const { state, time } = JSON.parse(text);
    return { ...stateOf(0), ...(Date.now() - time < Limit.MaxKeptDays * Duration.DayMs ? state : {}) };
  }, stateOf(0));

/** When each purpose was granted again, ms of engine time: facts of before were withdrawn. */
type Since = Partial<Record<Purpose, number>>;
const sinceIn = (text: string): Since => attempt(() => JSON.parse(text).since, 0) || {};

/**
 * From when on facts with this label may be used, ms: what was withdrawn stays so, whenever it is found. Whoever has edited
 * the record cannot put it off by more than a day.
 */
export const validSince = (label: number) => {
  const since = sinceIn(read(CONSENT));
  return Math.min(
    Math.max(0, ...purposesOf(label).map((purpose) => +since[purpose]! || 0)),
    Date.now() + Duration.DayMs,
  );
};

/**
 * Holds no visitor id: time, version of the site's policy, source and state (GDPR article 7(1)).
 * @param before granted purpose bits until now
 * @param now engine time, ms
 */
export const record = (granted: number, before: number, now: number, source: string, version = '') => {
  const earlier = read(CONSENT);
  const since = sinceIn(earlier);
  if (earlier) purposesOf(granted & ~before).forEach((purpose) => (since[purpose] = now));
  return write(CONSENT, JSON.stringify({ time: Date.now(), version, source, state: stateOf(granted), since }));
};
