// SPDX-License-Identifier: Apache-2.0
// Runs in the page before anything else: time stands still until a step lets it pass, chance comes from a seed, and all
// that scripts can see or send is recorded. What the page does with the network, storage and the DOM is real. Whatever takes the
// browser real time is waited for while the clock stands, and what it does by itself is kept away: so a process that is paused
// anywhere changes nothing (tests/noninterference/pauses.mjs).
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
    fetchLater: window.fetchLater?.bind(window),
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
  Object.defineProperty(Navigator.prototype, 'onLine', { get: () => true });
  window.requestAnimationFrame = (action) => set(() => action(now), 16, [], false);
  window.requestIdleCallback = (action) =>
    set(() => action({ didTimeout: false, timeRemaining: () => 50 }), 1, [], false);
  window.cancelAnimationFrame = window.cancelIdleCallback = window.clearTimeout;
  // The browser tells these when it likes: frames, other windows, the machine. Steps make their own.
  for (const type of [
    ...['focus', 'blur', 'visibilitychange', 'resume', 'freeze', 'online', 'offline', 'scroll', 'resize'],
    ...['pointermove', 'pointerdown', 'keydown', 'timeupdate', 'storage'],
  ])
    addEventListener(type, (event) => event.isTrusted && event.stopImmediatePropagation(), { capture: true });
  // A page that follows a link is another step.
  addEventListener('click', (event) => event.target.closest('a') && event.preventDefault());

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
  // Asked again and again, the page would take the processor from whatever it waits for.
  let rest = () => {};
  const begin = () => void pending++;
  const end = () => --pending || rest();
  const during = async (work) => {
    begin();
    try {
      return await work();
    } finally {
      end();
    }
  };
  // How many requests this tab has sent that may reach the server after their page is gone: the next page waits for them. (Of
  // window.name Chromium forgets what a page makes it while it is left.)
  const SENT = 'frozen.sent';
  let sent = Number(sessionStorage.getItem(SENT));
  const count = (one) => sessionStorage.setItem(SENT, String((sent += one)));
  window.fetch = (source, how = {}) => {
    const method = how.method ?? 'GET';
    record('fetch', String(source), method, !!how.keepalive, hex(how.body));
    const isOwn = method !== 'GET';
    if (isOwn) count(1);
    // The answer is here as a whole before anyone sees it: how fast it came is chance.
    return during(async () => {
      const answer = await real.fetch(source, how).catch((error) => {
        // It never left: browsers limit what may outlive a page.
        if (isOwn) count(-1);
        throw error;
      });
      const bytes = await answer.arrayBuffer();
      const { status, statusText, headers } = answer;
      const whole = new Response(status === 204 ? null : bytes, { status, statusText, headers });
      return Object.assign(whole, { arrayBuffer: async () => bytes });
    });
  };
  navigator.sendBeacon = (url, body) => {
    record('beacon', String(url), hex(body));
    const isSent = real.beacon(url, body);
    if (isSent) count(1);
    return isSent;
  };
  if (real.fetchLater)
    window.fetchLater = (url, how) => {
      record('fetchLater', String(url), how.method, hex(how.body));
      const later = real.fetchLater(url, how);
      count(1);
      return later;
    };
  // A lock is given by another process.
  if (navigator.locks) {
    navigator.locks.request = (...values) => {
      const given = values.pop();
      let waits = true;
      begin();
      return real.request.call(navigator.locks, ...values, (lock) => {
        if (waits) end();
        waits = false;
        return given(lock);
      });
    };
    navigator.locks.query = () => during(() => real.query.call(navigator.locks));
  }
  WebAssembly.instantiate = (...values) => during(() => real.instantiate(...values));
  // An image is asked for once its address is set, wherever it is by then: also where it was taken away again. All are kept, since
  // whether the browser asks for the same address once more depends on when it collects what nobody holds.
  const images = [];
  const address = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src');
  Object.defineProperty(HTMLImageElement.prototype, 'src', {
    ...address,
    set(url) {
      const image = this;
      // When it would be near enough is the browser's affair.
      image.loading = 'eager';
      images.push(image);
      void during(
        () =>
          new Promise((resolve) => {
            for (const type of ['load', 'error']) image.addEventListener(type, resolve, { once: true });
            address.set.call(image, url);
          }),
      );
    },
  });
  let isClipboardOpen = true;
  Object.defineProperty(navigator, 'clipboard', {
    value: {
      async writeText(text) {
        record('clipboard', text);
        if (!isClipboardOpen) throw new DOMException('closed', 'NotAllowedError');
      },
    },
  });
  // What the visitor sees in a closed root is seen too.
  const roots = new Map();
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (how) {
    const shadow = attach.call(this, how);
    roots.set(this, shadow);
    return shadow;
  };
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
      if (pending) {
        await new Promise((resolve) => (rest = resolve));
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

  /** Tells the server that a step is over. */
  const step = () => real.fetch('/-/step?sent=' + sent);
  const stored = () => ({
    local: Object.fromEntries(
      Object.keys(localStorage)
        .sort()
        .map((name) => [name, localStorage.getItem(name)]),
    ),
    session: Object.keys(sessionStorage)
      .filter((name) => name !== SENT)
      .sort(),
    cookie: document.cookie,
  });
  const shadows = () =>
    [...document.querySelectorAll('*')].flatMap((element) => {
      const root = roots.get(element);
      if (!root) return [];
      const inputs = [...root.querySelectorAll('input')].map(({ checked, disabled }) => [checked, disabled]);
      return [[root.innerHTML, inputs]];
    });
  /** All that a script of the page, or the visitor, could see now. */
  const seen = (client, names) => ({
    html: document.body.outerHTML,
    shadows: shadows(),
    selected: String(getSelection()),
    path: location.pathname,
    storage: stored(),
    segments: client.segments(),
    scores: client.scores(),
    decisions: names.slots.map((name) => client.decide(name)),
    explained: names.all.map(([kind, name]) => client.explain(name, kind)),
    export: client.export(),
  });
  /** As text, in which nothing is lost that JSON has no word for. */
  const textOf = (value) =>
    JSON.stringify(value, (_, part) =>
      part === undefined || Object.is(part, -0) || (typeof part === 'number' && !Number.isFinite(part))
        ? `JSON lacks ${Object.is(part, -0) ? '-0' : part}`
        : part,
    );

  window.omoFrozen = {
    /** Loads a chunk, for the import() that the server has put this in place of. */
    load: (path) => during(() => import(new URL(path, location.origin + '/dist/').href)),
    /**
     * Performs steps of [milliseconds until it, step, 'secret'?]. Answers what was seen after each that is not secret, as text;
     * how much of what there was to see; the time; and how many requests of its own the tab has sent.
     */
    async run(settings, state, steps) {
      if (!(sent >= settings.sent)) throw new Error('the tab has lost count of what it has sent');
      // The page before lets its lock go in its own time.
      while ((await real.query?.call(navigator.locks))?.held.length) await nextTask();
      isClipboardOpen = settings.clipboard;
      if (settings.panel) document.body.append(document.createElement('omo-privacy'));
      const { createClient } = await import('/dist/omotenashi.mjs');
      const client = createClient({
        playbook: '/playbook.omo',
        collector: settings.collector,
        engine: '/dist/engine.wasm',
      });
      for (const type of ['decision', 'segment', 'event', 'consent', 'error'])
        client.on(type, (value) => record('callback', type, value instanceof Error ? value.message : value));
      if (state) client.consent(state);
      let ready = false;
      client.ready.then(() => (ready = true));
      while (!ready) await settle(now);
      await settle(now);
      const press = (elements, nth) => elements[nth % elements.length]?.click();
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
        erase: () => void client.erase(),
        click: (selector, nth) => press(document.querySelectorAll(selector), nth),
        /** The visitor's own switch of a purpose. */
        panel: (purpose) => [...roots.values()][0]?.querySelector(`[aria-labelledby=${purpose}]`)?.click(),
        activity: (type) => dispatchEvent(new Event(type)),
        push: (path) => {
          const described = document.querySelector('[type="application/ld+json"]');
          described.textContent = settings.described[path] ?? '';
          history.pushState(null, '', path + location.search);
        },
        visibility: (next) => {
          visibility = next;
          document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
        },
      };
      const looks = [];
      const counts = { shown: 0, claims: 0, recommended: 0, panels: 0, images: 0 };
      const look = async (of) => {
        await step();
        const { length } = log.filter(([, what]) => what === 'clipboard');
        if (length && of !== 'click') throw new Error('a coupon was taken without a click');
        counts.claims += length;
        const view = seen(client, settings.names);
        counts.shown += view.decisions.some(Boolean);
        counts.recommended += document.querySelectorAll('.omo-item').length > 0;
        counts.panels += view.shadows.length;
        looks.push({ of, log: log.splice(0), seen: view });
      };
      await look('start');
      for (const [wait, [name, ...values], secret] of steps) {
        await settle(now + wait);
        act[name](...values);
        await settle(now);
        if (!secret) await look(name);
      }
      counts.images = images.length;
      return { text: textOf(looks), counts, end: start + now, sent };
    },
    /** What is left in storage, once the page has been left. */
    async left() {
      await step();
      return textOf(stored());
    },
    /** What is under way, for whoever asks why a page does not settle. */
    waits: () => ({ now, pending, sent, timers: timers.size, log }),
    /** The next visitor finds nothing. */
    clear() {
      localStorage.clear();
      sessionStorage.clear();
      sent = 0;
    },
  };
})();
