// SPDX-License-Identifier: Apache-2.0
// Who decides on consent: the record of an earlier choice, the site's calls, and where the playbook lists sources, the policy
// over them, which is a chunk of its own. Until that has confirmed it, the record is provisional.
import { attempt } from '../attempt';
import type { Engine } from '../engine';
import { pause } from '../pause';
import { CONSENT, read, remove, removeAll } from '../storage';
import type { ConsentState } from '../types';
import { objectOf } from '../values';
import { PurposeBit, Table } from '../vocabulary';
import { createConsentMode } from './consentMode';
import { gpcDenies } from './gpc';
import {
  ALL_PURPOSES,
  bitsOf,
  byPurpose,
  grantedBy,
  grantedIn,
  partsOf,
  pending,
  purposesOf,
  record,
  recordIn,
  stateOf,
} from './record';
import type { start } from './consent';

export const enum Standing {
  /** Every source has spoken: what is granted may be kept and sent. */
  Confirmed,
  /** Not all have: what the record grants may be shown, and nothing more. */
  Waiting,
  /** Not all have, and the time is up: nothing is granted. */
  Lapsed,
}

/** What the program says of each source: purposes and numbers (wasm/wire/program.h, ConsentRow). */
export type Settings = Record<string, [label: number, ...numbers: string[]] | undefined>;

/**
 * A source has spoken.
 * @param version of the site's policy
 * @param isAction the visitor has decided just now
 * @param site what the site's own calls have said in another tab
 */
export type Said = (
  source: string,
  state: ConsentState,
  version?: string,
  isAction?: unknown,
  site?: ConsentState,
) => void;

export interface PolicyHost {
  readonly settings: Settings;
  /** What the site's own calls said on earlier pages. */
  readonly site: ConsentState | undefined;
  /** Was a decision taken, recorded or pending? */
  readonly decided: boolean;
  /** What holds of a purpose of which nobody says anything. */
  readonly defaults: ConsentState;
  /** Resolves when the time is up. */
  readonly late: Promise<unknown>;
  /**
   * A purpose that is missing stays as it is.
   * @param source '' = it is no decision, and is not recorded
   * @param site what the site's own calls have said
   */
  apply(
    state: ConsentState,
    source: string,
    version: string | undefined,
    standing: Standing,
    site?: ConsentState,
  ): void;
  fail(reason: unknown): void;
}

/** Loads the chunk that holds the policy. */
export type LoadPolicy = () => Promise<{ start: typeof start }>;

interface Host {
  /** Granted purposes. */
  _granted(): number;
  /** Carries out a choice. @param write records it, at the time in ms that it is given */
  _change(after: number, write: ((now: number) => void) | false): void;
  /** The standing has changed. */
  _stand(): void;
  _fail(reason: unknown): void;
}

/** @param defaults what the site's code grants until there is a decision */
export const createChooser = (engine: Engine, defaults: ConsentState, loadPolicy: LoadPolicy, host: Host) => {
  const settings: Settings = {};
  for (let row = engine.omo_count(Table.Consent); row--;) {
    const [name, ...numbers] = engine._name(Table.Consent, row).split(' ');
    settings[name!] = [engine.omo_label(Table.Consent, row), ...numbers];
  }
  const denies = gpcDenies(settings.gpc?.[0]);
  const hasPolicy = !!settings.wait;
  let standing = hasPolicy ? Standing.Waiting : Standing.Confirmed;
  let policy: Promise<Said>;
  const mode = createConsentMode();
  // What the site's own calls say, and purposes that the visitor granted despite Global Privacy Control.
  let site: ConsentState | undefined;
  let despite = 0;

  const choose = (state: ConsentState, source: string, version?: string) => {
    const recorded = grantedIn(recordIn());
    const isLapsed = standing == Standing.Lapsed;
    const after = isLapsed ? 0 : grantedBy(state, host._granted(), denies & ~despite);
    // What was granted stays recorded while nobody answers, and a source that only confirms has decided nothing.
    const kept = isLapsed ? grantedBy(state, recorded) : after;
    host._change(
      after,
      !!source &&
        (source == 'site' || kept != recorded || !(hasPolicy || recordIn())) &&
        ((now) => {
          // What is kept without a word that allows it is of another time: consent has lapsed since, or its record has gone.
          if (~(host._granted() | recorded) & PurposeBit.Storage) removeAll();
          // Where nobody can be asked, what the site itself has said is not in the record: it stays pending.
          const bits = source == 'site' && !isLapsed ? 0 : undefined;
          // A choice that cannot be recorded must not leave an older one standing.
          if (!attempt(() => record(kept, now, source, version, site, purposesOf(despite), bits))) remove(CONSENT);
        }),
    );
  };
  const adopt = (text: string) => {
    const parts = partsOf(text, () => host._fail(CONSENT + ' was edited: denied'));
    // A record from before the playbook listed sources has no words of the site alone.
    if (hasPolicy) site = parts.site || (parts.source == 'site' ? parts.state : undefined);
    despite = bitsOf(parts.despite_gpc);
    return stateOf(grantedIn(text));
  };
  const apply: PolicyHost['apply'] = (state, source, version, next, own) => {
    const hasMoved = standing != next;
    standing = next;
    if (own) site = own;
    choose(state, source, version);
    if (hasMoved) host._stand();
  };
  const say: Said = (source, state, ...more) => {
    if (hasPolicy) policy.then((said) => said(source, state, ...more)).catch(host._fail);
    else choose(state, source == 'tabs' ? '' : source, more[0]);
  };
  /**
   * A call of the site.
   * @param source 'despite_gpc': the visitor was told that Global Privacy Control says otherwise, and consented nevertheless
   */
  const call = (state: unknown, version?: string, source?: string) => {
    const said = objectOf(state) as ConsentState;
    despite = (despite & grantedBy(said, despite)) | (source === 'despite_gpc' ? grantedBy(said, 0) & denies : 0);
    say('site', said, version, true);
  };

  return {
    _standing: () => standing,
    /** What the record says, or where there is none and nobody is waited for, the site's code. */
    _start(): ConsentState {
      const text = recordIn();
      return text || hasPolicy ? adopt(text) : defaults;
    },
    /** The page begins with this state: the sources are asked, and what an earlier page has refused is carried out. */
    _begin(state: ConsentState) {
      const refused = pending() & ALL_PURPOSES;
      const refusal = byPurpose((bit) => refused & bit && 'denied') as ConsentState;
      choose(state, '');
      // At once: it may have to wait for the policy to be recorded.
      if (refused) choose(refusal, '');
      if (hasPolicy) {
        const late = pause(+settings.wait![1]!);
        late.then(() => standing && apply({}, '', '', Standing.Lapsed)).catch(host._fail);
        // Without its chunk nobody can confirm anything.
        policy = loadPolicy().then(
          ({ start }) => start({ settings, site, decided: !!read(CONSENT), defaults, late, apply, fail: host._fail }),
          (error) => {
            host._fail(error);
            return (source, state, version) => apply(state, source == 'tabs' ? '' : source, version, Standing.Lapsed);
          },
        );
      }
      if (refused) call(refusal);
    },
    _site: call,
    /** Reads Consent Mode commands: their name and values. */
    _mode(name: string, values: { readonly [key: string]: unknown }) {
      const state = mode(values);
      // A default is no decision: it counts only until there is one, and where somebody is waited for, for nothing.
      if (name == 'update') say('consent_mode', state);
      else if (!hasPolicy && !recordIn()) choose(state, '');
    },
    /** Another tab has recorded something. */
    _changed(text: string) {
      say('tabs', adopt(text), '', false, site);
    },
    /** What has become of Global Privacy Control: null where the visitor does not send it. */
    _gpc: () => (denies ? (despite ? 'overruled' : 'honoured') : null),
  };
};
