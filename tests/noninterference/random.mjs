// SPDX-License-Identifier: Apache-2.0
// What random playbooks and lives are made with.
export const purposes = ['storage', 'functional', 'measurement', 'personalization', 'marketing', 'sharing'];
const bit = (name) => 1 << purposes.indexOf(name);
export const labelOf = (names) => names.reduce((label, name) => label | bit(name), 0);
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

/** Products of the shop. */
export const ITEMS = ['a', 'b', 'c', 'd', 'e', 'f'];
