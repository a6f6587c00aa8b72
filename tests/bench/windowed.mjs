// SPDX-License-Identifier: Apache-2.0
// The windowed workload: counts, sums and recencies over 1 h to 30 d, and segments over them. One engine through the Wasm
// boundary, as the shell calls it, beside plain JavaScript that is incremental too: per signal a ring of the last
// occurrences that a condition can tell apart, thresholds sorted, counters a segment, one heap of what falls due.
import { purposes } from './vocabulary.mjs';

const hour = 3_600_000;
const day = 24 * hour;
const widths = [hour, 6 * hour, day, 3 * day, 7 * day, 30 * day];
const names = ['1h', '6h', '24h', '72h', '168h', '720h'];
const events = ['read', 'watch', 'search', 'save', 'share', 'order', 'call', 'visit'];

/** Whole numbers below n. */
export function randomFrom(seed) {
  let state = seed >>> 0 || 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

/** Signals {name, kind, event, within} and segments {op, args: [{signal, cmp, value}]}. */
export function windowedWorkload(seed, segmentCount) {
  const below = randomFrom(seed);
  const signals = [];
  for (const event of events) {
    for (const [i, within] of widths.entries()) {
      if (i % 2 === 0) signals.push({ name: `${event}_count_${names[i]}`, kind: 'count', event, within });
      else signals.push({ name: `${event}_sum_${names[i]}`, kind: 'sum', event, within });
    }
    signals.push({ name: `${event}_since`, kind: 'recency', event, within: 0 });
  }
  const segments = Array.from({ length: segmentCount }, () => ({
    op: below(3) < 2 ? 'and' : 'or',
    args: Array.from({ length: 3 + below(4) }, () => {
      const signal = below(signals.length);
      const { kind } = signals[signal];
      const value =
        kind === 'count' ? 1 + below(16) : kind === 'sum' ? (1 + below(400)) * 2.5 : widths[below(5)] / (1 + below(4));
      return { signal, cmp: ['>=', '>=', '>', '<', '<='][below(5)], value };
    }),
  }));
  return { signals, segments };
}

/** Events {name, amount, time}: bursts, with nights between them. */
export function windowedEvents(seed, count, start) {
  const below = randomFrom(seed);
  let time = start;
  return Array.from({ length: count }, () => {
    time += below(40) === 0 ? below(14 * hour) : 500 + below(90_000);
    const z = below(events.length);
    return { name: events[below(z + 1)], amount: below(400) / 4, time };
  });
}

export function windowedPlaybook({ signals, segments }) {
  const text = ({ signal, cmp, value }) => {
    const { kind, name } = signals[signal];
    const literal = kind === 'count' ? value : kind === 'sum' ? value.toFixed(2) : `duration('${value}ms')`;
    return `${name} ${cmp} ${literal}`;
  };
  const within = (ms) => (ms ? { within: `${ms / hour}h` } : {});
  return {
    omotenashi: 1,
    site: 'windowed',
    sync: { mode: 'off' },
    events: Object.fromEntries(events.map((name) => [name, { params: { amount: 'double' } }])),
    signals: Object.fromEntries(
      signals.map(({ name, kind, event, within: ms }) => [
        name,
        kind === 'sum' ? { sum: event, of: 'amount', keep: summed, ...within(ms) } : { [kind]: event, ...within(ms) },
      ]),
    ),
    segments: Object.fromEntries(
      segments.map(({ op, args }, i) => [`segment_${i}`, args.map(text).join(op === 'and' ? ' && ' : ' || ')]),
    ),
  };
}
/** Only what the signals need: neither queue nor journal. */
export const windowedConsent = 1 << purposes.indexOf('personalization');

const kept = 32; // a ring holds them
const summed = 16;

/** Plain JavaScript with the same results; `out` has the states of the segments. */
export class PlainWindows {
  constructor({ signals, segments }, start) {
    this.now = start;
    this.out = new Uint8Array(segments.length);
    this.level = Int32Array.from(segments, ({ op, args }) => -(op === 'and' ? new Set(args.map(keyOf)).size : 1));
    this.signals = signals.map((signal) => ({
      ...signal,
      times: new Float64Array(kept),
      numbers: new Float64Array(kept),
      head: 0,
      size: 0,
      capacity: summed,
      atoms: [],
      position: -1, // thresholds that are true; -1 = there is no value
      due: 0,
      at: -1,
    }));
    segments.forEach(({ args }, segment) => {
      for (const atom of new Map(args.map((one) => [keyOf(one), one])).values()) {
        const { signal, cmp, value } = atom;
        const strict = cmp === '>' || cmp === '<=';
        const list = this.signals[signal].atoms;
        let found = list.find((other) => other.value === value && other.strict === strict);
        if (!found) list.push((found = { value, strict, on: [], off: [] }));
        (cmp[0] === '>' ? found.on : found.off).push(segment);
      }
    });
    this.byEvent = new Map(events.map((name) => [name, this.signals.filter(({ event }) => event === name)]));
    this.heap = [];
    for (const signal of this.signals) {
      signal.atoms.sort((a, b) => a.value - b.value || a.strict - b.strict);
      for (const atom of signal.atoms) {
        atom.on = Int32Array.from(atom.on);
        atom.off = Int32Array.from(atom.off);
      }
      if (signal.kind === 'count')
        signal.capacity = Math.max(1, ...signal.atoms.map(({ value, strict }) => (strict ? value + 1 : value)));
      if (signal.kind !== 'recency') this.set(signal, 0);
    }
  }
  step(list, by) {
    const { level, out } = this;
    for (let i = 0; i < list.length; i += 1) out[list[i]] = (level[list[i]] += by) >= 0 ? 1 : 0;
  }
  set(signal, value) {
    const { atoms } = signal;
    if (signal.position < 0) {
      for (const { off } of atoms) this.step(off, 1);
      signal.position = 0;
    }
    let at = signal.position;
    while (at < atoms.length && (atoms[at].strict ? value > atoms[at].value : value >= atoms[at].value)) {
      this.step(atoms[at].on, 1);
      this.step(atoms[at].off, -1);
      at += 1;
    }
    while (at > 0 && !(atoms[at - 1].strict ? value > atoms[at - 1].value : value >= atoms[at - 1].value)) {
      at -= 1;
      this.step(atoms[at].on, -1);
      this.step(atoms[at].off, 1);
    }
    signal.position = at;
  }
  /** Brings the signal up to the present, and tells when it changes by time alone. */
  publish(signal) {
    const { times, numbers, within, kind } = signal;
    while (within > 0 && signal.size > 0) {
      const oldest = times[(signal.head - signal.size + 1 + kept * 2) % kept];
      if (this.now - oldest < within) break;
      signal.size -= 1;
    }
    let due = 0;
    if (kind === 'recency') {
      if (signal.size === 0) return;
      const last = times[signal.head];
      this.set(signal, this.now - last);
      const next = signal.atoms[signal.position];
      if (next) due = last + next.value + (next.strict ? 1 : 0);
    } else {
      let value = signal.size;
      if (kind === 'sum') {
        value = 0;
        for (let i = signal.size - 1; i >= 0; i -= 1) value += numbers[(signal.head - i + kept * 2) % kept];
      }
      this.set(signal, value);
      if (signal.size > 0) due = times[(signal.head - signal.size + 1 + kept * 2) % kept] + within;
    }
    this.schedule(signal, due && due <= this.now ? this.now + 1 : due);
  }
  schedule(signal, due) {
    const { heap } = this;
    if (signal.due === due) return;
    signal.due = due;
    if (due === 0) {
      const last = heap.pop();
      const { at } = signal;
      signal.at = -1;
      if (last !== signal) {
        heap[at] = last;
        last.at = at;
        this.sift(last);
      }
      return;
    }
    if (signal.at < 0) {
      signal.at = heap.length;
      heap.push(signal);
    }
    this.sift(signal);
  }
  sift(signal) {
    const { heap } = this;
    let { at } = signal;
    for (let up = (at - 1) >> 1; at > 0 && heap[up].due > signal.due; up = (at - 1) >> 1) {
      heap[at] = heap[up];
      heap[at].at = at;
      at = up;
    }
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1].due < heap[child].due) child += 1;
      if (heap[child].due >= signal.due) break;
      heap[at] = heap[child];
      heap[at].at = at;
      at = child;
    }
    heap[at] = signal;
    signal.at = at;
  }
  event({ name, amount, time }) {
    if (time > this.now) this.now = time;
    while (this.heap.length > 0 && this.heap[0].due <= this.now) this.publish(this.heap[0]);
    for (const signal of this.byEvent.get(name)) {
      signal.head = (signal.head + 1) % kept;
      signal.times[signal.head] = this.now;
      signal.numbers[signal.head] = amount;
      if (signal.size < (signal.kind === 'recency' ? 1 : signal.capacity)) signal.size += 1;
      this.publish(signal);
    }
  }
}
const keyOf = ({ signal, cmp, value }) => `${signal} ${cmp} ${value}`;
