// SPDX-License-Identifier: Apache-2.0
// The only file that touches localStorage. Nothing here throws: storage may be missing, denied, full or corrupt, and
// the answer then says so. All our keys begin with `omo.`.
import { attempt } from './attempt';
import type { On } from './observe/on';

export const CONSENT = 'omo.consent';
export const SNAPSHOT = 'omo.snapshot';
/** Items that pages described, for recommendations without a catalog. */
export const ITEMS = 'omo.items';
export const JOURNAL = 'omo.journal.';
/** Milliseconds by which the collector's clock is ahead of this device's, where that is far. */
export const CLOCK = 'omo.clock';
/** Is there while a customer has signed out, and no engine has carried it out yet. */
export const SIGNOUT = 'omo.signout';
/** `id time` of the tab that leads, in browsers without Web Locks. */
export const LEADER = 'omo.leader';

/** '' where there is nothing or nothing may be read: for the caller both mean that nothing is kept. */
export const read = (name: string): string => attempt(() => localStorage.getItem(name), '') || '';

/** False where it could not be written. */
export const write = (name: string, text: string | number) =>
  attempt(() => {
    localStorage.setItem(name, text as string);
    return true;
  }, false);

export const remove = (name: string) => attempt(() => localStorage.removeItem(name));

/** Names that are stored and begin so, sorted. */
const names = (beginning: string) =>
  attempt(() => Object.keys(localStorage), [])
    .filter((name) => name.startsWith(beginning))
    .sort();
export const journals = () => names(JOURNAL);

/** Removes everything but the consent record, which needs no consent. */
export const removeAll = () => names('omo.').forEach((name) => name == CONSENT || remove(name));

/**
 * Calls back when another tab of this origin has changed something; `text` is '' where it was removed. These events exist
 * wherever localStorage does, reach every tab and carry the text: a BroadcastChannel would add nothing.
 */
export const onChange = (on: On, changed: (name: string, text: string) => void) =>
  on<StorageEvent>('storage', ({ key, newValue }) => {
    // No key: everything was cleared, the consent record too.
    if (!key || key.startsWith('omo.')) changed(key || CONSENT, newValue || '');
  });

export const toBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));

/** Empty where the text is no base64: readers of bytes check a checksum and answer with a status. */
export const fromBase64 = (text: string) =>
  Uint8Array.from(
    attempt(() => atob(text), ''),
    (character) => character.charCodeAt(0),
  );
