// SPDX-License-Identifier: Apache-2.0
// The only file that touches localStorage. Nothing here throws: storage may be missing, denied, full or corrupt, and
// the answer then says so. All our keys begin with `omo.`; names here go without it.

const PREFIX = 'omo.';

export const CONSENT = 'consent';
export const SNAPSHOT = 'snapshot';
export const JOURNAL = 'journal.';

const attempt = <T>(action: () => T, otherwise: T): T => {
  try {
    return action();
  } catch {
    return otherwise;
  }
};

/** '' where there is nothing or nothing may be read: for the caller both mean that nothing is kept. */
export const read = (name: string): string => attempt(() => localStorage.getItem(PREFIX + name), '') || '';

/** False where it could not be written. */
export const write = (name: string, text: string) =>
  attempt(() => {
    localStorage.setItem(PREFIX + name, text);
    return true;
  }, false);

export const remove = (name: string) => attempt(() => localStorage.removeItem(PREFIX + name), undefined);

/** Names that are stored, sorted. */
const names = () =>
  attempt(() => Object.keys(localStorage), [])
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => key.slice(PREFIX.length))
    .sort();
export const journals = () => names().filter((name) => name.startsWith(JOURNAL));

/** Removes everything but the consent record, which needs no consent. */
export const removeAll = () => names().forEach((name) => name == CONSENT || remove(name));

/** Calls back when another tab of this origin has changed something; `text` is '' where it was removed. */
export const onChange = (changed: (name: string, text: string) => void) =>
  addEventListener('storage', ({ key, newValue }) => {
    // No key: everything was cleared, the consent record too.
    if (!key || key.startsWith(PREFIX)) changed(key ? key.slice(PREFIX.length) : CONSENT, newValue || '');
  });

export const toBase64 = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));

/** Empty where the text is no base64: readers of bytes check a checksum and answer with a status. */
export const fromBase64 = (text: string) =>
  Uint8Array.from(
    attempt(() => atob(text), ''),
    (character) => character.charCodeAt(0),
  );
