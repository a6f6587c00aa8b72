// SPDX-License-Identifier: Apache-2.0
// How several sources of consent make one state (docs/consent.md): a chunk, loaded where the playbook lists sources. What
// any source denies is denied; what none grants is denied; a consent manager that has not spoken denies everything.
import type { ConsentState } from '../types';
import { purposes } from '../vocabulary';
import type { Watch } from './adapter';
import { Standing, type PolicyHost, type Said } from './chooser';
import { purposesOf } from './record';

const enum Wait {
  /** Between grants: consent that flaps is granted once in this time, and denied at once. */
  GrantMs = 1000,
  /** Between looks for an API that is not there yet: doubled up to the second. */
  FirstLookMs = 50,
  LookMs = 2000,
}
type Words = { -readonly [P in keyof ConsentState]: ConsentState[P] };

/** Each listed source that answers in its own time, and its chunk. Consent Mode is in the core: it is read anyway. */
const SOURCES: Record<string, (() => Promise<{ watch: Watch }>) | undefined> = {
  tcf: () => import('./tcf'),
  gpp: () => import('./gpp'),
  dnt: () => import('./dnt'),
  consent_mode: undefined,
};

const denialsOf = (state: ConsentState): Words =>
  Object.fromEntries(Object.entries(state).filter(([, word]) => word == 'denied'));

const find = (name: string, found: (api: never) => void, delay = Wait.FirstLookMs) => {
  const api = (window as unknown as Record<string, unknown>)[name];
  if (typeof api == 'function') found(api as never);
  else setTimeout(find, delay, name, found, Math.min(delay * 2, Wait.LookMs));
};

/** Answers what is to be called with each word of the site, of the dataLayer and of other tabs. */
export const start = ({ settings, site, decided, defaults, late, apply, fail }: PolicyHost): Said => {
  const awaited = Object.keys(SOURCES).filter((name) => settings[name]);
  const words: Record<string, Words | undefined> = {};
  // What the site's own calls said: where the playbook does not list them, they only deny.
  const own: Words = {};
  let applied: ConsentState = {};
  // The time is up, or a source cannot be understood.
  let isLate = false;
  // Until there is a decision, measurement needs no consent.
  let isExempt = settings.exempt && !decided;
  let nextGrant = 0;
  let timer = 0;

  const stateBy = (of: (purpose: keyof ConsentState) => 'granted' | 'denied' | undefined) =>
    Object.fromEntries(purposes.map((purpose) => [purpose, of(purpose)])) as ConsentState;

  const decide = (source: string, version?: string) => {
    const said = stateBy((purpose) => {
      const votes = Object.values(words).map((word) => word?.[purpose]);
      return votes.includes('denied') ? 'denied' : votes.includes('granted') ? 'granted' : undefined;
    });
    if (awaited.some((name) => !words[name])) {
      // A grant waits for the others; a refusal does not.
      applied = stateBy((purpose) => (said[purpose] == 'denied' ? 'denied' : undefined));
      return apply(applied, source, version, isLate ? Standing.Lapsed : Standing.Waiting, own);
    }
    const base: ConsentState = isExempt ? { measurement: 'granted', ...defaults } : defaults;
    let state = stateBy((purpose) => said[purpose] || (base[purpose] === 'granted' ? 'granted' : 'denied'));
    const now = performance.now();
    if (purposes.some((purpose) => state[purpose] == 'granted' && applied[purpose] != 'granted')) {
      if (now < nextGrant) {
        state = stateBy((purpose) => (applied[purpose] == 'granted' ? state[purpose] : 'denied'));
        timer ||= setTimeout(() => {
          timer = 0;
          decide(source, version);
        }, nextGrant - now);
      } else nextGrant = now + Wait.GrantMs;
    }
    apply((applied = state), source, version, Standing.Confirmed, own);
  };

  const addOwn = (state: ConsentState | undefined) => {
    for (const purpose of purposes) {
      const word = state?.[purpose];
      if (word === 'granted' || word === 'denied') own[purpose] = word;
    }
    words.site = settings.site ? own : denialsOf(own);
  };

  const say: Said = (source, state, version, isAction = words[source]) => {
    const before = words[source] || {};
    if (source == 'site') addOwn(state);
    else words[source] = state;
    // What another tab's visitor refused holds until this tab's visitor decides again.
    for (const purpose of purposes)
      if (words.tabs && state[purpose] === 'granted' && (isAction || before[purpose] != 'granted'))
        delete words.tabs[purpose];
    decide(source, version);
  };

  addOwn(site);
  late.then(() => (isLate = true)).catch(fail);
  for (const name of awaited) {
    const [label, ...numbers] = settings[name]!;
    const refuse = (reason: unknown) => {
      words[name] = undefined;
      isLate = true;
      fail(name + ': ' + (reason instanceof Error ? reason.message : reason));
      decide('');
    };
    const guard =
      <T extends unknown[]>(action: (...values: T) => void) =>
      (...values: T) => {
        try {
          action(...values);
        } catch (error) {
          refuse(error);
        }
      };
    SOURCES[name]?.().then(
      ({ watch }) =>
        guard(watch)({
          numbers,
          purposes: purposesOf(label),
          find: (api, found) => find(api, guard(found)),
          guard,
          say: (state, isAction) => say(name, state, undefined, isAction || false),
          refuse,
          warn: (message) => fail(name + ': ' + message),
        }),
      refuse,
    );
  }
  decide('');
  return (source, state, version, isAction, site) => {
    if (source == 'consent_mode' && !settings[source]) return;
    // What was known without consent goes with the first decision: nothing connects it with what is known from now on.
    if (isExempt) {
      isExempt = false;
      nextGrant = 0;
      apply((applied = stateBy(() => 'denied')), '', version, Standing.Confirmed);
    }
    if (source != 'tabs') return say(source, state, version, isAction);
    addOwn(site);
    words.tabs = denialsOf(state);
    decide('');
  };
};
