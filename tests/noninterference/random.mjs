// SPDX-License-Identifier: Apache-2.0
// Random playbooks, and random lives of two visitors under them who differ only in facts of purposes that are denied.
const purposes = ['storage', 'functional', 'measurement', 'personalization', 'marketing', 'sharing'];
const bit = (name) => 1 << purposes.indexOf(name);
const labelOf = (names) => names.reduce((label, name) => label | bit(name), 0);
export const namesOf = (label) => purposes.filter((name) => label & bit(name));

/** Mulberry32 (Ettinger): the same numbers everywhere for the same seed. */
export function createRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (bits ^ (bits >>> 14)) >>> 0;
  };
  const below = (end) => next() % end;
  return { below, oneIn: (n) => below(n) === 0, pick: (list) => list[below(list.length)] };
}

/** Which purposes are denied in a life: mostly one that facts are likely to need. */
const deniedChoices = [
  ['personalization'],
  ['personalization'],
  ['marketing'],
  ['marketing'],
  ['sharing'],
  ['functional'],
  ['measurement'],
  ['personalization', 'marketing'],
  ['marketing', 'sharing'],
  ['measurement', 'personalization', 'marketing', 'sharing'],
];

/**
 * A playbook with facts of denied and of granted purposes that meet everywhere.
 * Answers {playbook, denied, facts}: facts = {events, traits, contexts} by name, each with its `label`.
 */
export function randomPlaybook(random) {
  const denied = random.pick(deniedChoices);
  const granted = purposes.filter((name) => !denied.includes(name) && name !== 'storage');
  const label = () => {
    const choice = random.below(5);
    if (choice < 2) return [];
    if (choice === 2) return granted.length ? [random.pick(granted)] : [];
    if (choice === 3) return [random.pick(denied)];
    return [...new Set([random.pick(denied), random.pick(['personalization', ...granted])])];
  };
  const facts = { events: {}, traits: {}, contexts: {} };
  const declare = (kind, name, names, type) => (facts[kind][name] = { label: labelOf(names), type });
  const playbook = {
    omotenashi: 1,
    site: 'two-visitors',
    default_language: 'en',
    sync: { mode: 'events', segments: random.oneIn(2) },
    events: {},
    traits: {},
    context: {},
    signals: {},
    scores: {},
    segments: {},
    campaigns: {},
  };

  for (let i = 0; i < 5; i++) {
    // At least one of each kind is of a denied purpose, and one of none.
    const names = i === 0 ? [random.pick(denied)] : i === 1 ? [] : label();
    playbook.events['event' + i] = { params: { kind: 'string', amount: 'double' }, purposes: names };
    declare('events', 'event' + i, names);
  }
  for (const name of ['search', 'view_item', 'purchase', 'generate_lead'])
    if (random.oneIn(3)) {
      const names = label();
      playbook.events[name] = { purposes: names };
      declare('events', name, names);
    } else declare('events', name, []);
  const types = ['string', 'int', 'bool', 'double'];
  for (let i = 0; i < 4; i++) {
    const names = i === 0 ? [random.pick(denied)] : i === 1 ? [] : label();
    const type = random.pick(types);
    playbook.traits['trait' + i] = { type, purposes: names };
    declare('traits', 'trait' + i, names, type);
    const others = i === 0 ? [random.pick(denied)] : label();
    const kind = random.pick(types);
    playbook.context['context' + i] = { type: kind, purposes: others };
    declare('contexts', 'context' + i, others, kind);
  }

  const eventNames = Object.keys(facts.events);
  const own = (name) => name.startsWith('event');
  const signalTypes = {};
  for (let i = 0; i < 7; i++) {
    const event = random.pick(eventNames);
    const within = random.pick([undefined, undefined, '20s', '1m', '1d', 'session', 'page']);
    const signal = { within };
    const form = random.below(own(event) ? 7 : 3);
    const number = () => ({ of: 'amount' });
    if (form === 0) Object.assign(signal, { count: event });
    else if (form === 1) Object.assign(signal, { recency: event });
    else if (form === 2) Object.assign(signal, { sequence: [event, random.pick(eventNames)] });
    else if (form === 3) Object.assign(signal, { sum: event, ...number() });
    else if (form === 4) Object.assign(signal, { last: event, of: 'kind' });
    else if (form === 5) Object.assign(signal, { max: event, ...number() });
    else Object.assign(signal, { recent: event, of: 'kind', keep: 4 });
    if (form !== 2 && own(event) && random.oneIn(3)) signal.where = "kind == 'a' || amount > 5.0";
    if (/^\d/.test(within) && [0, 3, 5].includes(form)) signal.keep = 9;
    if (form === 2 && (within === 'page' || within === 'session')) delete signal.within;
    if (!signal.within) delete signal.within;
    // What is not stated is personalization; what is stated holds all that the events need.
    const needs = (name) => namesOf(facts.events[name]?.label ?? 0);
    const stated = new Set([...needs(event), ...(signal.sequence ? needs(signal.sequence[1]) : [])]);
    if (event === 'purchase' || signal.sequence?.includes('purchase')) stated.add('personalization');
    if (signal.within === 'session') stated.add('measurement');
    if (!random.oneIn(3)) signal.purposes = [...stated];
    playbook.signals['signal' + i] = signal;
    signalTypes['signal' + i] = ['int', 'recency', 'bool', 'double', 'string', 'double', 'list'][form];
  }

  const atom = () => {
    const choice = random.below(8);
    if (choice < 4) {
      const name = 'signal' + random.below(7);
      const type = signalTypes[name];
      if (type === 'int') return `${name} >= ${1 + random.below(3)}`;
      if (type === 'recency') return `${name} < duration('${random.pick(['30s', '90s'])}')`;
      if (type === 'bool') return name;
      if (type === 'double') return `${name} > ${random.below(12)}.5`;
      if (type === 'string') return `${name} == '${random.pick(['a', 'b'])}'`;
      return random.oneIn(2) ? `'a' in ${name}` : `size(${name}) >= 2`;
    }
    const trait = choice < 6;
    const name = (trait ? 'trait' : 'context') + random.below(4);
    const { type } = facts[trait ? 'traits' : 'contexts'][name];
    const read = trait ? name : 'context.' + name;
    return type === 'bool'
      ? read
      : type === 'string'
        ? `${read} == '${random.pick(['a', 'b'])}'`
        : type === 'int'
          ? `${read} > 3`
          : `${read} > 3.5`;
  };
  const segmentNames = [];
  const condition = (depth = 0) => {
    const choice = random.below(depth > 1 ? 2 : 6);
    if (choice < 2) return segmentNames.length && random.oneIn(4) ? random.pick(segmentNames) : atom();
    if (choice === 2) return `!(${condition(depth + 1)})`;
    if (choice === 5) return `(${condition(depth + 1)} ? ${condition(depth + 1)} : ${condition(depth + 1)})`;
    return `(${condition(depth + 1)} ${choice === 3 ? '&&' : '||'} ${condition(depth + 1)})`;
  };
  for (let i = 0; i < 6; i++) {
    playbook.segments['segment' + i] = condition();
    segmentNames.push('segment' + i);
  }
  for (let i = 0; i < 2; i++)
    playbook.scores['score' + i] =
      `(${condition(1)} ? ${random.below(9)}.0 : ${random.below(9)}.5) + ${random.below(4)}.0`;

  const names = [];
  for (let i = 0; i < 5; i++) {
    const name = 'campaign' + i;
    names.push(name);
    const variants = {};
    for (let v = 0; v <= random.below(3); v++)
      variants['v' + v] = {
        creative: {
          type: 'banner',
          title: `${name} v${v}`,
          image: `/image/${name}-${v}.svg`,
          href: '#' + name,
        },
      };
    playbook.campaigns[name] = {
      slot: 'slot' + random.below(3),
      ...(random.oneIn(4) ? {} : { audience: condition(1) }),
      priority: random.oneIn(3) ? { score: 'score' + random.below(2) } : random.below(4),
      ...(random.oneIn(3) ? { group: 'group' + random.below(2) } : {}),
      ...(random.oneIn(3) ? { holdout: 0.3 } : {}),
      ...(random.oneIn(2)
        ? { cap: { impressions: 1 + random.below(2), within: '2m', quiet_after_dismiss: '30s' } }
        : {}),
      ...(random.oneIn(4) ? { goal: random.pick(eventNames) } : {}),
      variants,
    };
  }
  const offer = random.pick(names);
  playbook.campaigns[offer].variants.v0.creative = { type: 'coupon', title: offer };
  playbook.coupons = { code: { campaign: offer, kind: 'open', code: 'OPEN10' } };
  if (random.oneIn(2)) playbook.fatigue = { impressions: 3, within: '3m', quiet_after_dismiss: '20s' };
  if (random.oneIn(4)) playbook.holdout = 0.2;
  if (random.oneIn(2))
    playbook.journeys = {
      journey0: {
        start: condition(1),
        restart: random.pick(['never', 'always', '1m']),
        steps: [
          { wait: random.pick(['10s', '40s']) },
          { if: condition(1), then: [{ show: random.pick(names), timeout: '1m' }] },
          { until: random.oneIn(2) ? random.pick(eventNames) : condition(1), timeout: '50s' },
        ],
      },
    };
  return { playbook, denied, facts };
}

const valueOf = (random, type) =>
  type === 'bool'
    ? random.oneIn(2)
    : type === 'string'
      ? random.pick(['a', 'b', 'c'])
      : type === 'int'
        ? random.below(8)
        : random.below(16) / 2;

/** One fact with a label that `fits`; undefined where there is none. */
function randomFact(random, facts, fits) {
  const kind = random.pick(['events', 'events', 'traits', 'contexts']);
  const names = Object.keys(facts[kind]).filter((name) => fits(facts[kind][name].label));
  if (!names.length) return undefined;
  const name = random.pick(names);
  if (kind === 'events') {
    const params = name.startsWith('event')
      ? { kind: random.pick(['a', 'b', 'c']), amount: random.below(20) / 2 }
      : name === 'purchase'
        ? { transaction_id: 'order-' + random.below(3), value: random.below(90) }
        : {};
    // Facts of any shape are facts: wrong types and lengths too.
    if (random.oneIn(12))
      params[random.pick(['kind', 'value'])] = random.oneIn(2) ? 7 : 'x'.repeat(random.pick([200, 20_000]));
    return random.oneIn(4) ? ['gtag', name, params] : ['track', name, params];
  }
  const value = random.oneIn(8)
    ? null
    : random.oneIn(12)
      ? { bad: 1 }.bad + 'x'
      : valueOf(random, facts[kind][name].type);
  return [kind === 'traits' ? 'identify' : 'context', { [name]: value }];
}

/**
 * Page views of both visitors: lists of [milliseconds until the step, step]. They differ only in the steps that hold nothing but
 * facts which need a denied purpose, and in such facts among others.
 */
export function randomLives(random, { playbook, denied, facts }) {
  const deniedLabel = labelOf(denied);
  const isDenied = (label) => (label & deniedLabel) !== 0;
  const campaigns = Object.keys(playbook.campaigns);
  const state = Object.fromEntries(
    // Undecided is as good as denied.
    purposes
      .filter((name) => !denied.includes(name) || random.oneIn(2))
      .map((name) => [name, denied.includes(name) ? 'denied' : 'granted']),
  );
  if (random.oneIn(6)) state.storage = 'denied';
  const secret = () => {
    const steps = [];
    for (let count = random.below(3); count > 0; count--) {
      const fact = randomFact(random, facts, isDenied);
      if (fact) steps.push(fact);
    }
    return steps;
  };
  const common = () => {
    switch (random.below(12)) {
      case 0:
        return ['click', random.pick(['.omo-cta', '.omo-dismiss', '.omo-dismiss'])];
      case 1:
        return ['activity'];
      case 2:
        return ['visibility', 'hidden'];
      case 3:
        return ['visibility', 'visible'];
      case 4:
        return ['flush'];
      case 5:
        return ['push', '/page-' + random.below(3)];
      case 6: {
        const free = purposes.filter((name) => !denied.includes(name) && name !== 'storage');
        const name = free.length && random.oneIn(2) ? random.pick(free) : undefined;
        return name ? ['consent', { [name]: random.pick(['granted', 'denied']) }] : ['reset'];
      }
      case 7:
        return ['track', 'view_promotion', { promotion_id: random.pick(campaigns) }, 'feedback'];
      default:
        return randomFact(random, facts, (label) => !isDenied(label)) ?? ['activity'];
    }
  };
  const lives = [[], []];
  const views = 1 + random.below(2);
  for (let view = 0; view < views; view++) {
    const gap = random.pick([1_000, 600_000, 86_400_000, 3 * 86_400_000]);
    const lists = lives.map(
      (life) => (life.push({ gap, state: view ? undefined : state, steps: [] }), life.at(-1).steps),
    );
    for (let count = 4 + random.below(5); count > 0; count--) {
      const wait = random.pick([0, 700, 3_000, 11_000, 31_000, 70_000]);
      const step = common();
      lists.forEach((steps) => {
        // The facts of each visitor come on the way, at times of their own.
        let left = wait;
        for (const fact of secret()) {
          const at = random.below(left + 1);
          left -= at;
          steps.push([at, fact, 'secret']);
        }
        // Among others: the same call, with more in it.
        const mixed = structuredClone(step);
        if ((step[0] === 'identify' || step[0] === 'context') && random.oneIn(2)) {
          const more = randomFact(
            random,
            step[0] === 'identify' ? { ...facts, events: {}, contexts: {} } : { ...facts, events: {}, traits: {} },
            isDenied,
          );
          if (more && more[0] === step[0]) Object.assign(mixed[1], more[1]);
        }
        steps.push([left, mixed]);
      });
    }
  }
  return lives;
}

/** The same playbook with one denied fact that has lost its label: what a leak would be. */
export function withLeak(random, { playbook, denied, facts }) {
  const leaking = structuredClone(playbook);
  const deniedLabel = labelOf(denied);
  const kind = random.pick(['events', 'traits', 'contexts']);
  const names = Object.keys(facts[kind]).filter((name) => facts[kind][name].label & deniedLabel);
  const name = random.pick(names.length ? names : ['event0']);
  const target = names.length ? leaking[kind === 'contexts' ? 'context' : kind][name] : leaking.events.event0;
  target.purposes = [];
  return leaking;
}
