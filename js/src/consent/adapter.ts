// SPDX-License-Identifier: Apache-2.0
// What an adapter is: a chunk that listens to one source of consent, loaded only where the playbook lists that source.
import type { ConsentState } from '../types';
import type { Purpose } from '../vocabulary';

export interface AdapterHost {
  /** Numbers that the playbook states for this source. */
  readonly numbers: readonly string[];
  /** Purposes that the playbook states for this source. */
  readonly purposes: readonly Purpose[];
  /** Calls back with the function of the page that has this name, once it is there: it may come late. */
  find(name: string, found: (api: (...values: unknown[]) => void) => void): void;
  /** Wraps what a foreign script calls: what it throws is a refusal of this source. */
  guard<T extends unknown[]>(action: (...values: T) => void): (...values: T) => void;
  /**
   * What the source means from now on; of a purpose that is missing it says nothing.
   * @param isAction the visitor has decided just now
   */
  say(state: ConsentState, isAction?: boolean): void;
  /** The source cannot be understood: a refusal until it speaks, and a diagnostic. */
  refuse(reason: string): void;
  /** Something is wrong, but understood. */
  warn(message: string): void;
}
export type Watch = (host: AdapterHost) => void;
