// SPDX-License-Identifier: Apache-2.0
// The only file that touches the network: static files, batches to the collector, erasure.
import { attempt } from './attempt';

/** What the collector's answer means for the batch. */
export const enum Answer {
  /** It is durable there: forget it here. */
  Stored,
  /** It will never be taken: forget it here, so that it does not block what follows, and say so. */
  Refused,
  /** Not now: the same batch again, later. */
  Later,
  /** No answer at all: offline, or blocked. */
  Unreachable,
  /** This page may not send here: stop. */
  Stop,
  /** A beacon, or fetchLater: nobody will say. */
  None,
}

const enum Retry {
  FirstMs = 2000,
  /** Requests of one page that fail. */
  Most = 6,
  /** Requests of one page that get no answer: what is blocked stays blocked. */
  MostUnreachable = 3,
}

/** Only 204 acknowledges: a page that a proxy or a hotel's network answers with is none. */
export const answerOf = (status: number): Answer =>
  status == 204
    ? Answer.Stored
    : /4(00|1[035]|22)/.test('' + status)
      ? Answer.Refused
      : status > 399 && status < 500 && status != 429
        ? Answer.Stop
        : Answer.Later;

/**
 * Milliseconds until the next try, or -1 = none any more on this page. Doubles, between half and all of it at random, so
 * that the visitors of one outage do not come back together; never earlier than the collector asked for.
 * @param failures failed requests so far, this one included
 * @param random in [0, 1)
 * @param retryAfter seconds that the collector asked for; 0 = nothing
 */
export const retryDelay = (failures: number, unreachable: boolean, random: number, retryAfter: number): number =>
  failures < (unreachable ? Retry.MostUnreachable : Retry.Most)
    ? Math.max(Retry.FirstMs * 2 ** (failures - 2) * (1 + random), retryAfter * 1000)
    : -1;

/** The bytes of a static file. Throws where it cannot be had. */
export const load = async (source: string | URL | ArrayBuffer | Uint8Array, how?: RequestInit): Promise<Uint8Array> => {
  if ((source as ArrayBuffer).byteLength >= 0) return new Uint8Array(source as ArrayBuffer);
  const response = await fetch(source as string, how);
  if (!response.ok) throw Error(source + ': ' + response.status);
  return new Uint8Array(await response.arrayBuffer());
};

const address = (collector: string, path: string) => collector.replace(/\/?$/, '/v1/' + path);
const init = (method: string, keepalive: boolean, body: Uint8Array | null = null): RequestInit => ({
  method,
  keepalive,
  body: body as BodyInit,
  credentials: 'omit',
});

/**
 * Posts a batch.
 * @param leaving the page may be gone before the answer
 * @param keepalive the request outlives the page. All such requests of a page share 64 KiB: what was refused goes without
 * @returns the answer, the seconds after which the collector wants to be asked again (0 = it did not say), and the
 * milliseconds by which its clock is ahead of this one (0 = it did not say)
 */
export const post = async (
  collector: string,
  batch: Uint8Array,
  leaving: boolean,
  keepalive: boolean,
): Promise<[answer: Answer, retryAfter: number, ahead: number]> => {
  const url = address(collector, 'events');
  // A page that goes, and is not only hidden, hears no answer: fetchLater has room of its own, beside the page's own requests.
  const { fetchLater } = globalThis as { fetchLater?: (url: string, how: RequestInit) => object };
  if (leaving && fetchLater && !document.hidden && attempt(() => fetchLater(url, init('POST', true, batch))))
    return [Answer.None, 0, 0];
  // Where there is no keepalive (Firefox before 133) a beacon is better. It gives no answer: it is sent again later.
  if (leaving && !('keepalive' in Request.prototype)) {
    navigator.sendBeacon(url, batch as BodyInit);
    return [Answer.None, 0, 0];
  }
  // Pages replace fetch: whatever theirs does is no exception here.
  try {
    const { status, headers } = await fetch(url, init('POST', keepalive, batch));
    const now = Date.now();
    const date = Date.parse(headers.get('Date')!) || now;
    const after = headers.get('Retry-After')!;
    return [answerOf(status), +after || (Date.parse(after) - date) / 1000 || 0, date - now];
  } catch {
    return [Answer.Unreachable, 0, 0];
  }
};

/** Asks the collector to delete a stream. False where it did not confirm. */
export const erase = async (collector: string, stream: string): Promise<boolean> => {
  try {
    return (await fetch(address(collector, 'streams/' + stream), init('DELETE', true))).ok;
  } catch {
    return false;
  }
};
