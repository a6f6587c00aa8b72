// SPDX-License-Identifier: Apache-2.0
// The only file that touches localStorage. Nothing here throws: storage may be missing, denied, full or corrupt, and
// the answer then says so.

const PREFIX = 'omo.';
const JOURNAL = PREFIX + 'journal.';

export const CONSENT = PREFIX + 'consent';
export const SNAPSHOT = PREFIX + 'snapshot';

/** Null where there is nothing or nothing may be read: for the caller both mean that nothing is kept. */
export function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** False where it could not be written. */
export function write(key: string, text: string): boolean {
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

const keys = (prefix: string): string[] => {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
};

/** Tab names of the journals that are stored, sorted. */
export const journalTabs = () =>
  keys(JOURNAL)
    .map((key) => key.slice(JOURNAL.length))
    .sort();
export const journalKey = (tab: string) => JOURNAL + tab;

export function remove(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Where storage is denied there is nothing to remove.
  }
}

/** Removes everything but the consent record, which needs no consent. */
export const removeAll = () => keys(PREFIX).forEach((key) => key == CONSENT || remove(key));

/** Calls back when another tab of this origin has changed one of our keys; `text` is null where it was removed. */
export function onChange(changed: (key: string, text: string | null) => void): void {
  addEventListener('storage', ({ key, newValue }) => {
    // A null key: everything was cleared, the consent record too.
    if (!key) changed(CONSENT, null);
    else if (key.startsWith(PREFIX)) changed(key, newValue);
  });
}

export const toBase64 = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));

/** Empty where the text is no base64: readers of bytes check a checksum and answer with a status. */
export function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
