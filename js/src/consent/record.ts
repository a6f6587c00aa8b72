// SPDX-License-Identifier: Apache-2.0
// Our own record of the visitor's choice.
import { attempt } from '../attempt';
import { CONSENT, read, remove, write } from '../storage';
import type { ConsentState } from '../types';
import { objectOf } from '../values';
import { Limit, purposes, type Purpose } from '../vocabulary';

const enum Duration {
  DayMs = 86_400_000,
}

export const ALL_PURPOSES = 63;

/**
 * Granted purpose bits after a state was stated: what it does not name, in exactly one of the two words, stays as it was
 * `before`.
 * @param denies purposes that are denied whatever was granted
 */
export const grantedBy = (state: ConsentState, before: number, denies = 0) =>
  purposes.reduce((bits, purpose, index) => {
    const bit = 1 << index;
    return state[purpose] === 'granted' ? bits | bit : state[purpose] === 'denied' ? bits & ~bit : bits;
  }, before) & ~denies;

/** Something for each purpose, by its name. */
export const byPurpose = <T>(of: (bit: number) => T) =>
  Object.fromEntries(purposes.map((purpose, index) => [purpose, of(1 << index)])) as Record<Purpose, T>;

export const stateOf = (granted: number) => byPurpose((bit) => (granted & bit ? 'granted' : 'denied'));

export const purposesOf = (label: number) => purposes.filter((_, bit) => label & (1 << bit));

/** Bits of a list of purposes. */
export const bitsOf = (list: unknown) =>
  purposes.reduce((bits, purpose, index) => ([list].flat().includes(purpose) ? bits | (1 << index) : bits), 0);

export interface Parts {
  /** Ms since 1970, by the device's clock. */
  readonly time?: number | undefined;
  /** Of the first choice, where others followed: since then what `since` does not name is granted. */
  readonly first?: number | undefined;
  /** Of the site's policy. */
  readonly version?: string | undefined;
  readonly source?: string | undefined;
  readonly state?: ConsentState | undefined;
  /** When each purpose was granted again, or all erased, ms of engine time: facts of before were withdrawn. */
  readonly since?: Partial<Record<Purpose, number>> | undefined;
  /** What the site's own calls said, where others are asked too. */
  readonly site?: ConsentState | undefined;
  /** Purposes that the visitor granted despite Global Privacy Control. */
  readonly despite_gpc?: readonly Purpose[] | undefined;
}

/** The record alone; '' = none. Before it stands what is pending, in digits. */
export const recordIn = (text = read(CONSENT)) => text.replace(/^\d+/, '');

/**
 * What the site's calls have refused while nobody could record it, as bits of purposes: a page may leave before the engine runs,
 * or before the policy over the sources is there. The next page carries it out.
 */
export const pending = () => +/^\d*/.exec(read(CONSENT))![0];

/**
 * Keeps a record, and what is pending: of a record that is not there a 0 stays, since a text that goes means refusal to other
 * tabs. False where it could not be written.
 */
const keep = (text: string, bits = pending()) => write(CONSENT, (text && !bits ? '' : bits) + text);

/** Until a refusal is recorded: what was granted since is refused no more. One that cannot be kept leaves no older grant. */
export const keepRefusal = (state: ConsentState) => {
  const bits = ~grantedBy(state, ~pending());
  if (bits != pending() && !keep(recordIn(), bits)) remove(CONSENT);
};

/** The text of a record. Its check: 31 times the check so far plus the next code point, for each, modulo 2^32. */
const seal = (parts: Parts): string => {
  let check = 0;
  const text = () => JSON.stringify({ ...parts, check });
  for (const character of text()) check = (check * 31 + character.codePointAt(0)!) | 0;
  return text();
};

/**
 * Anything may stand in storage: the types say only what is hoped for. A choice counts for 13 months, and one of a clock
 * that was wrong by more than that not at all.
 * @param edited is called where we did not write it so. The check tells a slip, and nothing of who knows how it is made
 */
export const partsOf = (text: string, edited?: () => void): Parts => {
  const parts = attempt(() => {
    const read: Parts = objectOf(JSON.parse(text));
    return text == seal(read) && read;
  });
  if (parts) return Math.abs(Date.now() - parts.time!) < Limit.MaxKeptDays * Duration.DayMs ? parts : {};
  if (text && edited) edited();
  return {};
};

/** Bits that the text of a record grants. One that is edited or too old grants nothing. */
export const grantedIn = (text: string) => grantedBy(partsOf(text).state || {}, 0);

/**
 * From when on facts with this label may be used, ms: what was withdrawn stays so, whenever it is found. Whoever has edited
 * the record cannot put it off by more than a day.
 */
export const validSince = (label: number) => {
  const since = partsOf(recordIn()).since || {};
  return Math.min(
    Math.max(0, ...purposesOf(label).map((purpose) => +since[purpose]! || 0)),
    Date.now() + Duration.DayMs,
  );
};

/** Purposes that were granted again, or of which all was erased, after a moment in ms of engine time. */
export const renewedAfter = (time: number) => {
  const since = partsOf(recordIn()).since || {};
  return bitsOf(purposes.filter((purpose) => +since[purpose]! > time));
};

/**
 * Holds no visitor id: time, version of the site's policy, source and state (GDPR article 7(1)).
 * @param now engine time, ms
 * @param version of the site's policy; none = as it was
 * @param bits what is pending from now on; none = as it was
 */
export const record = (
  granted: number,
  now: number,
  source: string,
  version?: string,
  site?: ConsentState,
  despite?: readonly Purpose[],
  bits?: number,
) => {
  const earlier = recordIn();
  const before = partsOf(earlier);
  const since = { ...before.since };
  if (earlier) purposesOf(granted & ~grantedIn(earlier)).forEach((purpose) => (since[purpose] = now));
  return keep(
    seal({
      time: Date.now(),
      first: granted ? before.first || before.time : undefined,
      version: version || before.version || '',
      source,
      state: stateOf(granted),
      since,
      site,
      despite_gpc: despite?.[0] && despite,
    }),
    bits,
  );
};

/**
 * All that was known was erased. For other tabs the record goes, so that they forget, and comes again. What of theirs comes
 * to light later is of before.
 * @param now engine time, ms
 */
export const renew = (now: number) => {
  const text = recordIn();
  const bits = pending();
  write(CONSENT, '');
  if (text) keep(seal({ ...partsOf(text), first: undefined, since: byPurpose(() => now) }), bits);
  else remove(CONSENT);
};
