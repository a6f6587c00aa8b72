// SPDX-License-Identifier: Apache-2.0
// What consent managers say, for tests.
export const PURPOSES = ['storage', 'functional', 'measurement', 'personalization', 'marketing', 'sharing'];
export const CORE = 'CQSbk4AQSbk4AnWAAAENAwCgAAAAAAAAAAYgACPAAAAA';
export const TC_STRING = `${CORE}.IAAA.YAAAAAAAAAA`;

export const consents = (...numbers) => Object.fromEntries(numbers.map((number) => [number, true]));
export const tcData = (purposes, rest = {}) => ({
  tcString: TC_STRING,
  gdprApplies: true,
  eventStatus: 'tcloaded',
  purpose: { consents: consents(...purposes) },
  ...rest,
});
export const grantedIn = (state) => PURPOSES.filter((purpose) => state[purpose] === 'granted');

export const section = (fields) => ({
  SaleOptOut: 2,
  SharingOptOut: 2,
  TargetedAdvertisingOptOut: 2,
  Gpc: false,
  ...fields,
});
export const ping = (parsedSections, rest = {}) => ({
  signalStatus: 'ready',
  gppString: 'DBABrw~CAAgAAAAAABA.YA',
  applicableSections: [7],
  parsedSections,
  ...rest,
});

// Node 20 has no navigator and no window: these are the browser's, as far as consent asks them.
export const setNavigator = (value) => Object.defineProperty(globalThis, 'navigator', { value, configurable: true });
