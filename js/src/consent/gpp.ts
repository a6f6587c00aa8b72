// SPDX-License-Identifier: Apache-2.0
// The IAB's Global Privacy Platform, version 1.1 of its API, `__gpp`: the sections of the United States.
import type { ConsentState } from '../types';
import type { Watch } from './adapter';

type Section = Readonly<Record<string, unknown>>;
interface PingData {
  readonly signalStatus?: unknown;
  readonly gppString?: unknown;
  readonly applicableSections?: unknown;
  readonly parsedSections?: Readonly<Record<string, Section | readonly Section[]>>;
}

const enum Id {
  /** Ids up to it are the header, the European and the Canadian sections. */
  LastForeign = 5,
  National = 7,
}
/** States in the order of their sections' ids, which follow the national one's. */
const STATES = 'cavacoutctflmtortxdeianenhnjtnmnmdinkyri';

const nameOf = (id: number) =>
  'us' + (id == Id.National ? 'nat' : STATES[(id - Id.National) * 2 - 2]! + STATES[(id - Id.National) * 2 - 1]);

/** Granted where the section has one of the fields and each that it has says 2, "did not opt out"; 0 is unknown. */
const choice = (section: Section, ...fields: string[]) => {
  const values = fields.map((field) => section[field]).filter((value) => value !== undefined);
  return values.length && values.every((value) => value === 2) && !section.Gpc ? 'granted' : 'denied';
};

/**
 * What GPP data mean (docs/consent.md has the table); what applies but cannot be read is a refusal. Where no American
 * section applies they mean nothing.
 */
export const gppState = ({ applicableSections, parsedSections }: PingData): ConsentState => {
  const applicable = Array.isArray(applicableSections) && applicableSections.length ? applicableSections : [0];
  // 0: not known yet. -1: none applies.
  const sections = applicable
    .filter((id) => id == 0 || id > Id.LastForeign)
    // The parts of a section come as one object or as one each.
    .map((id) => Object.assign({}, ...[parsedSections?.[nameOf(id)]].flat()) as Section);
  if (!sections.length) return {};
  const every = (one: (section: Section) => string) =>
    sections.every((section) => one(section) == 'granted') ? 'granted' : 'denied';
  return {
    // California has no field of its own for targeted advertising: there it is sharing.
    marketing: every((section) =>
      choice(section, section.TargetedAdvertisingOptOut === undefined ? 'SharingOptOut' : 'TargetedAdvertisingOptOut'),
    ),
    sharing: every((section) => choice(section, 'SaleOptOut', 'SharingOptOut')),
  };
};

export const watch: Watch = ({ find, guard, say, refuse }) =>
  find('__gpp', (api) =>
    api(
      'addEventListener',
      guard((event: { pingData?: PingData } | null, success: unknown) => {
        if (!success || !event) return refuse('no GPP data');
        const { pingData } = event;
        if (!pingData || pingData.signalStatus != 'ready') return;
        // Type 3 and version 1, in six bits each.
        if (pingData.gppString && !/^DB[\w-]*(~[\w.-]+)*$/.test('' + pingData.gppString))
          return refuse('malformed GPP string');
        say(gppState(pingData));
      }),
    ),
  );
