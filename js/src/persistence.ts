// SPDX-License-Identifier: Apache-2.0
// What is kept across page views, shared by all tabs of an origin. Each tab appends its inputs synchronously to its own
// journal; the tab that holds the lock merges them by (time, tab, position) into the snapshot.
//
// The stored snapshot is `base64?journal=length&...`: with the state, in one write, it says how much of each journal it
// holds, so that a crash between writing it and removing the journals counts nothing twice. A tab removes its own
// journal when it sees that the snapshot holds all of it: were another to do so, what is just being appended would be
// lost, or come back whole. A tab that is alive does so at once; a journal that stays for seconds, or where no other tab
// waits for the lock, is an abandoned one.
//
// What one process writes reaches another process's copy of storage late: seconds late where megabytes are written
// before. So each snapshot has a number, which the leader also tells by a channel of its own, and a new leader waits
// until it sees the snapshot that it has heard of.
import { renewedAfter, validSince } from './consent/record';
import { Word, type Engine } from './engine';
import { framesOf, inOrder } from './journal';
import { pause } from './pause';
import { JOURNAL, LEADER, SNAPSHOT, fromBase64, journals, read, remove, toBase64, write } from './storage';

export type Persistence = ReturnType<typeof createPersistence>;

const enum Journal {
  /** Characters beyond which it is merged. */
  Long = 4096,
  AbandonedMs = 5000,
}
/** Of a snapshot, among the lengths of the journals that it holds. */
const NUMBER = 'n';
const newName = () => JOURNAL + crypto.getRandomValues(new Uint8Array(8)).join('');

export const createPersistence = (engine: Engine, fail: (message: string) => void) => {
  let own = newName();
  // How much of each other tab's journal the state in memory holds, in characters, which become text as they are put there.
  // Of its own it always holds everything.
  let held = new URLSearchParams();
  // What a snapshot of some seconds ago held of each, and when the next one takes its place.
  let old = held;
  let nextOld = 0;
  let channel: BroadcastChannel | undefined;
  // Number of the latest snapshot that was heard of.
  let heard = 0;
  const storedNumber = () => Number(new URLSearchParams(read(SNAPSHOT).split('?')[1]).get(NUMBER));
  const lengthOf = (name: string) => read(name).length;
  const heldOf = (name: string) => (name == own ? lengthOf(name) : Number(held.get(name)));
  const removeHeld = (name: string, lengths: URLSearchParams) => {
    if (Number(lengths.get(name)) == lengthOf(name)) remove(name);
  };

  return {
    /** Hears of snapshots from now on. Answers a function that ends it: it would keep a page from being kept in memory. */
    _listen(): () => void {
      channel = self.BroadcastChannel && new BroadcastChannel('omotenashi');
      channel?.addEventListener('message', ({ data }) => (heard = Math.max(heard, data)));
      return () => {
        channel?.close();
        channel = undefined;
      };
    },
    /** Has the snapshot been stored that was heard of? */
    _isCurrent: () => storedNumber() >= heard,
    /** Keeps frames. False where storage is full or gone. */
    _append(frames: Uint8Array): boolean {
      let text = read(own);
      if (!text) {
        // Never written, or merged and removed: a new name, since the old one's length stands in the snapshot.
        own = newName();
        text = toBase64(engine._journalHeader);
      }
      return write(own, text + '.' + toBase64(frames));
    },
    _isLong: () => lengthOf(own) > Journal.Long,
    /** Has another tab kept something that is not in memory here? */
    _isBehind: () => journals().some((name) => lengthOf(name) > heldOf(name)),

    /**
     * The state becomes the stored snapshot and, on top of it, all journals.
     * @param anew what this tab knew may have been erased meanwhile: of its own, too, it takes what is stored
     */
    _load(anew?: boolean): void {
      if (anew) {
        engine.omo_state_clear();
        own = newName();
        held = new URLSearchParams();
      }
      let [base64, lengths] = read(SNAPSHOT).split('?');
      if (base64) {
        const status = engine._loadSnapshot(fromBase64(base64));
        if (status) {
          remove(SNAPSHOT);
          fail('snapshot: status ' + status);
          base64 = '';
        } else {
          // Of another program; told on each page until the leader stores what is left.
          const lost = engine._word(Word.Detail);
          if (lost) fail('snapshot: lost ' + lost);
          held = new URLSearchParams(lengths);
          removeHeld(own, held);
          // Stored before a withdrawal that no leader has carried out, it would bring back what the next grant must not.
          const renewed = renewedAfter(engine._time()) & engine._word(Word.Consent);
          if (renewed) [0, renewed].forEach((bits) => engine._consent(renewed, bits));
        }
      }
      // Without a snapshot (a first visit, or wiped since) the state in memory is the base; it holds this tab's inputs.
      const all = journals().map((name) => [name, read(name)] as const);
      const broken = new Set<string>();
      inOrder(
        all.flatMap(([name, text]) =>
          framesOf(name, text, base64 && name == own ? Number(held.get(name)) : heldOf(name)),
        ),
      ).forEach(({ _name, _time, _label, _bytes }) => {
        // A journal that reaches this process after a withdrawal, and after a new grant, holds what was withdrawn.
        if (_time < validSince(_label)) return;
        // After a frame that does not check, nothing of that journal is believed.
        if (!broken.has(_name) && engine._applyJournal(Uint8Array.of(...engine._journalHeader, ..._bytes)))
          broken.add(_name);
      });
      held = new URLSearchParams(all.map(([name, text]) => [name, text.length]) as never);
    },

    /**
     * Stores the state as the snapshot and removes the journals that it holds; only the leader may, since it gives events
     * their numbers. False where it could not be stored: then what is stored is as it was.
     * @param all what is abandoned goes at once, where that is known: it may hold what was withdrawn
     */
    _save(all?: boolean): boolean {
      const bytes = engine._saveSnapshot();
      const names = journals();
      const lengths = new URLSearchParams(names.map((name) => [name, heldOf(name)]) as never);
      const number = 1 + Math.max(heard, storedNumber());
      lengths.set(NUMBER, '' + number);
      // The old one stays until it is replaced: once removed, there may be no room for it again.
      if (!bytes.length || !write(SNAPSHOT, toBase64(bytes) + '?' + lengths)) return !bytes.length;
      channel?.postMessage((heard = number));
      removeHeld(own, (held = lengths));
      if (performance.now() > nextOld) {
        names.forEach((name) => removeHeld(name, old));
        old = held;
        nextOld = performance.now() + Journal.AbandonedMs;
      }
      // A tab that is alive does so itself: of what it is just appending, this one does not know.
      if (all)
        whenLed().then((locks) => locks && !locks.pending![0] && names.forEach((name) => removeHeld(name, lengths)));
      return true;
    },
  };
};

const enum Lead {
  /** What the leader before has written takes a moment to be seen here. */
  SettleMs = 200,
  /** How often that is waited for: then it was lost, or wiped. */
  Settles = 50,
  /** Without Web Locks the leader renews its name in storage; a tab whose name is not renewed for DeadMs has gone. */
  BeatMs = 1000,
  DeadMs = 5000,
}

/**
 * Calls back when this tab becomes, or is no longer, the one that sends and merges. Answers a function that steps down: a
 * page that holds a lock cannot enter the back-forward cache. Without Web Locks a tab leads from the second beat on that
 * finds its own name: by then every other tab has seen it. What a tab that does not lead leaves behind is kept.
 */
export const lead = (
  become: (leads: boolean) => void,
  isKept: () => unknown,
  { _isCurrent, _listen }: Persistence,
): (() => void) => {
  if (navigator.locks) {
    const stopListening = _listen();
    let stepDown: () => void;
    // Stepped down before the lock was given: then it is let go at once.
    const over = new Promise<void>((resolve) => (stepDown = resolve)).then(() => (become = () => {}));
    const hold = () => {
      become(true);
      return over;
    };
    const settle = async () => {
      let waits = 0;
      do await pause(Lead.SettleMs);
      while (isKept() && !_isCurrent() && ++waits < Lead.Settles);
      return hold();
    };
    navigator.locks
      .request('omotenashi', { ifAvailable: true }, (lock) =>
        lock ? hold() : navigator.locks.request('omotenashi', settle),
      )
      .catch(() => become(true));
    return () => {
      stopListening();
      stepDown();
    };
  }
  const own = newName();
  // Without storage not even the name is looked at.
  const holds = () => isKept() && read(LEADER).startsWith(own);
  const beat = () => {
    const leads = !!holds();
    if (isKept() && (leads || !(Math.abs(Date.now() - +read(LEADER).split(' ')[1]!) < Lead.DeadMs)))
      write(LEADER, own + ' ' + Date.now());
    become(leads);
  };
  const timer = setInterval(beat, Lead.BeatMs);
  beat();
  return () => {
    clearInterval(timer);
    if (holds()) remove(LEADER);
  };
};

/** Carries out an action unless another tab leads. @param surely or even then */
export const unlessLed = (action: () => void, surely: boolean): void => {
  if (surely || !navigator.locks) action();
  else
    navigator.locks
      .request('omotenashi', { ifAvailable: true }, (lock) => {
        if (lock) action();
      })
      .catch(action);
};

/** Resolves when a lock that is free has been given: requests are answered in their order. */
export const whenLed = async () => navigator.locks?.query();
