// SPDX-License-Identifier: Apache-2.0
// When batches go out: some seconds after the first event, at once for a conversion, once when the page leaves, and
// again after a failure, with the same sequence numbers.
import { Word, type Engine } from './engine';
import type { On } from './observe/on';
import { Answer, post, retryDelay } from './transport';
import { BatchFlag } from './vocabulary';

const enum Batch {
  Ms = 10_000,
  /** Bytes of unsent events beyond which a page that leaves may not get all of them out: browsers let 64 KiB outlive it. */
  Long = 8192,
}

export type Sender = ReturnType<typeof createSender>;

interface Host {
  /** May this tab send? If so, what other tabs have kept is merged now. */
  _prepare: () => boolean;
  /** Events have got their numbers, or have left: stores the state. False = it could not be, so they must not be sent. */
  _keep: () => boolean;
  /** @param ahead milliseconds by which the collector's clock is ahead */
  _acknowledge: (first: number, last: number, ahead: number) => void;
  _isBot: () => boolean;
  _fail: (message: string) => void;
  _on: On;
}

export const createSender = (collector: string | undefined, engine: Engine, host: Host) => {
  let timer = 0;
  let failures = 0;
  let notBefore = 0;
  let stopped = !collector;
  // Last sequence number that is under way; 0 = none.
  let underWay = 0;
  // Asked to send meanwhile.
  let again = false;
  let current: Promise<void> | undefined;

  const schedule = () => {
    if (!stopped && engine._word(Word.QueueEvents))
      timer ||= setTimeout(
        () => {
          // Timers may fire a little early.
          timer = notBefore = 0;
          send(false);
        },
        Math.max(failures ? 0 : Batch.Ms, notBefore - performance.now()),
      );
  };

  const exchange = async (leaving: boolean, batch: Uint8Array, first: number, last: number) => {
    const [answer, retryAfter, ahead] = await post(collector!, batch, leaving, leaving || !failures);
    underWay = 0;
    clearTimeout(timer);
    timer = 0;
    if (answer < Answer.Later) {
      failures = 0;
      host._acknowledge(first, last, ahead);
      host._keep();
    } else if (answer < Answer.Stop) {
      const delay = retryDelay(
        ++failures,
        answer == Answer.Unreachable,
        crypto.getRandomValues(new Uint8Array(8))[0]! / 256,
        retryAfter,
      );
      stopped = delay < 0;
      notBefore = performance.now() + delay;
    } else stopped = answer == Answer.Stop;
    if (answer == Answer.Refused || stopped) host._fail('collector: refused');
    schedule();
    if (again) send(false);
  };

  const send = (leaving: boolean) => {
    // One under way at a time, but for the last one, where there is more than what is under way.
    again = !!underWay && !leaving;
    if (stopped || performance.now() < notBefore || !navigator.onLine || again || !host._prepare()) return;
    const flags = +leaving | (host._isBot() ? BatchFlag.Bot : 0);
    // Acknowledged with the others: a batch of conversions alone has gaps.
    const first =
      leaving && engine._word(Word.QueueBytes) > Batch.Long && engine._buildBatch(flags | BatchFlag.Conversions);
    const batch = engine._buildBatch(flags);
    const last = engine._word(Word.BatchLast);
    if (!batch.length || (last == underWay && !failures)) return;
    clearTimeout(timer);
    timer = 0;
    const from = engine._word(Word.BatchFirst);
    if (!host._keep()) return;
    underWay = last;
    if (first && first.length) exchange(leaving, first, 1, 0);
    current = exchange(leaving, batch, from, last);
  };

  // The network is back: earlier failures no longer count.
  host._on('online', () => {
    failures = notBefore = 0;
    send(false);
  });

  return {
    _schedule: schedule,
    _send: send,
    async _flush() {
      await current;
      send(false);
      await current;
    },
  };
};
