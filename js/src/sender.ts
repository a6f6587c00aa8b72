// SPDX-License-Identifier: Apache-2.0
// When batches go out: some seconds after the first event, at once for a conversion, once when the page leaves, and
// again after a failure, with the same sequence numbers.
import type { Engine } from './engine';
import { Answer, post, retryDelay } from './transport';

const BATCH_MS = 5000;

export type Sender = ReturnType<typeof createSender>;

interface Host {
  /** May this tab send? */
  _may: () => boolean;
  /** Called before a batch is built: merges what other tabs have kept. */
  _prepare: () => void;
  /** Called when events have got their numbers, or have left: stores the state. */
  _keep: () => void;
  _acknowledge: (first: number, last: number) => void;
  _fail: (message: string) => void;
  _now: () => number;
}

export function createSender(collector: string | undefined, engine: Engine, host: Host) {
  let timer = 0;
  let failures = 0;
  let notBefore = 0;
  let stopped = !collector;
  // Last sequence number that is under way; 0 = none.
  let underWay = 0;
  let current: Promise<void> = Promise.resolve();

  const schedule = () => {
    timer ||= setTimeout(
      () => {
        timer = 0;
        send(false);
      },
      Math.max(BATCH_MS, notBefore - host._now()),
    );
  };

  const exchange = async (leaving: boolean, bytes: Uint8Array, first: number, last: number) => {
    const [answer, retryAfter] = await post(collector!, bytes, leaving);
    underWay = 0;
    if (answer == Answer.Stored || answer == Answer.Refused) {
      failures = 0;
      host._acknowledge(first, last);
      host._keep();
      if (answer) host._fail('the collector refused a batch');
    } else if (answer == Answer.Stop) {
      stopped = true;
      host._fail('the collector does not take batches from here');
    } else if (answer != Answer.None) {
      const delay = retryDelay(++failures, answer == Answer.Unreachable, Math.random(), retryAfter);
      if (delay < 0) stopped = true;
      notBefore = host._now() + delay;
    }
    if (engine._queued() && !stopped) schedule();
  };

  const send = (leaving: boolean) => {
    // One under way at a time, but for the last one, where there is more than what is under way.
    if (stopped || host._now() < notBefore || !navigator.onLine || !host._may() || (underWay && !leaving)) return;
    host._prepare();
    const { _bytes, _first, _last } = engine._buildBatch(leaving);
    if (!_bytes.length || _last == underWay) return;
    clearTimeout(timer);
    timer = 0;
    underWay = _last;
    host._keep();
    current = exchange(leaving, _bytes, _first, _last);
  };

  return {
    _schedule: schedule,
    _send: send,
    async _flush() {
      await current;
      send(false);
      await current;
    },
    /** The network is back: earlier failures no longer count. */
    _online() {
      failures = notBefore = 0;
      send(false);
    },
  };
}
