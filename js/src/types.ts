// SPDX-License-Identifier: Apache-2.0
// The public types of the client.
import type { Purpose } from './vocabulary';

export type Value = string | number | boolean | null;
/** Parameters of an event, traits, or context values. What the playbook does not declare is ignored. */
export type Params = { readonly [name: string]: unknown };
export type ConsentState = { readonly [P in Purpose]?: 'granted' | 'denied' };

/** What a slot shows instead of its default content. */
export interface Decision {
  campaign: string;
  variant: string;
  /** Texts in the page's language; `type` is `banner`, `coupon` or `recommendations`. */
  creative: Record<string, string>;
}

/** One line of an explanation (wasm/wire/explanation.md). Times are ms since 1970-01-01 UTC. */
export interface Atom {
  /** What follows one deeper belongs to it. */
  depth: number;
  /** Where the value comes from, or `all` or `any` of what follows one deeper; a name of `explained` in vocabulary.json. */
  kind: string;
  /** Of the signal, trait, context value, score or step; of a reason, the campaign that has the slot or the group. */
  name: string | null;
  /** How value and need are compared (`>=`, `in`, ...); of reasons and candidates a name of `verdicts`. */
  op: string;
  need: Value | Value[];
  /** Null also where it is denied, or never was. */
  value: Value | Value[];
  /** Null = unknown, an error, or no condition. */
  state: boolean | null;
  purposes: Purpose[];
  missing: Purpose[];
  /** When it will stand otherwise though nothing happens; null = never, and for gates and formulas. */
  changesAt: number | null;
  /** When the oldest that counts leaves its window. */
  expiresAt: number | null;
  /** The window, ms. */
  window: number | null;
  /** Number in `playbook.omo.map`, which has its text. */
  node: number | null;
}

/** Why something is as it is. */
export interface Explanation {
  name: string;
  kind: 'segment' | 'campaign' | 'signal' | 'trait' | 'context' | 'score' | 'slot' | 'journey';
  /** Of a segment: is it on? Null = a fact that it needs is unknown. */
  state?: boolean | null;
  /** Of a signal, trait, context value or score. */
  value?: Value | Value[];
  /** Of a campaign: a name of `verdicts` in docs/vocabulary.md. */
  verdict?: string;
  /** Purposes that it needs, and those of them that are not granted. */
  purposes: Purpose[];
  missing: Purpose[];
  /** What it rests on, met or not. On the script tag's global only what is exposed by itself. */
  atoms: Atom[];
  /** Of a campaign: what it needs, in the order in which it is decided. */
  reasons?: Atom[];
  /** Of a slot: its campaigns, the first one first. */
  candidates?: Atom[];
}

/** Everything that is known of the visitor on this device. */
export interface Export {
  consent: Record<Purpose, 'granted' | 'denied'>;
  traits: Record<string, Value | Value[]>;
  signals: Record<string, Value | Value[]>;
  segments: Record<string, boolean>;
  decisions: Record<string, Decision | null>;
  /** Events that wait to be sent. */
  queue: number;
}

export interface Listeners {
  decision: (change: { slot: string; decision: Decision | null }) => void;
  /** The segments that changed, and how they are now. */
  segment: (changed: Record<string, boolean>) => void;
  event: (event: { name: string; params: Params }) => void;
  consent: (state: Record<Purpose, 'granted' | 'denied'>) => void;
  error: (error: Error) => void;
}

export interface Options {
  /** A compiled playbook: its address or its bytes. */
  playbook: string | URL | ArrayBuffer | Uint8Array;
  /** engine.wasm: its address or its bytes. By default it is looked for beside this module. */
  engine?: string | URL | ArrayBuffer | Uint8Array;
  /** Address of the catalog that recommendations are made from; the playbook's unless stated. */
  catalog?: string | URL | undefined;
  /** Address of the collector, for example `https://stats.example.com`; without it nothing is sent. */
  collector?: string | undefined;
  /** Purposes that hold until a decision is recorded. By default everything is denied. */
  consent?: ConsentState;
  /** Public key that a playbook must be signed with. This version checks none, so it refuses to run with one. */
  key?: string;
}

/** None of these throws; what goes wrong is said once on the console and by `on('error')`. */
export interface Client {
  /** Resolves when the client has started, or has failed to; never rejects. */
  readonly ready: Promise<void>;
  track(name: string, params?: Params): void;
  /** Sets traits (null removes one); `identify(null)` is `reset()`. */
  identify(traits: Params | null): void;
  /** Removes everything that came from a customer's account. */
  reset(): void;
  /** Sets values that are true of this page view and are not kept. */
  context(values: Params): void;
  /**
   * Records the visitor's choice; a purpose that is missing stays as it was. `version` names the site's policy. `source` is
   * 'despite_gpc' where the visitor was told that their Global Privacy Control says otherwise, and consented nevertheless.
   */
  consent(state: ConsentState, version?: string, source?: 'site' | 'despite_gpc'): void;
  /**
   * What has become of the visitor's Global Privacy Control, for display (CCPA regulations, section 7025(c)(6)): honoured,
   * overruled by the visitor's consent to this site, or null where the browser does not send it.
   */
  gpc(): 'honoured' | 'overruled' | null;
  segments(): Record<string, boolean>;
  scores(): Record<string, number | null>;
  decide(slot: string): Decision | null;
  /** Why it is so. Where names of several kinds are the same, the first in this order: segment, campaign, ..., journey. */
  explain(name: string, kind?: Explanation['kind']): Explanation | null;
  /** Answers a function that unsubscribes. */
  on<T extends keyof Listeners>(type: T, listener: Listeners[T]): () => void;
  export(): Export | null;
  /** Asks the collector to delete the stream, then removes everything that is kept here. Consent stays. */
  erase(): Promise<void>;
  /** Sends what waits, and resolves when the answer is there. */
  flush(): Promise<void>;
}
