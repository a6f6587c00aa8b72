// SPDX-License-Identifier: Apache-2.0
// Google's Consent Mode as a consent state.
import type { ConsentState } from '../types';

type Word = 'granted' | 'denied' | undefined;

/**
 * Collects Consent Mode commands; answers the state that all of them together mean. A purpose of which no key was ever
 * named stays undefined; of marketing's two keys, one that was not named counts as denied. A default for some regions
 * only can deny, but not grant: where the visitor is, is not known here. Any granted `*_storage` key implies storage.
 */
export const createConsentMode = () => {
  const mode: Record<string, Word> = {};
  return (values: { readonly [key: string]: unknown }) => {
    for (const key in values) {
      const word = values[key];
      if (word === 'denied' || (word === 'granted' && !values.region)) mode[key] = word as Word;
    }
    let storage: Word;
    for (const key in mode) if (/^[afp].*_storage/.test(key) && storage != 'granted') storage = mode[key];
    return {
      storage,
      functional: mode.functionality_storage,
      measurement: mode.analytics_storage,
      personalization: mode.personalization_storage,
      marketing: mode.ad_storage == mode.ad_personalization ? mode.ad_storage : 'denied',
      sharing: mode.ad_user_data,
    } as ConsentState;
  };
};
