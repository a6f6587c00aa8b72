// SPDX-License-Identifier: Apache-2.0
// The IAB's Transparency and Consent Framework 2.2 to 2.4: version 2 of its API, `__tcfapi` (CMP API v2 of the GDPR
// Transparency and Consent Framework). A stub queues the call until the consent manager is there.
import type { ConsentState } from '../types';
import type { Watch } from './adapter';

type Vector = Readonly<Record<string, unknown>> | null | undefined;
interface TcData {
  readonly tcString?: unknown;
  readonly gdprApplies?: unknown;
  readonly eventStatus?: unknown;
  readonly purpose?: { readonly consents?: Vector };
  readonly vendor?: { readonly consents?: Vector };
  readonly publisher?: { readonly customPurpose?: { readonly consents?: Vector } };
}

/** Granted where each of the numbers is `true`: legitimate interests, absent numbers and other values are no consent. */
const all = (vector: Vector, numbers: readonly (number | string)[]) =>
  numbers.every((number) => vector?.[number] === true) ? 'granted' : 'denied';

/**
 * What TC data mean (docs/consent.md has the table). Where GDPR does not apply they mean nothing.
 * @param functional number of the custom purpose that means functional; '0' = none, and nothing is said of it
 * @param vendors whom sharing needs consent for
 */
export const tcfState = (data: TcData, functional: string, vendors: readonly string[]): ConsentState => {
  if (data.gdprApplies === false) return {};
  const purposes = data.purpose?.consents;
  return {
    storage: all(purposes, [1]),
    ...(functional != '0' && { functional: all(data.publisher?.customPurpose?.consents, [functional]) }),
    measurement: all(purposes, [1, 8]),
    personalization: all(purposes, [1, 5, 6]),
    marketing: all(purposes, [1, 3, 4]),
    sharing: vendors.length && all(purposes, [1]) == 'granted' ? all(data.vendor?.consents, vendors) : 'denied',
  };
};

export const watch: Watch = ({ numbers: [functional = '0', ...vendors], find, guard, say, refuse, warn }) =>
  find('__tcfapi', (api) =>
    api(
      'addEventListener',
      2,
      guard((data: TcData | null, success: unknown) => {
        if (!success || !data) return refuse('no TC data');
        const action = data.eventStatus == 'useractioncomplete';
        // While its window is open (`cmpuishown`) the data are no decision.
        if (!action && data.eventStatus != 'tcloaded') return;
        const { tcString } = data;
        if (data.gdprApplies !== false) {
          // Where GDPR applies there is one. A core string begins with its version, 2, in six bits, and has 213 bits before the vendors.
          if ((tcString || data.gdprApplies) && !/^C[\w-]{35,}(\.[\w-]+)*$/.test('' + tcString))
            return refuse('malformed TC string');
          // Segments begin with their type in three bits: 1 is that of the disclosed vendors.
          if (!/\.[I-P]/.test('' + tcString)) warn('TC string without disclosed vendors (TCF 2.3)');
        }
        say(tcfState(data, functional, vendors), action);
      }),
    ),
  );
