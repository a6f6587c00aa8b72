// SPDX-License-Identifier: Apache-2.0
// Runs in the page before anything else: time stands still until a step lets it pass, chance comes from a seed, and all
// that scripts can see or send is recorded. What the page does with the network, storage and the DOM is real.
(() => {
  const start = Number(new URLSearchParams(location.search).get('at') || 0);
  const real = {
    setTimeout: window.setTimeout.bind(window),
    fetch: window.fetch.bind(window),
    instantiate: WebAssembly.instantiate.bind(WebAssembly),
    Date,
    request: navigator.locks?.request,
    query: navigator.locks?.query,
    beacon: navigator.sendBeacon.bind(navigator),
  };
  let now = 0;
  let number = 0;
  let pending = 0;
  const timers = new Map();
  const log = [];
  const record = (...what) => log.push([now, ...what]);

  class FrozenDate extends real.Date {
    constructor(...values) {
      super(...(values.length ? values : [start + now]));
    }
    static now() {
      return Math.floor(start + now);
    }
  }
  window.Date = FrozenDate;
  Object.defineProperty(Performance.prototype, 'now', { value: () => now });
  Object.defineProperty(Event.prototype, 'timeStamp', { get: () => now });
  const set = (action, delay, values, every) => {
    const id = ++number;
    const wait = Math.max(0, Math.trunc(Number(delay) || 0));
    timers.set(id, { id, due: now + wait, action: () => action(...values), every: every ? Math.max(1, wait) : 0 });
    return id;
  };
  window.setTimeout = (action, delay, ...values) => set(action, delay, values, false);
  window.setInterval = (action, delay, ...values) => set(action, delay, values, true);
  window.clearTimeout = window.clearInterval = (id) => void timers.delete(id);
  document.hasFocus = () => true;
  let visibility = 'visible';
  Object.defineProperty(document, 'visibilityState', { get: () => visibility });
  Object.defineProperty(document, 'hidden', { get: () => visibility !== 'visible' });
  Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false });

  // Everything is in view at once: when a browser has painted is its own affair.
  window.IntersectionObserver = class {
    constructor(call) {
      this.call = call;
      this.watched = new Set();
    }
    observe(target) {
      this.watched.add(target);
      set(
        () => {
          if (!this.watched.has(target)) return;
          const box = { x: 0, y: 0, top: 0, left: 0, right: 300, bottom: 100, width: 300, height: 100 };
          this.call(
            [
              {
                target,
                isIntersecting: true,
                intersectionRatio: 1,
                boundingClientRect: box,
                intersectionRect: box,
                rootBounds: { ...box, width: 1000, height: 700 },
                time: now,
              },
            ],
            this,
          );
        },
        16,
        [],
        false,
      );
    }
    unobserve(target) {
      this.watched.delete(target);
    }
    disconnect() {
      this.watched.clear();
    }
  };

  let chance = 0x9e3779b9 ^ start;
  const draw = () => {
    chance = Math.imul(chance ^ (chance >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    chance = Math.imul(chance ^ (chance >>> 12), 0x297a2d39);
    return (chance ^ (chance >>> 15)) >>> 0;
  };
  Math.random = () => draw() / 2 ** 32;
  Object.defineProperty(Crypto.prototype, 'getRandomValues', {
    value: (bytes) => {
      for (let i = 0; i < bytes.length; i++) bytes[i] = draw();
      return bytes;
    },
  });

  const hex = (body) =>
    body == null
      ? ''
      : typeof body === 'string'
        ? body
        : Array.from(new Uint8Array(body.buffer ?? body, body.byteOffset ?? 0, body.byteLength), (byte) =>
            byte.toString(16).padStart(2, '0'),
          ).join('');
  const during = async (work) => {
    pending++;
    try {
      return await work();
    } finally {
      pending--;
    }
  };
  window.fetch = (source, how = {}) => {
    record('fetch', String(source), how.method ?? 'GET', !!how.keepalive, hex(how.body));
    // The answer is here as a whole before anyone sees it: how fast it came is chance.
    return during(async () => {
      const answer = await real.fetch(source, how);
      const bytes = await answer.arrayBuffer();
      const { status, statusText, headers } = answer;
      const whole = new Response(status === 204 ? null : bytes, { status, statusText, headers });
      return Object.assign(whole, { arrayBuffer: async () => bytes });
    });
  };
  navigator.sendBeacon = (url, body) => {
    record('beacon', String(url), hex(body));
    return real.beacon(url, body);
  };
  // A lock is given by another process.
  if (navigator.locks) {
    navigator.locks.request = (...values) => {
      const given = values.pop();
      let waits = true;
      pending++;
      return real.request.call(navigator.locks, ...values, (lock) => {
        if (waits) pending--;
        waits = false;
        return given(lock);
      });
    };
    navigator.locks.query = () => during(() => real.query.call(navigator.locks));
  }
  WebAssembly.instantiate = (...values) => during(() => real.instantiate(...values));
  for (const level of ['log', 'info', 'warn', 'error', 'debug'])
    console[level] = (...values) => record('console', level, values.map(String).join(' '));
  addEventListener('error', ({ message }) => record('exception', message));
  addEventListener('unhandledrejection', ({ reason }) => record('rejection', String(reason)));

  // One channel for all: a port that nothing names may be collected before it has answered.
  const { port1, port2 } = new MessageChannel();
  const waiting = [];
  port1.onmessage = () => waiting.shift()();
  const nextTask = () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(0);
    });
  /** Runs the timers of up to `end`, each at its time, until nothing is under way. */
  const settle = async (end) => {
    for (let quiet = 0; quiet < 2;) {
      await nextTask();
      const images = [...document.images].some((image) => !image.complete);
      if (pending || images) {
        quiet = 0;
        continue;
      }
      const [due] = [...timers.values()]
        .filter((timer) => timer.due <= end)
        .sort((a, b) => a.due - b.due || a.id - b.id);
      if (due) {
        now = Math.max(now, due.due);
        if (due.every) due.due += due.every;
        else timers.delete(due.id);
        due.action();
        quiet = 0;
        continue;
      }
      quiet++;
    }
    now = Math.max(now, end);
  };

  const stored = () => ({
    local: Object.fromEntries(
      Object.keys(localStorage)
        .sort()
        .map((name) => [name, localStorage.getItem(name)]),
    ),
    session: Object.keys(sessionStorage).sort(),
    cookie: document.cookie,
  });
  /** All that a script of the page could see now. */
  const seen = (client, names) => ({
    html: document.body.outerHTML,
    storage: stored(),
    segments: client.segments(),
    scores: client.scores(),
    decisions: names.slots.map((name) => client.decide(name)),
    explained: names.all.map((name) => client.explain(name)),
    export: client.export(),
  });

  window.omoFrozen = {
    /** Performs steps of [milliseconds until it, step, 'secret'?]; answers what was seen after each that is not secret. */
    async run(settings, state, steps) {
      const { createClient } = await import(settings.dist + 'omotenashi.mjs');
      const client = createClient({
        playbook: '/playbook.omo',
        collector: settings.collector,
        engine: settings.dist + 'engine.wasm',
      });
      for (const type of ['decision', 'segment', 'event', 'consent', 'error'])
        client.on(type, (value) => record('callback', type, value instanceof Error ? value.message : value));
      if (state) client.consent(state);
      let ready = false;
      client.ready.then(() => (ready = true));
      while (!ready) await settle(now);
      await settle(now);
      const act = {
        track: (name, params) => client.track(name, params),
        gtag: (name, params) => {
          window.dataLayer = window.dataLayer || [];
          // As gtag() itself: an arguments object.
          (function () {
            window.dataLayer.push(arguments);
          })('event', name, params);
        },
        identify: (traits) => client.identify(traits),
        context: (values) => client.context(values),
        reset: () => client.reset(),
        consent: (change) => client.consent(change),
        flush: () => void client.flush(),
        click: (selector) => document.querySelector(selector)?.click(),
        activity: () => dispatchEvent(new Event('keydown')),
        push: (path) => history.pushState(null, '', path + location.search),
        visibility: (next) => {
          visibility = next;
          document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
        },
      };
      const looks = [];
      const look = async (of) => {
        await real.fetch('/-/step');
        looks.push({ of, log: log.splice(0), seen: seen(client, settings.names) });
      };
      await look('start');
      for (const [wait, [name, ...values], secret] of steps) {
        await settle(now + wait);
        act[name](...values);
        await settle(now);
        if (!secret) await look(name);
      }
      return { looks, end: start + now };
    },
    /** What is left in storage, once the page has been left. */
    stored,
    /** What is under way, for whoever asks why a page does not settle. */
    waits: () => ({
      now,
      pending,
      images: [...document.images].filter(({ complete }) => !complete).length,
      timers: timers.size,
      log,
    }),
    /** The next visitor finds nothing. */
    clear() {
      localStorage.clear();
      sessionStorage.clear();
    },
  };
})();
