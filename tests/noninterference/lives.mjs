// SPDX-License-Identifier: Apache-2.0
// Random lives of two visitors who differ only in facts of purposes that are denied.
import { ITEMS, labelOf, purposes } from './random.mjs';

const valueOf = (random, type) =>
  type === 'bool'
    ? random.oneIn(2)
    : type === 'string'
      ? random.pick(['a', 'b', 'c'])
      : type === 'int'
        ? random.below(8)
        : random.below(16) / 2;

const randomItems = (random) =>
  Array.from({ length: 1 + random.below(2) }, () => ({
    item_id: random.pick(ITEMS),
    item_category: random.pick(['Flowers > Roses', 'Flowers > Tulips', 'Plants']),
  }));

/** One fact with a label that `fits`; undefined where there is none. */
function randomFact(random, facts, fits) {
  const kind = random.pick(['events', 'events', 'events', 'traits', 'contexts', 'campaigns']);
  const names = Object.keys(facts[kind]).filter((name) => fits(facts[kind][name].label));
  if (!names.length) return undefined;
  // What recommendations rest on comes oftener.
  const shop = names.filter((name) => name === 'view_item' || name === 'purchase');
  const name = random.pick(shop.length && random.oneIn(3) ? shop : names);
  if (kind === 'campaigns')
    return ['track', random.pick(['view', 'select', 'dismiss']) + '_promotion', { promotion_id: name }];
  if (kind === 'events') {
    const params = name.startsWith('event')
      ? { kind: random.pick(['a', 'b', 'c']), amount: random.below(20) / 2 }
      : name === 'purchase'
        ? { transaction_id: 'order-' + random.below(3), value: random.below(90), items: randomItems(random) }
        : name === 'view_item'
          ? { items: randomItems(random) }
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
export function randomLives(random, { denied, facts }) {
  const deniedLabel = labelOf(denied);
  const isDenied = (label) => (label & deniedLabel) !== 0;
  const campaigns = Object.keys(facts.campaigns);
  const free = purposes.filter((name) => !denied.includes(name) && name !== 'storage');
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
    switch (random.below(16)) {
      case 0:
        return ['click', random.pick(['.omo-cta', '.omo-dismiss', '.omo-dismiss', '.omo-link']), random.below(3)];
      case 1:
      case 2:
        return ['click', '.omo-coupon .omo-cta', 0];
      case 3:
        return ['activity', random.pick(['keydown', 'scroll', 'pointerdown'])];
      case 4:
        return ['visibility', random.pick(['hidden', 'visible'])];
      case 5:
        return ['flush'];
      case 6:
        return ['push', random.pick(['/page-0', '/page-1', '/item/a', '/item/b', '/item/c'])];
      case 7: {
        const name = free.length && random.oneIn(2) ? random.pick(free) : undefined;
        return name
          ? random.oneIn(2)
            ? ['panel', name]
            : ['consent', { [name]: random.pick(['granted', 'denied']) }]
          : [random.pick(['reset', 'reset', 'erase'])];
      }
      case 8:
        return ['track', 'view_promotion', { promotion_id: random.pick(campaigns) }, 'feedback'];
      default:
        return randomFact(random, facts, (label) => !isDenied(label)) ?? ['activity', 'keydown'];
    }
  };
  const lives = [[], []];
  const views = 1 + random.below(3);
  for (let view = 0; view < views; view++) {
    const gap = random.pick([1_000, 600_000, 86_400_000, 3 * 86_400_000]);
    const path = random.pick(['/', '/', ...ITEMS.map((id) => '/item/' + id)]);
    const lists = lives.map(
      (life) => (life.push({ gap, path, state: view ? undefined : state, steps: [] }), life.at(-1).steps),
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
            step[0] === 'identify'
              ? { ...facts, events: {}, contexts: {}, campaigns: {} }
              : { ...facts, events: {}, traits: {}, campaigns: {} },
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
