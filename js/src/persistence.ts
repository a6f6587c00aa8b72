// SPDX-License-Identifier: Apache-2.0
// What is kept across page views, shared by all tabs of an origin. Each tab appends its inputs synchronously to its own
// journal; the tab that holds the lock merges them by (time, tab, position) into the snapshot.
//
// The stored snapshot is `base64?tab=length&...`: with the state, in one write, it says how much of each journal it
// holds. So neither a crash between writing it and removing the journals, nor a tab that appends to a journal that is
// just being removed, counts anything twice.
import type { Engine } from './engine';
import { framesOf, inOrder } from './journal';
import { SNAPSHOT, fromBase64, journalKey, journalTabs, read, remove, toBase64, write } from './storage';

export type Persistence = ReturnType<typeof createPersistence>;

/** Characters of a journal beyond which it is merged. */
const LONG = 4096;
const randomName = () => Math.random().toString(36).slice(2);

export function createPersistence(engine: Engine, fail: (message: string) => void) {
  let tab = randomName();
  // How much of each other tab's journal the state in memory holds. Of its own it always holds everything.
  let merged = new URLSearchParams();

  const unmerged = (other: string, text: string) => other != tab && text.length > Number(merged.get(other));

  const self = {
    /** Keeps frames. False where storage is full or gone. */
    _append(frames: Uint8Array): boolean {
      let text = read(journalKey(tab));
      if (!text) {
        // Never written, or merged and removed: a new name, since the old one's length stands in the snapshot.
        tab = randomName();
        text = toBase64(engine._journalHeader);
      }
      return write(journalKey(tab), text + '.' + toBase64(frames));
    },
    _isLong: () => (read(journalKey(tab)) || '').length > LONG,
    /** Has another tab kept something that is not in memory here? */
    _isBehind: () => journalTabs().some((other) => unmerged(other, read(journalKey(other)) || '')),

    /** The state becomes the stored snapshot and, on top of it, all journals. */
    _load(): void {
      let [base64, lengths] = (read(SNAPSHOT) || '').split('?');
      if (base64) {
        const status = engine._loadSnapshot(fromBase64(base64));
        if (status) {
          remove(SNAPSHOT);
          fail('stored state dropped: status ' + status);
          base64 = '';
        } else merged = new URLSearchParams(lengths);
      }
      // Without a snapshot (a first visit, or wiped since) the state in memory is the base; it holds this tab's inputs.
      const now = new URLSearchParams();
      const frames = inOrder(
        journalTabs().flatMap((other) => {
          const text = read(journalKey(other)) || '';
          now.set(other, '' + text.length);
          return base64 || other != tab ? framesOf(other, text, Number(merged.get(other))) : [];
        }),
      );
      const broken = new Set<string>();
      for (const { _tab, _bytes } of frames) {
        // After a frame that does not check, nothing of that tab is believed.
        if (!broken.has(_tab) && engine._applyJournal(Uint8Array.of(...engine._journalHeader, ..._bytes)))
          broken.add(_tab);
      }
      merged = now;
    },

    /** Stores the state as the snapshot and removes the journals that it holds. False where it could not be stored. */
    _save(): boolean {
      const bytes = engine._saveSnapshot();
      if (!bytes.length) return true;
      const tabs = journalTabs();
      const lengths = new URLSearchParams(tabs.map((name) => [name, '' + (read(journalKey(name)) || '').length]));
      if (!write(SNAPSHOT, toBase64(bytes) + '?' + lengths)) return false;
      merged = lengths;
      tabs.forEach((name) => remove(journalKey(name)));
      return true;
    },
  };
  return self;
}

/**
 * Calls back when this tab is the one that sends and merges, for as long as the page lives; at once where the browser
 * has no Web Locks. Answers a function that steps down: a page that holds a lock cannot enter the back-forward cache.
 */
export function lead(leading: () => void): () => void {
  let stepDown = () => {};
  let over = false;
  if (!navigator.locks) leading();
  else
    navigator.locks
      .request('omotenashi', () => {
        if (over) return;
        leading();
        return new Promise<void>((resolve) => (stepDown = resolve));
      })
      .catch(leading);
  return () => {
    over = true;
    stepDown();
  };
}
