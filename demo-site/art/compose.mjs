// SPDX-License-Identifier: Apache-2.0
// How stems come together: foliage fans out, flowers pack a dome, big ones first and the nearest on top.

import * as flowers from './flowers.mjs';
import * as foliage from './foliage.mjs';
import { at, group, n } from './paint.mjs';

/** A reusable drawing of one kind in one colour; `variant` gives another cast of the dice. */
export function stamp(canvas, kind, colour, variant = 0) {
  const name = `${kind}${colour.slice(1)}${variant || ''}`;
  const draw = flowers[kind] ?? foliage[kind];
  if (!draw) throw new Error(`no drawing of a ${kind}: see art/flowers.mjs and art/foliage.mjs`);
  return canvas.define(name, (id) => `<g id="${id}">${draw(canvas, colour)}</g>`);
}

/** Foliage that fans out from (x, y): `spread` degrees to each side, reaching `reach` at the middle. */
export function fan(canvas, kinds, { x, y, count, spread, reach, flatten = 0.25 }) {
  const random = canvas.random;
  const sprays = [];
  for (let index = 0; index < count; index++) {
    const share = count === 1 ? 0.5 : index / (count - 1);
    const angle = (share - 0.5) * 2 * spread + random.between(-4, 4);
    const [kind, colour] = kinds[index % kinds.length];
    const length = reach * (1 - flatten * Math.pow(Math.abs(angle) / 90, 1.4)) * random.between(0.92, 1.06);
    sprays.push([Math.abs(angle), canvas.stamp(stamp(canvas, kind, colour, index % 2), at(x, y, angle, length / 300))]);
  }
  sprays.sort((first, second) => second[0] - first[0]);
  canvas.add(...sprays.map(([, markup]) => markup));
}

const shadow = (canvas) =>
  canvas.gradient('radial', [
    [0, '#2a1024', 0.5],
    [0.72, '#2a1024', 0.24],
    [1, '#2a1024', 0],
  ]);

/**
 * Packs flowers into the ellipse (x, y, rx, ry). `kinds` is a list of [kind, colour, size, count]: big ones are seated
 * first, by the best of many candidates, so that no two of a kind crowd and no gap stays open.
 */
export function dome(canvas, kinds, { x, y, rx, ry, tilt = 0.2, shade = 1.14 }) {
  const random = canvas.random;
  const seats = [];
  for (const [kind, colour, size, count] of [...kinds].sort((first, second) => second[2] - first[2])) {
    for (let index = 0; index < count; index++) {
      let best = null;
      for (let candidate = 0; candidate < 160; candidate++) {
        const turn = random.between(0, Math.PI * 2);
        const far = Math.sqrt(random());
        const seat = {
          kind,
          colour,
          size,
          far,
          turn,
          x: x + Math.cos(turn) * far * rx,
          y: y + Math.sin(turn) * far * ry,
        };
        let room = Infinity;
        for (const other of seats) {
          const alike = other.kind === kind && other.colour === colour ? 0.86 : 1;
          room = Math.min(room, (Math.hypot(seat.x - other.x, seat.y - other.y) / (seat.size + other.size)) * alike);
        }
        const score = room === Infinity ? 10 - far : Math.min(room, 0.98) - far * 0.02;
        if (!best || score > best.score) best = { ...seat, score };
      }
      best.variant = index % 2;
      seats.push(best);
    }
  }
  seats.sort((first, second) => second.far + (60 - second.size) / 260 - (first.far + (60 - first.size) / 260));
  for (const seat of seats) {
    const lean = (seat.turn * 180) / Math.PI + 90;
    const squash = 1 - tilt * seat.far * seat.far;
    canvas.add(
      `<circle cx="${n(seat.x + 4)}" cy="${n(seat.y + 10)}" r="${n(seat.size * shade)}" fill="${shadow(canvas)}"/>`,
    );
    const upright = ['tulip', 'cyclamen', 'orchid'].includes(seat.kind);
    const turned = upright ? lean * 0.25 * (lean > 180 ? 0 : 1) + random.between(-14, 14) : random.between(0, 360);
    const drawing = canvas.stamp(
      stamp(canvas, seat.kind, seat.colour, seat.variant),
      at(0, 0, turned, seat.size / 100),
    );
    canvas.add(
      upright
        ? group(at(seat.x, seat.y), drawing)
        : group(`${at(seat.x, seat.y, lean)}scale(1 ${squash.toFixed(3)})`, group(`rotate(${n(-lean)})`, drawing)),
    );
  }
}
