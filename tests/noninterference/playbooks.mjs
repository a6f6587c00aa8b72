// SPDX-License-Identifier: Apache-2.0
// Random playbooks, in which facts of denied and of granted purposes meet everywhere.
import { labelOf, namesOf, purposes } from './random.mjs';

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
 * A playbook, and what is around it. Answers {playbook, denied, facts, page}: facts = {events, traits, contexts, campaigns} by name,
 * each with a `label` (of campaigns the purposes that they are known to need; they may need more); page = {panel, clipboard}:
 * does it show the visitor's panel, may it write to the clipboard?
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
  const facts = { events: {}, traits: {}, contexts: {}, campaigns: {} };
  const declare = (kind, name, names, type) => (facts[kind][name] = { label: labelOf(names), type });
  const playbook = {
    omotenashi: 1,
    site: 'two-visitors',
    default_language: 'en',
    sync: { mode: random.oneIn(10) ? 'off' : 'events', segments: random.oneIn(2) },
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
  const labels = {};
  // What is not stated is personalization; what is stated holds all that the events need.
  const addSignal = (name, signal, events, type) => {
    let least = events.reduce((label, event) => label | facts.events[event].label, 0);
    if (signal.restore) least |= facts.traits[signal.restore].label;
    if (events.includes('purchase')) least |= labelOf(['personalization']);
    if (signal.within === 'session') least |= labelOf(['measurement']);
    const stated = random.oneIn(3) ? undefined : random.oneIn(4) ? least | labelOf(label()) : least;
    if (stated !== undefined) signal.purposes = namesOf(stated);
    labels[name] = stated ?? least | labelOf(['personalization']);
    signalTypes[name] = type;
    playbook.signals[name] = signal;
  };
  const forms = [
    ['int', (event) => ({ count: event })],
    ['recency', (event) => ({ recency: event })],
    ['bool', (event, other) => ({ sequence: [event, other] })],
    ['double', (event) => ({ sum: event, of: 'amount' })],
    ['string', (event) => ({ last: event, of: 'kind' })],
    ['double', (event) => ({ max: event, of: 'amount' })],
    ['list', (event) => ({ recent: event, of: 'kind', keep: 4 })],
    ['double', (event) => ({ min: event, of: 'amount' })],
    ['double', (event) => ({ average: event, of: 'amount' })],
    ['string', (event) => ({ first: event, of: 'kind' })],
    ['int', (event) => ({ distinct: event, of: 'kind' })],
    ['string', (event) => ({ top: event, of: 'kind' })],
  ];
  for (let i = 0; i < 7; i++) {
    const event = random.pick(eventNames);
    const other = random.pick(eventNames);
    const [type, make] = forms[random.below(own(event) ? forms.length : 3)];
    const signal = make(event, other);
    const within = random.pick([undefined, undefined, '20s', '1m', '1d', 'session', 'page']);
    if (within && !(signal.sequence && (within === 'page' || within === 'session'))) signal.within = within;
    if (!signal.sequence && own(event) && random.oneIn(3)) signal.where = "kind == 'a' || amount > 5.0";
    if (/^\d/.test(within) && (signal.count || signal.sum || signal.max)) signal.keep = 9;
    const [trait] = Object.keys(facts.traits).filter((name) => ['int', 'double'].includes(facts.traits[name].type));
    if (trait && (signal.count || signal.sum) && !signal.within && random.oneIn(2)) signal.restore = trait;
    addSignal('signal' + i, signal, signal.sequence ? [event, other] : [event], type);
  }
  // What recommendations are made from.
  addSignal('items', { recent: 'view_item', of: 'item_id', within: '30d' }, ['view_item'], 'list');
  addSignal('tastes', { recent: 'view_item', of: 'item_category', within: '30d' }, ['view_item'], 'list');
  addSignal('bought', { recent: 'purchase', of: 'item_id', within: '30d' }, ['purchase'], 'list');

  const atom = () => {
    const choice = random.below(9);
    if (choice === 8 && playbook.scores.score0) return `score0.grade == '${random.pick(['A', 'B'])}'`;
    if (choice < 4 || choice === 8) {
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
  /** Of all that an expression names. */
  const labelIn = (expression) =>
    (expression.match(/(context\.)?\b[a-z]+\d?\b/g) ?? []).reduce(
      (label, name) =>
        label |
        (name.startsWith('context.')
          ? facts.contexts[name.slice('context.'.length)].label
          : (facts.traits[name]?.label ?? labels[name] ?? 0)),
      0,
    );
  const segmentNames = [];
  const condition = (depth = 0) => {
    const choice = random.below(depth > 1 ? 2 : 6);
    if (choice < 2) return segmentNames.length && random.oneIn(4) ? random.pick(segmentNames) : atom();
    if (choice === 2) return `!(${condition(depth + 1)})`;
    if (choice === 5) return `(${condition(depth + 1)} ? ${condition(depth + 1)} : ${condition(depth + 1)})`;
    return `(${condition(depth + 1)} ${choice === 3 ? '&&' : '||'} ${condition(depth + 1)})`;
  };
  for (let i = 0; i < 6; i++) {
    const name = 'segment' + i;
    playbook.segments[name] = condition();
    labels[name] = labelIn(playbook.segments[name]);
    segmentNames.push(name);
  }
  for (let i = 0; i < 2; i++) {
    const value = `(${condition(1)} ? ${random.below(9)}.0 : ${random.below(9)}.5) + ${random.below(4)}.0`;
    playbook.scores['score' + i] = i ? value : { value, grades: { A: 6, B: 3 } };
    labels['score' + i] = labelIn(value);
  }

  const names = [];
  const addCampaign = (name, variants, audience, signals = []) => {
    names.push(name);
    const score = random.oneIn(3) ? 'score' + random.below(2) : undefined;
    playbook.campaigns[name] = {
      slot: 'slot' + random.below(4),
      ...(audience ? { audience } : {}),
      priority: score ? { score } : random.below(4),
      ...(random.oneIn(3) ? { group: 'group' + random.below(2) } : {}),
      ...(random.oneIn(3) ? { holdout: 0.3 } : {}),
      ...(random.oneIn(2)
        ? { cap: { impressions: 1 + random.below(2), within: '2m', quiet_after_dismiss: '30s' } }
        : {}),
      ...(random.oneIn(4) ? { goal: random.pick(eventNames) } : {}),
      variants,
    };
    facts.campaigns[name] = { label: labelIn([audience, score, ...signals].filter(Boolean).join(' ')) };
  };
  const maybe = () => (random.oneIn(2) ? condition(1) : undefined);
  for (let i = 0; i < 4; i++) {
    const name = 'campaign' + i;
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
    addCampaign(name, variants, random.oneIn(4) ? undefined : condition(1));
  }
  // What is seen oftener than by chance, since there is more to it: a code that the visitor takes, lists made on the device.
  addCampaign(
    'offer',
    { v0: { creative: { type: 'coupon', title: 'offer', ...(random.oneIn(2) ? { href: '/' } : {}) } } },
    maybe(),
  );
  playbook.coupons = { code: { campaign: 'offer', kind: 'open', code: 'OPEN10' } };
  for (let i = 0; i < 2; i++) {
    const from = random.pick(['recent', 'recent', 'affinity', 'related']);
    const signal = from === 'affinity' ? 'tastes' : from === 'recent' || random.oneIn(2) ? 'items' : undefined;
    const exclude = random.oneIn(2) ? ['bought'] : [];
    const creative = {
      type: 'recommendations',
      from,
      ...(signal ? { signal } : {}),
      ...(exclude.length ? { exclude } : {}),
      in_stock: random.oneIn(2),
      count: 1 + random.below(5),
      title: 'list' + i,
    };
    addCampaign('list' + i, { v0: { creative } }, maybe(), [signal, ...exclude]);
  }
  if (!random.oneIn(3)) playbook.catalog = '/catalog.omc';
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
  return { playbook, denied, facts, page: { panel: random.oneIn(2), clipboard: !random.oneIn(3) } };
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
