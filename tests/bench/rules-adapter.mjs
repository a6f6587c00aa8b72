// SPDX-License-Identifier: Apache-2.0
// Any workload of the shape of ../shared/bench/rules on the real compiler and the real engine (of OMO_DIST, default dist/), as
// engine-host.wasm: the same sources as engine.wasm, built for speed instead of size, with exports by row, so that no name is read
// with each event. A rule is {id, op: 'and' | 'or', args: [{k: 'num', a, cmp, v} | {k: 'eq', a, v} | {k: 'in', a, vs} |
// {k: 'rec', a, ms}]}; an engine is a class: constructor(rules, profile), ready, reset(profile), event({a, v, now}), out.
//
// An attribute becomes a context value (a number, a string, or one of each), or a recency signal where a rule asks how
// long ago it was (`rec`: now - value <= ms). Rules become segments, and `out` is the engine's own array of their states.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadCompiler } from '../lib/compiler.mjs';
import { InputKind, purposes, tables, tags } from './vocabulary.mjs';

const dist = process.env.OMO_DIST ?? fileURLToPath(new URL('../../dist', import.meta.url));
const { compile } = await loadCompiler(join(dist, 'compiler.wasm'));
const module = new WebAssembly.Module(readFileSync(join(dist, 'engine-host.wasm')));
const encoder = new TextEncoder();

/** When a workload begins where its profile does not say so (`start` of the class): that of the shared one. */
const defaultStart = Date.UTC(2026, 0, 1);

/** A number as a CEL literal of type double. */
const double = (value) => (Number.isInteger(value) && Math.abs(value) < 1e21 ? value.toFixed(1) : String(value));
const isText = (value) => typeof value === 'string';

/** What rules ask of attributes: by name, the names in the playbook of its number, its string and its time. */
class Attributes {
  constructor() {
    this.byName = new Map();
    this.context = {};
    this.signals = {};
    this.events = {};
    this.traits = {};
  }
  of(name) {
    let found = this.byName.get(name);
    if (!found) this.byName.set(name, (found = { number: '', text: '', time: '' }));
    return found;
  }
  number(name) {
    const attribute = this.of(name);
    if (!attribute.number) {
      attribute.number = `number_${this.byName.size}`;
      this.context[attribute.number] = { type: 'double' };
    }
    return `context.${attribute.number}`;
  }
  text(name) {
    const attribute = this.of(name);
    if (!attribute.text) {
      attribute.text = `text_${this.byName.size}`;
      this.context[attribute.text] = { type: 'string' };
    }
    return `context.${attribute.text}`;
  }
  time(name) {
    const attribute = this.of(name);
    if (!attribute.time) {
      attribute.time = `time_${this.byName.size}`;
      this.events[`${attribute.time}_now`] = { params: {} };
      this.traits[`${attribute.time}_at`] = { type: 'double' };
      this.signals[attribute.time] = { recency: `${attribute.time}_now`, restore: `${attribute.time}_at` };
    }
    return attribute.time;
  }
}

function conditionOf(atom, attributes) {
  const literal = (value) => (isText(value) ? JSON.stringify(value) : double(value));
  const of = (value) => (isText(value) ? attributes.text(atom.a) : attributes.number(atom.a));
  if (atom.k === 'num') return `${attributes.number(atom.a)} ${atom.cmp} ${double(atom.v)}`;
  if (atom.k === 'eq') return `${of(atom.v)} == ${literal(atom.v)}`;
  if (atom.k === 'rec') return `${attributes.time(atom.a)} <= duration('${Math.floor(atom.ms)}ms')`;
  if (atom.k !== 'in') throw new Error(`no atom of the kind ${atom.k}`);
  // A list of CEL has one type.
  const lists = [atom.vs.filter(isText), atom.vs.filter((value) => !isText(value))].filter((list) => list.length);
  const parts = lists.map((list) => `${of(list[0])} in [${list.map(literal).join(', ')}]`);
  return parts.length ? `(${parts.join(' || ')})` : 'false';
}

/** The playbook of the rules. */
function playbookOf(rules) {
  const attributes = new Attributes();
  const segments = {};
  rules.forEach(({ op, args }, index) => {
    const conditions = args.map((atom) => conditionOf(atom, attributes));
    segments[`segment_${index}`] = conditions.join(op === 'and' ? ' && ' : ' || ') || String(op === 'and');
  });
  const { context, signals, events, traits } = attributes;
  const playbook = { omotenashi: 1, site: 'rules', sync: { mode: 'off' }, context, signals, events, traits, segments };
  return { playbook, attributes: attributes.byName };
}

/** Text in a transfer buffer, ASCII without a call of the encoder; answers its bytes. */
function write(bytes, text) {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 127) return encoder.encodeInto(text, bytes).written;
    bytes[i] = code;
  }
  return text.length;
}

class Omotenashi {
  constructor(rules, profile) {
    const { playbook, attributes } = playbookOf(rules);
    const { program, diagnostics } = compile(JSON.stringify(playbook));
    if (!program) throw new Error(JSON.stringify(diagnostics.slice(0, 5), null, 1));
    const engine = new WebAssembly.Instance(module).exports;
    this.engine = engine;
    // As fields: a look-up among the module's exports costs more than the call.
    this.setNumber = engine.omo_set_number;
    this.setText = engine.omo_set_text;
    this.take = engine.omo_take;
    const address = engine.omo_program_reserve(program.length);
    new Uint8Array(engine.memory.buffer).set(program, address);
    const status = engine.omo_program_load(program.length);
    if (status) throw new Error(`the program does not load: status ${status}`);
    const { buffer } = engine.memory; // it never grows again
    this.input = new Uint8Array(buffer, engine.omo_buffer(), 65536);
    this.out = new Uint8Array(buffer, engine.omo_segments(), rules.length);
    const row = (table, name) => (name ? engine.omo_find(table, write(this.input, name)) : -1);
    this.attributes = new Map();
    for (const [name, { number, text, time }] of attributes)
      this.attributes.set(name, {
        name,
        number: row(tables.context, number),
        text: row(tables.context, text),
        event: row(tables.event, time && `${time}_now`),
        time,
      });
    // By name, as a property: a tenth of an event faster than a Map. What no rule asks for is in it too.
    this.rows = Object.create(null);
    const unasked = { name: '', number: -1, text: -1, event: -1, time: '' };
    for (const name of Object.keys(profile)) this.rows[name] = this.attributes.get(name) ?? unasked;
    for (const [name, attribute] of this.attributes) this.rows[name] = attribute;
    this.ahead = new Map();
    this.waits = false;
    this.now = 0;
    this.start = defaultStart;
    this.apply(InputKind.consent, 0, [(1 << purposes.length) - 1, 1 << purposes.indexOf('personalization')]);
    this.reset(profile);
    this.ready = Promise.resolve();
  }

  reset(profile) {
    this.profile = { ...profile };
    this.ahead.clear();
    this.engine.omo_state_clear();
    const times = [];
    for (const attribute of this.attributes.values())
      if (attribute.event >= 0 && profile[attribute.name] > 0)
        times.push([Math.floor(profile[attribute.name]), attribute]);
    // What happened before the workload began, in the order of time.
    this.now = this.start;
    times.sort((a, b) => a[0] - b[0]);
    for (const [time, attribute] of times)
      if (time > this.start) this.ahead.set(attribute, time);
      else this.take(attribute.event, time);
    for (const attribute of this.attributes.values()) this.set(attribute, profile[attribute.name], this.start);
    this.wait(this.start);
  }

  event({ a, v, now }) {
    if (now < this.now) this.goBack(now);
    this.now = now;
    if (this.waits) this.wait(now);
    const attribute = this.rows[a];
    if (attribute === undefined) {
      this.take(-1, now);
      return;
    }
    const { number, text, event } = attribute;
    if (event >= 0) {
      if (v === now && !this.waits) this.take(event, now);
      else this.setTime(attribute, v, now);
    } else if (number < 0 && text < 0) {
      this.take(-1, now);
      return;
    }
    if (typeof v === 'number') {
      if (number >= 0 && this.setNumber(number, now, v)) this.set(attribute, v, now);
      if (text >= 0) this.set(attribute, v, now);
    } else if (typeof v === 'string' && number < 0 && text >= 0) {
      this.setText(text, now, write(this.input, v));
    } else this.set(attribute, v, now);
  }

  /** The workload is older than what `start` says: everything again from there. */
  goBack(now) {
    this.start = now;
    this.reset(this.profile);
  }

  /** A value of any kind: a number leaves no string behind, and the other way round. */
  set({ number, text }, value, now) {
    const finite = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value)); // NaN stays NaN: no value
    const names = [];
    if (number >= 0 && (typeof value !== 'number' || this.setNumber(number, now, finite)))
      names.push(this.nameOf(number));
    if (text >= 0) {
      if (isText(value)) this.setText(text, now, write(this.input, value));
      else names.push(this.nameOf(text));
    }
    // Null removes a value.
    if (names.length)
      this.apply(InputKind.context, now, [names.length, ...names.flatMap((name) => [...name, tags.null])]);
  }
  /** The name of a context value as text of a record. */
  nameOf(row) {
    const length = this.engine.omo_name(tables.context, row);
    return [length, ...this.input.subarray(0, length)];
  }

  /** A time that is not the event's own: that of a trait, from which the signal comes back. */
  setTime(attribute, value, now) {
    this.ahead.delete(attribute);
    this.waits = this.ahead.size > 0;
    const time = Math.floor(value);
    const name = encoder.encode(`${attribute.time}_at`);
    const trait = (value) => {
      const bytes = value === null ? [tags.null] : [tags.number, ...new Uint8Array(Float64Array.of(value).buffer)];
      this.apply(InputKind.identify, now, [1, name.length, ...name, ...bytes]);
    };
    // A trait that goes takes what came from it along; one that comes brings only a later time.
    trait(now);
    trait(null);
    if (time > now) {
      this.ahead.set(attribute, time);
      this.wait(now);
    } else if (time > 0) trait(time);
  }

  /** What lies ahead is as if it had just happened, until it has. */
  wait(now) {
    for (const [attribute, time] of [...this.ahead].sort((a, b) => a[1] - b[1])) {
      this.take(attribute.event, Math.min(time, now));
      if (time <= now) this.ahead.delete(attribute);
    }
    this.waits = this.ahead.size > 0;
  }

  /** An input record (wasm/wire/input.md). */
  apply(kind, now, payload) {
    const { input } = this;
    input[0] = kind;
    for (let i = 1, rest = now; i < 7; i += 1, rest = Math.floor(rest / 256)) input[i] = rest % 256;
    input.set(payload, 7);
    const status = this.engine.omo_apply(7 + payload.length);
    if (status) throw new Error(`an input record: status ${status}`);
  }
}

export const engines = { 'omotenashi (engine-host.wasm)': Omotenashi };
