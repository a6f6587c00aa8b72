// SPDX-License-Identifier: Apache-2.0
// Google's Consent Mode as a consent state.
import type { ConsentState } from '../types';

/** Our purpose, and the keys that must all be granted for it. */
const KEYS = {
  functional: /^functionality_/,
  measurement: /^analytics_/,
  personalization: /^personalization_/,
  marketing: /^ad_(storage|personalization)/,
  sharing: /^ad_user_data/,
};

/**
 * Collects Consent Mode commands; answers the state that all of them together mean. A purpose of which no key was ever
 * named is left out; of two keys, one that was not named counts as denied. A default for some regions only can deny, but
 * not grant: where the visitor is, is not known here. Any granted `*_storage` key implies storage.
 */
export function createConsentMode() {
  const mode = new Map<string, boolean>();
  return (values: { readonly [key: string]: unknown }): ConsentState => {
    for (const key in values) {
      const granted = values[key] == 'granted';
      if (values[key] == 'denied' || (granted && !values.region)) mode.set(key, granted);
    }
    const word = (keys: RegExp, least: number) => {
      const named = [...mode].filter(([key]) => keys.test(key));
      return named.length ? (named.filter(([, granted]) => granted).length < least ? 'denied' : 'granted') : '';
    };
    return Object.fromEntries([
      ...Object.entries(KEYS).map(([purpose, keys]) => [purpose, word(keys, purpose == 'marketing' ? 2 : 1)]),
      ['storage', word(/_storage$/, 1)],
    ]);
  };
}
