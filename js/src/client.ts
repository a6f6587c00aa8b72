// SPDX-License-Identifier: Apache-2.0
// The client: starts the engine, gives it what is observed, and carries out what it wants: keep, send, show, wake.
import { createConsentMode } from './consent/consentMode';
import { choiceIn, choiceOf, record, recordedChoice, stateOf, withGlobalPrivacyControl } from './consent/record';
import { startEngine, u32s, type Engine, type Part } from './engine';
import { watchAttention } from './observe/attention';
import { watchDataLayer } from './observe/dataLayer';
import { pageContext, pageLanguage, referrerClass, watchNavigation } from './observe/page';
import { watchElements } from './observe/view';
import { createPersistence, lead, type Persistence } from './persistence';
import { createReport, type Report } from './report';
import { createSender, type Sender } from './sender';
import { createSlots, type Slots } from './render/slots';
import { CONSENT, SNAPSHOT, onChange, removeAll } from './storage';
import { erase, load } from './transport';
import type { Client, Listeners, Options, Params } from './types';
import { Edge, InputKind, OutcomeFlag, PurposeBit, Status, Table } from './vocabulary';

/** Another tab's journal is merged this long after it grew. */
const MERGE_MS = 250;
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
const ALL = (1 << 6) - 1;

// Wall time at load plus a clock that never goes back.
const loadedAt = Date.now() - performance.now();
const now = () => loadedAt + performance.now();

const params = (values: unknown) => (values && typeof values == 'object' ? (values as Params) : {});

/**
 * @param engineUrl of engine.wasm, where the options name none
 * @param restricted tell only what the playbook exposes: for a global that every script of the page can reach
 */
export function createCore(options: Options, engineUrl: string | URL, restricted: boolean): Client {
  let engine: Engine;
  let persistence: Persistence;
  let sender: Sender;
  let slots: Slots;
  let report: Report;
  let started = false;
  let leading = false;
  // Storage has failed: this page goes on from memory, and for itself.
  let detached = false;
  let wake = 0;
  let merging = 0;
  let stopWatching = () => {};
  let segmentsBefore: Record<string, boolean> = {};
  let shownBefore: string[] = [];
  const listeners: { [type: string]: Set<(value: never) => void> } = {};
  const said = new Set<string>();
  const early: (() => void)[] = [];
  const late: (() => void)[] = [];

  const emit = <T extends keyof Listeners>(type: T, value: Parameters<Listeners[T]>[0]) =>
    listeners[type]?.forEach((listener) => attempt(() => listener(value as never)));

  /** Everything that goes wrong ends here: said once, never thrown into the page. */
  const fail = (reason: unknown) => {
    const error = reason instanceof Error ? reason : Error('' + reason);
    if (said.has(error.message)) return;
    said.add(error.message);
    console.warn('omotenashi: ' + error.message);
    emit('error', error);
  };
  const attempt = <T>(action: () => T): T | undefined => {
    try {
      return action();
    } catch (error) {
      fail(error);
      return undefined;
    }
  };
  /** Before the start, commands wait: consent before the first page view, all else after it. */
  const command = (action: () => void, waiting = late) => {
    if (started) attempt(action);
    else waiting.push(action);
  };

  const isKept = () => !detached && (engine._consent() & PurposeBit.Storage) > 0;
  const maySend = () => leading || !isKept();

  const detach = () => {
    detached = true;
    fail('storage is full');
    input(InputKind.Seed, crypto.getRandomValues(new Uint8Array(16)));
  };

  /** Stores the state; what other tabs have kept is merged before. */
  const save = () => {
    if (!isKept()) return;
    if (!leading || persistence._isBehind()) reload();
    if (!persistence._save()) detach();
  };
  const reload = () => {
    persistence._load();
    settle(OutcomeFlag.SegmentsChanged | OutcomeFlag.DecisionsChanged | OutcomeFlag.QueueChanged);
  };

  const input = (kind: InputKind, ...parts: Part[]): Status => {
    const before = engine._consent();
    const { _status: status, _flags: flags, _journal: journal } = engine._apply(kind, ...parts);
    // Storage has just been granted: what is kept comes before what is added.
    const fresh = isKept() && !(before & PurposeBit.Storage);
    if (fresh) reload();
    if (isKept() && journal.length) {
      if (!persistence._append(journal)) detach();
      else if (leading && persistence._isLong()) save();
    }
    if (fresh) input(InputKind.Tick);
    else if (flags & OutcomeFlag.NeedsSeed) input(InputKind.Seed, crypto.getRandomValues(new Uint8Array(16)));
    if (flags & OutcomeFlag.StateRemoved) save();
    settle(flags);
    if (status && status != Status.NotConsented) fail(`input ${kind}: status ${status}`);
    return status;
  };

  /** Carries out what has changed. */
  const settle = (flags: number) => {
    clearTimeout(wake);
    const wakeAt = engine._wakeAt();
    if (wakeAt)
      wake = setTimeout(() => input(InputKind.Tick), Math.min(Math.max(wakeAt - now(), 0) + 1, LONGEST_TIMEOUT_MS));
    if (flags & OutcomeFlag.DecisionsChanged) {
      slots?._render();
      report._slots().forEach((slot, row) => {
        const decision = report._decide(slot);
        const key = JSON.stringify(decision);
        if (key != (shownBefore[row] || 'null')) emit('decision', { slot, decision });
        shownBefore[row] = key;
      });
    }
    if (flags & OutcomeFlag.SegmentsChanged && listeners.segment) {
      const segments = report._segments();
      const changed = Object.entries(segments).filter(([name, on]) => segmentsBefore[name] != on);
      segmentsBefore = segments;
      if (changed.length) emit('segment', Object.fromEntries(changed));
    }
    if (flags & OutcomeFlag.ConversionQueued) sender._send(false);
    else if (flags & OutcomeFlag.QueueChanged && engine._queued()) sender._schedule();
  };

  const track = (name: string, values?: unknown) => {
    const given = params(values);
    const items = Array.isArray(given.items) ? given.items.filter((item) => item && typeof item == 'object') : [];
    if (!input(InputKind.Event, name, given, items.slice(0, 64))) emit('event', { name, params: given });
  };

  /** @param source where the choice was made; '' = it is no decision of the visitor's, and is not recorded */
  const choose = (state: unknown, source: string, version?: string) => {
    const { _present, _granted } = choiceOf(state);
    const before = engine._consent();
    const granted = withGlobalPrivacyControl((before & ~_present) | _granted);
    if (source) record(granted, source, version);
    input(InputKind.Consent, ALL, granted);
    if (before & ~granted) {
      if (granted & PurposeBit.Storage) save();
      else removeAll();
    }
    if (before != granted) emit('consent', stateOf(granted));
  };

  const scan = () => {
    stopWatching();
    slots._newView();
    stopWatching = watchElements((id) => track('view_element', { element_id: id, page_path: location.pathname }));
  };
  const view = (referrer: string) => {
    const { pathname } = location;
    input(InputKind.Page, pathname, document.title, referrer);
    input(InputKind.Context, { ...pageContext(), page_path: pathname, page_referrer: referrer });
    scan();
  };

  let left = false;
  const attend = (edge: Edge) => {
    input(InputKind.Edge, edge);
    const leaves = edge == Edge.Hidden || edge == Edge.Leave;
    if (leaves && !left) {
      if (leading) save();
      sender._send(true);
    }
    if (leaves || edge == Edge.Visible) left = leaves;
    if (edge == Edge.Leave) resign();
  };

  let resign = () => {};
  const compete = () => {
    leading = false;
    resign = lead(() => {
      leading = true;
      attempt(save);
      if (engine._queued()) sender._schedule();
    });
  };

  const watchDataLayerEntries = () => {
    const consentMode = createConsentMode();
    watchDataLayer(({ _command, _name, _params }) => {
      if (_command == 'consent')
        command(() => {
          const state = consentMode(_params);
          // A default is no decision: it counts only until there is one.
          if (_name == 'update') choose(state, 'dataLayer');
          else if (!recordedChoice()) choose(state, '');
        }, early);
      else if (_command == 'event' && _name != 'page_view' && _name != 'user_engagement')
        command(() => engine._find(Table.Event, _name) >= 0 && track(_name, _params));
    });
  };

  const watchOtherTabs = () =>
    onChange((key, text) => {
      if (key == CONSENT) {
        const choice = choiceIn(text);
        attempt(() => choose(stateOf(choice ? choice._granted : 0), ''));
      } else if (key == SNAPSHOT) {
        if (text && isKept()) attempt(reload);
      } else if (text && leading) {
        clearTimeout(merging);
        merging = setTimeout(() => attempt(save), MERGE_MS);
      }
    });

  const start = async () => {
    if (options.key) throw Error('signed playbooks are not supported by this version');
    const [module, program] = await Promise.all([load(options.engine || engineUrl), load(options.playbook)]);
    // A prerendered page is not seen yet: it starts when it is.
    if ((document as { prerendering?: boolean }).prerendering)
      await new Promise((resolve) => document.addEventListener('prerenderingchange', resolve, { once: true }));
    engine = await startEngine(module as BufferSource, program, now);
    persistence = createPersistence(engine, fail);
    report = createReport(engine, restricted);
    sender = createSender(options.collector, engine, {
      _may: maySend,
      _prepare: () => leading && save(),
      _keep: () => leading && isKept() && (persistence._save() || detach()),
      _acknowledge: (first, last) => input(InputKind.Ack, u32s(first, last)),
      _fail: fail,
      _now: now,
    });
    const choice = recordedChoice();
    choose(choice ? stateOf(choice._granted) : options.consent, '');
    watchDataLayerEntries();
    started = true;
    early.forEach(attempt);
    slots = createSlots((slot) => createReport(engine, false)._decide(slot), pageLanguage, track);
    view(referrerClass(document.referrer, location.hostname));
    watchNavigation(view);
    watchAttention((edge) => attempt(() => attend(edge)));
    late.forEach(attempt);
    watchOtherTabs();
    compete();
    addEventListener('pageshow', (event) => event.persisted && compete());
    addEventListener('online', () => sender._online());
    if (document.readyState == 'loading') document.addEventListener('DOMContentLoaded', () => attempt(scan));
  };

  const ask = <T>(nothing: T, question: () => T): T => (started && attempt(question)) || nothing;
  const client: Client = {
    ready: start().catch(fail),
    track: (name, values) => command(() => track('' + name, values)),
    identify: (traits) => (traits ? command(() => input(InputKind.Identify, params(traits))) : client.reset()),
    reset: () => command(() => input(InputKind.Reset)),
    context: (values) => command(() => input(InputKind.Context, params(values))),
    consent: (state, version) => command(() => choose(state, 'consent()', version), early),
    segments: () => ask({}, () => report._segments()),
    scores: () => ({}),
    decide: (slot) => ask(null, () => report._decide(slot)),
    explain: (name) => ask(null, () => report._explain(name)),
    on(type, listener) {
      (listeners[type] ||= new Set()).add(listener as never);
      return () => listeners[type]!.delete(listener as never);
    },
    export: () => (restricted ? null : ask(null, () => report._export())),
    async erase() {
      await client.ready;
      if (!started) return;
      const stream = engine._stream();
      if (options.collector && stream && !(await erase(options.collector, stream))) fail('erase: not confirmed');
      attempt(() => {
        engine._clear();
        removeAll();
        reload();
      });
    },
    async flush() {
      await client.ready;
      if (started) await sender._flush();
    },
  };
  return client;
}
