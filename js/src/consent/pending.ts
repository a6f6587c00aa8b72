// SPDX-License-Identifier: Apache-2.0
// What must not go with a page that leaves before the engine runs, or before the policy over the sources is there: what the
// site's calls have refused, and that a customer has signed out. It is kept with the record, and the next page carries it out.
import type { ConsentState } from '../types';
import { PurposeBit } from '../vocabulary';
import { grantedBy, grantedIn, keepRecord, pending, recordIn } from './record';

/** Beside the bits of the purposes that were refused. */
export const SIGNED_OUT = 64;

export const setPending = (bits: number) => {
  if (bits != pending()) keepRecord(recordIn(), bits);
};

/** Until it is recorded: what was granted since is refused no more. */
export const keepRefusal = (state: ConsentState) => setPending(~grantedBy(state, ~pending()));

/**
 * Where nothing may be kept, nothing needs to be removed: then nothing is written either.
 * @param defaults what the site's code grants until there is a decision
 */
export const keepSignOut = (defaults: ConsentState) => {
  const text = recordIn();
  if ((text ? grantedIn(text) : grantedBy(defaults, 0)) & PurposeBit.Storage) setPending(pending() | SIGNED_OUT);
};
