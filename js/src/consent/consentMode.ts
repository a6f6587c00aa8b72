// SPDX-License-Identifier: Apache-2.0
// Google's Consent Mode as a consent state.
import type { ConsentState } from '../types';

/** Our purpose, and the keys that must all be granted for it. */
const KEYS = {
  functional: ['functionality_storage'],
  measurement: ['analytics_storage'],
  personalization: ['personalization_storage'],
  marketing: ['ad_storage', 'ad_personalization'],
  sharing: ['ad_user_data'],
};

/**
 * Collects Consent Mode commands; answers the state that all of them together mean. A purpose of which no key was ever
 * named is left out. A default for some regions only can deny, but not grant: where the visitor is, is not known here.
 */
export function createConsentMode() {
  const mode: Record<string, unknown> = {};
  return (values: { readonly [key: string]: unknown }): ConsentState => {
    for (const key in values) if (values[key] == 'denied' || !values.region) mode[key] = values[key];
    const state: Record<string, 'granted' | 'denied'> = {};
    const decide = (purpose: string, keys: string[], granted: boolean) => {
      if (keys.some((key) => mode[key])) state[purpose] = granted ? 'granted' : 'denied';
    };
    for (const [purpose, keys] of Object.entries(KEYS))
      decide(
        purpose,
        keys,
        keys.every((key) => mode[key] == 'granted'),
      );
    // Any granted `*_storage` key implies storage.
    const stores = Object.keys(mode).filter((key) => /_storage$/.test(key));
    decide(
      'storage',
      stores,
      stores.some((key) => mode[key] == 'granted'),
    );
    return state;
  };
}
