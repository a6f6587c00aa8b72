// SPDX-License-Identifier: Apache-2.0
// Our own record of the visitor's choice.
import { attempt } from '../attempt';
import { CONSENT, read, write } from '../storage';
import type { ConsentState } from '../types';
import { Limit, purposes, type Purpose } from '../vocabulary';
import { gpcDenies } from './gpc';

const enum Duration {
  DayMs = 86_400_000,
}

/**
 * Granted purpose bits after a state was stated: what it does not name, in exactly one of the two words, stays as it was
 * `before`.
 * @param denies purposes that are denied whatever was granted
 */
export const grantedBy = (state: ConsentState, before: number, denies = gpcDenies()) =>
  purposes.reduce((bits, purpose, index) => {
    const bit = 1 << index;
    return state[purpose] === 'granted' ? bits | bit : state[purpose] === 'denied' ? bits & ~bit : bits;
  }, before) & ~denies;

export const stateOf = (granted: number) =>
  Object.fromEntries(purposes.map((purpose, bit) => [purpose, granted & (1 << bit) ? 'granted' : 'denied'])) as Record<
    Purpose,
    'granted' | 'denied'
  >;

export const purposesOf = (label: number) => purposes.filter((_, bit) => label & (1 << bit));

/** Bits of a list of purposes; what is no list has none. */
export const bitsOf = (list: unknown) =>
  purposes.reduce(
    (bits, purpose, index) => (Array.isArray(list) && list.includes(purpose) ? bits | (1 << index) : bits),
    0,
  );

interface Parts {
  /** Ms since 1970, by the device's clock. */
  readonly time?: number;
  readonly source?: string;
  readonly state?: ConsentState;
  /** When each purpose was granted again, ms of engine time: facts of before were withdrawn. */
  readonly since?: Partial<Record<Purpose, number>>;
  /** What the site's own calls said, where others are asked too. */
  readonly site?: ConsentState;
  /** Purposes that the visitor granted despite Global Privacy Control. */
  readonly despite_gpc?: readonly Purpose[];
}
/** Anything may stand in storage: the types say only what is hoped for. A choice counts for 13 months. */
export const partsOf = (text: string): Parts => {
  const parts = (attempt(() => JSON.parse(text), 0) || {}) as Parts;
  return Date.now() - parts.time! < Limit.MaxKeptDays * Duration.DayMs ? parts : {};
};

/** The state in the text of a record. One that is corrupt or too old grants nothing. */
export const stateIn = (text: string): ConsentState => ({ ...stateOf(0), ...partsOf(text).state });

/**
 * From when on facts with this label may be used, ms: what was withdrawn stays so, whenever it is found. Whoever has edited
 * the record cannot put it off by more than a day.
 */
export const validSince = (label: number) => {
  const since = partsOf(read(CONSENT)).since || {};
  return Math.min(
    Math.max(0, ...purposesOf(label).map((purpose) => +since[purpose]! || 0)),
    Date.now() + Duration.DayMs,
  );
};

/**
 * Holds no visitor id: time, version of the site's policy, source and state (GDPR article 7(1)).
 * @param now engine time, ms
 */
export const record = (
  granted: number,
  now: number,
  source: string,
  version = '',
  site?: ConsentState,
  despite: readonly Purpose[] = [],
) => {
  const earlier = read(CONSENT);
  const since = { ...partsOf(earlier).since };
  if (earlier) purposesOf(granted & ~grantedBy(stateIn(earlier), 0, 0)).forEach((purpose) => (since[purpose] = now));
  return write(
    CONSENT,
    JSON.stringify({
      time: Date.now(),
      version,
      source,
      state: stateOf(granted),
      since,
      site,
      despite_gpc: despite[0] && despite,
    }),
  );
};
