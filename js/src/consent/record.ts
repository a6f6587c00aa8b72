// SPDX-License-Identifier: Apache-2.0
// Our own record of the visitor's choice, and Global Privacy Control over it.
import { CONSENT, read, write } from '../storage';
import type { ConsentState } from '../types';
import { PurposeBit, purposes, type Purpose } from '../vocabulary';

/** Purpose bits: those that a state names, and those that it grants. Anything but the two words is not named. */
export interface Choice {
  _present: number;
  _granted: number;
}

export function choiceOf(state: unknown): Choice {
  const choice = { _present: 0, _granted: 0 };
  purposes.forEach((purpose, bit) => {
    const word = (state as ConsentState | null)?.[purpose];
    if (word == 'granted') choice._granted |= 1 << bit;
    if (word == 'granted' || word == 'denied') choice._present |= 1 << bit;
  });
  return choice;
}

/** Global Privacy Control denies marketing and sharing, whatever was granted (CCPA regulations, section 7025). */
export const withGlobalPrivacyControl = (granted: number) =>
  (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl
    ? granted & ~(PurposeBit.Marketing | PurposeBit.Sharing)
    : granted;

export const stateOf = (granted: number) =>
  Object.fromEntries(purposes.map((purpose, bit) => [purpose, granted & (1 << bit) ? 'granted' : 'denied'])) as Record<
    Purpose,
    'granted' | 'denied'
  >;

export const purposesOf = (label: number) => purposes.filter((_, bit) => label & (1 << bit));

/** The recorded choice in the text of a record; null where there is none. A corrupt one grants nothing. */
export function choiceIn(text: string | null): Choice | null {
  if (!text) return null;
  try {
    return choiceOf(JSON.parse(text).state);
  } catch {
    return choiceOf(null);
  }
}

export const recordedChoice = () => choiceIn(read(CONSENT));

/** Holds no visitor id: time, version of the site's policy, source and state (GDPR article 7(1)). */
export const record = (granted: number, source: string, version = '') =>
  write(CONSENT, JSON.stringify({ time: Date.now(), version, source, state: stateOf(granted) }));
