// SPDX-License-Identifier: Apache-2.0
// The client: starts the engine, gives it what is observed, and carries out what it wants: keep, send, show, wake.
import { createAlarm } from './alarm';
import type { Chunks } from './chunks';
import { Standing, createChooser } from './consent/chooser';
import { ALL_PURPOSES, grantedIn, keepRefusal, recordIn, renew, stateOf, validSince } from './consent/record';
import { Word, startEngine, u32s, type Engine, type Part } from './engine';
import { watchAttention } from './observe/attention';
import { watchBot } from './observe/bot';
import { readDataLayer } from './observe/dataLayer';
import { watchElements } from './observe/elements';
import { isSeen, pageContext, pageLanguage, referrerClass, watchNavigation } from './observe/page';
import { watchScroll } from './observe/scroll';
import { pause } from './pause';
import { createPersistence, lead, unlessLed, whenLed, type Persistence } from './persistence';
import { startRecommendations } from './recommend/load';
import { createDoor } from './render/door';
import { createSlots, type Slots } from './render/slots';
import { createReport, type Report } from './report';
import { createSender, type Sender } from './sender';
import { CLOCK, CONSENT, ITEMS, JOURNAL, SIGNOUT, SNAPSHOT, onChange, read, remove, removeAll, write } from './storage';
import { createTelling } from './telling';
import { erase, load } from './transport';
import type { Client, Options } from './types';
import { objectOf } from './values';
import { Edge, InputKind, Limit, OutcomeFlag, PurposeBit, Status, Table } from './vocabulary';

/**
 * @param engineUrl of engine.wasm, where the options name none
 * @param restricted tell only what the playbook exposes: for a global that every script of the page can reach
 */
export const createCore = (options: Options, engineUrl: string | URL, restricted: boolean, chunks: Chunks): Client => {
  let engine: Engine;
  let persistence: Persistence;
  let chooser: ReturnType<typeof createChooser>;
  let sender: Sender;
  let slots: Slots | undefined;
  let door: ReturnType<typeof createDoor>;
  let report: Report;
  let started = false;
  // Does this tab hold the lock?
  let leading = false;
  // Storage has failed: this page goes on from memory, and for itself.
  let detached = false;
  // What keeps the journal frames of the time in which consent is provisional.
  let held: (() => unknown)[] = [];
  // How often a customer has signed out on this page.
  let signOuts = 0;
  // Wall time at load plus a clock that never goes back. A busy machine can stop between the two readings, which makes
  // the time early by as much; hardly three times in a row.
  let loadedAt = Math.max(...[0, 0, 0].map(() => Date.now() - performance.now()));
  const now = () => loadedAt + performance.now();
  const setAlarm = createAlarm(now, () => input(InputKind.Tick));
  let referrer = referrerClass(document.referrer, location.hostname);
  let tellAttention = () => {};
  let beginScroll = () => {};
  let resign = () => {};
  const { _fail: fail, _attempt: attempt, _on: on, _emit: emit, _listen: listen, _hears: hears } = createTelling();
  const early: (() => void)[] = [];
  const late: (() => void)[] = [];

  /** Before the start, commands wait: consent for the time before the first page view, all else for after it. */
  const command = (action: () => unknown, waiting = late) => {
    if (started && !waiting.length) attempt(action);
    else waiting.push(action);
  };
  const ask = <T>(nothing: T, question: () => T): T => (started && attempt(question)) || nothing;

  const granted = () => engine._word(Word.Consent);
  const mayKeep = () => !detached && granted() & PurposeBit.Storage;
  const isKept = () => !chooser._standing() && mayKeep();

  /** The state was replaced: everything is looked at anew. */
  const refresh = () => {
    input(InputKind.Tick);
    settle(OutcomeFlag.SegmentsChanged | OutcomeFlag.DecisionsChanged | OutcomeFlag.QueueChanged);
  };
  /** The state becomes what all tabs have kept. @param anew and this tab may hold what was erased */
  const reload = (anew?: boolean) => {
    persistence._load(anew);
    if (read(SIGNOUT)) signOut();
    refresh();
  };
  /** What came from the customer's account goes. Where that cannot be kept, it answers so: another page has to do it. */
  const signOut = () => {
    input(InputKind.Reset);
    if (mayKeep()) remove(SIGNOUT);
    return mayKeep();
  };
  const forget = () => {
    engine.omo_state_clear();
    // Where the time is up only here, a tab that leads keeps what is its own: its consent manager has answered.
    unlessLed(removeAll, leading || chooser._standing() != Standing.Lapsed);
    refresh();
  };
  /** Storage is full: what is stored stays for a leader with room, and this tab goes on, as a stream of its latest events. */
  const goAlone = (latest: number) => {
    detached = true;
    leading = false;
    resign();
    engine.omo_alone(latest);
    fail('storage full');
    refresh();
  };
  /** The leader stores the state, numbers of events included. */
  const store = (all?: boolean) => {
    if (leading && isKept() && !persistence._save(all)) goAlone(0);
  };
  /** The leader stores the state; what other tabs have kept is merged before. */
  const merge = () => {
    if (leading && isKept() && persistence._isBehind()) reload();
    store();
  };

  const input = (kind: InputKind, ...parts: Part[]): Status => {
    const before = granted();
    const queued = engine._word(Word.QueueEvents);
    const status = engine._apply(kind, ...parts) || engine._word(Word.Detail);
    const flags = engine._word(Word.Flags);
    const journal = engine._journal();
    if (mayKeep()) {
      // Storage has just been granted: what is kept comes before what is added.
      if (~before & PurposeBit.Storage) {
        reload();
        return status;
      }
      if (journal.length) {
        // A reset holds no fact, and must not go with the page: the next visitor of this machine would find the last one's.
        const turn = signOuts;
        if (chooser._standing() && kind != InputKind.Reset)
          held.push(
            () => (turn < signOuts && kind == InputKind.Identify) || persistence._append(journal) || goAlone(0),
          );
        else if (!persistence._append(journal)) {
          if (!leading || !persistence._save()) goAlone(Math.max(0, engine._word(Word.QueueEvents) - queued));
        } else if (leading && persistence._isLong()) merge();
      }
    }
    if (flags & OutcomeFlag.NeedsSeed) {
      input(InputKind.Seed, ...crypto.getRandomValues(new Uint8Array(16)));
      if (leading) store();
    }
    if (flags & OutcomeFlag.StateRemoved) merge();
    settle(flags);
    return status;
  };

  /** Carries out what has changed. */
  const settle = (flags: number) => {
    setAlarm(engine._wakeAt());
    if (flags & OutcomeFlag.DecisionsChanged) {
      slots?._render();
      for (const [slot, decision] of report._changedDecisions()) emit('decision', { slot, decision });
    }
    if (flags & OutcomeFlag.SegmentsChanged && hears('segment')) {
      const changed = report._changedSegments();
      if (changed.length) emit('segment', Object.fromEntries(changed));
    }
    if (flags & OutcomeFlag.ConversionQueued) sender._send(false);
    if (flags & OutcomeFlag.QueueChanged) sender._schedule();
  };

  const track = (name: string, values?: unknown) => {
    const params = objectOf(values);
    const items = Array.isArray(params.items) ? params.items.slice(0, Limit.MaxItems).map(objectOf) : [];
    const status = input(InputKind.Event, name, params, items);
    // What has another type than the playbook declares is left out of the event.
    if (!status || status == Status.WrongType) emit('event', { name, params });
    // A record that is too large does not reach the engine: of a denied event nothing is said.
    if (
      status &&
      status != Status.NotConsented &&
      !(engine.omo_label(Table.Event, engine._find(Table.Event, name)) & ALL_PURPOSES & ~granted())
    )
      fail(name + ': status ' + status);
  };

  const change = (after: number, write: ((now: number) => void) | false) => {
    const before = granted();
    const earlier = recordIn();
    const isMeasured = slots && after & ~before & PurposeBit.Measurement;
    if (write) write(Math.floor(engine._time()) + 1);
    // Facts of before the grant have earlier times, in every tab.
    loadedAt += Math.max(0, validSince(after) - now());
    // This view is measured from now on: what was seen of it before is let go.
    if (isMeasured) input(InputKind.Edge, Edge.Hidden);
    input(InputKind.Consent, ALL_PURPOSES, after);
    // What a page finds denied goes too, once all have spoken: the last words of another tab may have come late.
    const denied = ~after & (chooser._standing() || !recordIn() ? before : ALL_PURPOSES);
    if (before & denied & PurposeBit.Storage) forget();
    else if (denied & PurposeBit.Storage) removeAll();
    if (denied & PurposeBit.Personalization) remove(ITEMS);
    // They may hold what is denied by now.
    if (before & ~after) held = [];
    // A grant, too: what is stored is of after it then.
    store(true);
    if (isMeasured) {
      view(referrer);
      tellAttention();
    }
    // A first decision is one where it changes nothing, too.
    if (before != after || (!earlier && recordIn())) emit('consent', stateOf(after));
  };

  /** Consent is confirmed or has lapsed, or the page begins. */
  const stand = () => {
    leading = false;
    resign();
    if (chooser._standing()) return;
    held.splice(0).forEach((keep) => keep());
    compete();
    sender._schedule();
  };

  const lookAtElements = watchElements(
    track,
    (inView, id) => attempt(() => input(InputKind.Section, +inView, id)),
    (element) => slots!._add(element as HTMLElement),
    () => {
      door._scan();
      slots!._render();
    },
  );
  const view = (from: string) => {
    referrer = from;
    input(InputKind.Context, { ...pageContext(), page_path: location.pathname, page_referrer: from });
    input(InputKind.Page, location.pathname, document.title, from);
    slots!._renew();
    lookAtElements();
    beginScroll();
  };

  const attend = (edge: Edge, leaves: boolean) => {
    input(InputKind.Edge, edge);
    if (leaves) {
      merge();
      sender._send(true);
    }
    if (edge == Edge.Leave) {
      leading = false;
      resign();
    }
  };

  const compete = () => {
    // A tab on its own would hold the lock for nothing.
    if (detached || chooser._standing()) return;
    resign = lead(
      (leads) => {
        const isNew = leads && !leading;
        leading = leads && !detached;
        if (!isNew) return;
        // What is stored counts, and not what this tab has seen of it so far.
        if (isKept()) attempt(reload);
        attempt(() => store(true));
        sender._schedule();
      },
      isKept,
      persistence,
    );
  };

  const start = async () => {
    if (options.key) throw Error('key: not supported');
    const [module, program] = await Promise.all([load(options.engine || engineUrl), load(options.playbook)]);
    // A prerendered page is not seen yet: it starts when it is.
    if (!isSeen()) await new Promise((resolve) => on('prerenderingchange', resolve));
    engine = await startEngine(module as BufferSource, program, now);
    // Lets the page go on: on a slow device the whole start in one go would be a long task.
    await pause();
    persistence = createPersistence(engine, fail);
    report = createReport(engine, restricted);
    sender = createSender(options.collector, engine, {
      _prepare() {
        merge();
        return !chooser._standing() && (leading || !isKept());
      },
      _keep() {
        store();
        return leading || !isKept();
      },
      _acknowledge(first, last, ahead) {
        input(InputKind.Ack, ...u32s(first, last));
        // A page's own time stays as it is: the next one begins with it.
        if (isKept() && (read(CLOCK) || Math.abs(ahead) > Limit.ClockToleranceMs)) write(CLOCK, ahead);
      },
      _isBot: watchBot(on),
      _fail: fail,
      _on: on,
    });
    chooser = createChooser(engine, objectOf(options.consent), chunks.consent, {
      _granted: granted,
      _change: change,
      _stand() {
        if (!slots) return;
        stand();
        emit('consent', stateOf(granted()));
      },
      _fail: fail,
    });
    const state = chooser._start();
    // Before the first input: time of a page must not go back.
    if (state.storage == 'granted') loadedAt += +read(CLOCK) || 0;
    // What other tabs have kept is read in the visitor's time zone.
    input(InputKind.Context, pageContext());
    chooser._begin(state);
    attempt(() =>
      readDataLayer(
        (name, values) => command(() => chooser._mode(name, values), early),
        (name, values) => command(() => engine._find(Table.Event, name) < 0 || track(name, values)),
      ),
    );
    await pause();
    started = true;
    early.splice(0).forEach(attempt);
    const full = createReport(engine, false);
    door = createDoor(chunks.panel, { ...client, on: listen }, full, fail);
    slots = createSlots(full._decisions, pageLanguage, track);
    beginScroll = watchScroll(on, (percent) => track('scroll', { percent_scrolled: percent }));
    view(referrer);
    // A page that froze History's prototype has its views counted by load alone.
    attempt(() => watchNavigation(on, () => attempt(() => view('internal'))));
    tellAttention = watchAttention(on, attend, () => attempt(() => input(InputKind.Tick)));
    stand();
    on<PageTransitionEvent>('pageshow', ({ persisted }) => {
      if (persisted) {
        // Firefox does not tell such a page what was withdrawn and erased meanwhile.
        if (recordIn()) chooser._changed(recordIn());
        if (isKept()) reload(true);
        view('internal');
        tellAttention();
        compete();
      }
    });
    onChange(on, (name, text) => {
      if (name == CONSENT) {
        // A record that goes and comes: all was erased. What is pending is carried out by its own tab, or the next page.
        if (!text && recordIn() && isKept()) reload(true);
        else if (!text || recordIn(text)) chooser._changed(recordIn(text));
      } else if (text && isKept())
        // What the leader keeps, too, counts here at once, and not only when it stores it.
        if (name == SNAPSHOT || name == SIGNOUT || (!leading && name.startsWith(JOURNAL))) reload();
        else merge();
    });
    await pause();
    late.splice(0).forEach(attempt);
    startRecommendations(engine, chunks.recommend, {
      catalog: options.catalog,
      state: full._export,
      mayKeep: () => !!isKept(),
      on: client.on,
      show: slots._render,
      fail,
    }).catch(fail);
  };

  const whenStarted = (action: () => Promise<void>) =>
    client.ready.then(() => (started ? action() : undefined)).catch(fail);
  const client: Client = {
    ready: start().catch(fail),
    track: (name, params) => command(() => track('' + name, params)),
    identify(traits) {
      const turn = traits ? signOuts : ++signOuts;
      let isKnown: unknown = traits;
      command(() => {
        if (traits) return turn == signOuts && input(InputKind.Identify, objectOf(traits));
        return (isKnown && !read(SIGNOUT)) || (isKnown = signOut());
      });
      // The page may be left before it can sign out, or cannot keep it: then another tab does so, or the next page.
      isKnown ||= isSeen() && grantedIn(recordIn()) & PurposeBit.Storage && write(SIGNOUT, 1);
    },
    reset: () => client.identify(null),
    context: (values) => command(() => input(InputKind.Context, objectOf(values))),
    consent(...said) {
      attempt(() => isSeen() && keepRefusal(objectOf(said[0])));
      command(() => chooser._site(...said), early);
    },
    gpc: () => ask(null, () => chooser._gpc()),
    segments: () => ask({}, () => report._segments()),
    scores: () => ask({}, () => report._scores()),
    decide: (slot) => ask(null, () => report._decisions()[slot] || null),
    explain: (name, kind) => ask(null, () => report._explain(name, kind)),
    on: (type, listener: (value: never) => unknown) =>
      listen(type, (value: unknown) => {
        if (type != 'event' || report._tells((value as { name: string }).name)) listener(value as never);
      }),
    export: () => (restricted ? ask(null, () => (door._open(), null)) : ask(null, () => report._export())),
    erase: () =>
      whenStarted(async () => {
        const stream = engine._stream();
        if (options.collector && stream && !(await erase(options.collector, stream))) fail('collector: not erased');
        forget();
        renew(now());
      }),
    flush: () => whenStarted(() => whenLed().then(sender._flush)),
  };
  return client;
};
