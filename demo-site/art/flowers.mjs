// SPDX-License-Identifier: Apache-2.0
// Flowers, each drawn around (0, 0) with a radius of about 100. A flower function takes the canvas (for gradients and
// chance) and a colour, and answers SVG markup. Petals go from the outside in, darker towards the heart.

import { at, darker, disc, group, lighter, line, mix, path, shape } from './paint.mjs';
import { notched, petalFill, pointed, ring, round, ruffled } from './petals.mjs';

export function rose(canvas, colour) {
  const layers = [
    [5, 100, 74],
    [5, 90, 66],
    [5, 76, 58],
    [5, 61, 49],
    [4, 46, 40],
    [3, 31, 30],
  ];
  let markup = '';
  layers.forEach(([count, length, width], depth) => {
    const rim = lighter(colour, 0.42 - depth * 0.06);
    const heart = darker(colour, 0.1 + depth * 0.07);
    markup += ring(
      canvas,
      count,
      depth * 37,
      () => round(width, length),
      petalFill(canvas, heart, rim),
      darker(colour, 0.55),
    );
  });
  const deep = darker(colour, 0.42);
  markup += disc(0, 0, 15, darker(colour, 0.26));
  markup += line('M-3 2C-4-6 7-7 8 0C9 9-9 12-12 1C-14-10 3-17 12-9', deep, 2.6, 'stroke-opacity=".7"');
  return markup;
}

export function peony(canvas, colour) {
  let markup = '';
  [
    [8, 102, 46],
    [8, 90, 42],
    [7, 77, 38],
    [7, 62, 32],
    [6, 47, 26],
    [5, 32, 19],
  ].forEach(([count, length, width], depth) => {
    const rim = lighter(colour, 0.55 - depth * 0.07);
    const heart = darker(colour, 0.04 + depth * 0.055);
    markup += ring(
      canvas,
      count,
      depth * 23,
      () => ruffled(canvas.random, width, length),
      petalFill(canvas, heart, rim),
      darker(colour, 0.5),
    );
  });
  for (let grain = 0; grain < 9; grain++) {
    const angle = (grain / 9) * 6.28;
    markup += disc(Math.cos(angle) * 8, Math.sin(angle) * 8, 2.8, '#f3cf74');
  }
  return markup;
}

export function ranunculus(canvas, colour) {
  let markup = '';
  for (let depth = 0; depth < 9; depth++) {
    const length = 98 - depth * 10.4;
    const rim = lighter(colour, 0.5 - depth * 0.035);
    const heart = mix(darker(colour, 0.08 + depth * 0.03), '#7d8a3c', Math.max(0, depth - 6) * 0.16);
    markup += ring(
      canvas,
      6,
      depth * 31,
      () => round(length * 0.72, length),
      petalFill(canvas, heart, rim),
      darker(colour, 0.5),
    );
  }
  return markup + disc(0, 0, 11, '#93a14b') + disc(-2, -2, 5, '#b9c26a');
}

export function dahlia(canvas, colour) {
  let markup = '';
  [
    [14, 102, 20],
    [14, 90, 19],
    [12, 76, 17],
    [12, 62, 15],
    [10, 48, 12],
    [8, 34, 9],
    [6, 21, 7],
  ].forEach(([count, length, width], depth) => {
    const rim = lighter(colour, 0.34 - depth * 0.03);
    const heart = darker(colour, 0.2 + depth * 0.05);
    markup += ring(
      canvas,
      count,
      depth * 13,
      () => pointed(width, length),
      petalFill(canvas, heart, rim),
      darker(colour, 0.7),
    );
  });
  return markup + disc(0, 0, 9, darker(colour, 0.4));
}

export function mum(canvas, colour) {
  let markup = '';
  [
    [22, 98, 12],
    [20, 86, 11],
    [18, 72, 10],
    [16, 58, 9],
    [13, 44, 8],
    [10, 30, 7],
    [6, 17, 5],
  ].forEach(([count, length, width], depth) => {
    const rim = lighter(colour, 0.5 - depth * 0.05);
    markup += ring(
      canvas,
      count,
      depth * 9,
      () => round(width, length),
      petalFill(canvas, darker(colour, 0.14 + depth * 0.02), rim),
      darker(colour, 0.5),
    );
  });
  return markup + disc(0, 0, 7, mix(colour, '#c9b23c', 0.5));
}

function heart(canvas, colour, radius, grains) {
  let markup = disc(0, 0, radius, darker(colour, 0.25)) + disc(0, 0, radius * 0.72, colour);
  for (let grain = 0; grain < grains; grain++) {
    const far = radius * Math.sqrt((grain + 0.5) / grains);
    const angle = grain * 2.39996;
    markup += disc(
      Math.cos(angle) * far,
      Math.sin(angle) * far,
      radius * 0.085,
      grain % 3 ? lighter(colour, 0.35) : darker(colour, 0.35),
    );
  }
  return markup;
}

export function gerbera(canvas, colour) {
  const edge = darker(colour, 0.5);
  return (
    ring(canvas, 17, 0, () => round(15, 100), petalFill(canvas, darker(colour, 0.18), lighter(colour, 0.12)), edge) +
    ring(canvas, 15, 11, () => round(13, 84), petalFill(canvas, darker(colour, 0.22), lighter(colour, 0.26)), edge) +
    ring(canvas, 20, 4, () => pointed(6, 42), petalFill(canvas, darker(colour, 0.35), lighter(colour, 0.4)), edge) +
    heart(canvas, mix(colour, '#5a3a12', 0.72), 21, 40)
  );
}

export function daisy(canvas, colour) {
  return (
    ring(
      canvas,
      15,
      0,
      () => round(14, 98),
      petalFill(canvas, mix(colour, '#c9c2a4', 0.5), lighter(colour, 0.6)),
      '#8c8265',
    ) +
    ring(
      canvas,
      12,
      12,
      () => round(12, 84),
      petalFill(canvas, mix(colour, '#d8cfa8', 0.4), lighter(colour, 0.7)),
      '#8c8265',
    ) +
    heart(canvas, '#e9b53a', 27, 46)
  );
}

export function cosmos(canvas, colour) {
  return (
    ring(
      canvas,
      8,
      0,
      () => notched(40, 100),
      petalFill(canvas, darker(colour, 0.26), lighter(colour, 0.3)),
      darker(colour, 0.5),
    ) + heart(canvas, '#e2a92f', 19, 30)
  );
}

export function anemone(canvas, colour) {
  const edge = darker(colour, 0.5);
  let markup =
    ring(canvas, 6, 0, () => round(54, 100), petalFill(canvas, darker(colour, 0.22), lighter(colour, 0.25)), edge) +
    ring(canvas, 6, 30, () => round(46, 84), petalFill(canvas, darker(colour, 0.12), lighter(colour, 0.4)), edge) +
    disc(0, 0, 32, lighter(colour, 0.8), 'fill-opacity=".75"');
  for (let grain = 0; grain < 26; grain++) {
    const angle = (grain / 26) * 6.283;
    const far = 24 + (grain % 3) * 5;
    markup += line(path`M0 0L${Math.cos(angle) * far} ${Math.sin(angle) * far}`, '#2b2440', 1.3);
    markup += disc(Math.cos(angle) * far, Math.sin(angle) * far, 3.1, '#231d38');
  }
  return markup + disc(0, 0, 14, '#231d38') + disc(-3, -4, 5, '#4a4270');
}

export function camellia(canvas, colour) {
  const edge = darker(colour, 0.55);
  let markup =
    ring(canvas, 6, 0, () => round(56, 100), petalFill(canvas, darker(colour, 0.3), lighter(colour, 0.12)), edge) +
    ring(canvas, 5, 28, () => round(52, 80), petalFill(canvas, darker(colour, 0.22), lighter(colour, 0.24)), edge);
  for (let grain = 0; grain < 22; grain++) {
    const angle = grain * 2.39996;
    const far = 5 + 4.6 * Math.sqrt(grain);
    markup += line(path`M0 0L${Math.cos(angle) * far} ${Math.sin(angle) * far}`, '#f7e9b9', 2);
    markup += disc(Math.cos(angle) * far, Math.sin(angle) * far, 3.6, '#f2c63f');
  }
  return markup;
}

export function lily(canvas, colour) {
  const edge = mix(colour, '#6d6a3a', 0.5);
  const petals = (turn, width, length) =>
    ring(
      canvas,
      3,
      turn,
      () => pointed(width, length),
      petalFill(canvas, mix(colour, '#c6c98c', 0.34), lighter(colour, 0.6)),
      edge,
    );
  let markup = petals(0, 30, 116) + petals(60, 38, 106);
  for (let vein = 0; vein < 6; vein++)
    markup += group(
      at(0, 0, vein * 60),
      line('M0-14Q2-50 0-84', mix(colour, '#a8b070', 0.4), 2, 'stroke-opacity=".6"'),
    );
  for (let stamen = 0; stamen < 6; stamen++) {
    const body = line('M0 0Q5-22 2-42', '#d7dca2', 2.6) + `<ellipse cx="2" cy="-45" rx="8" ry="3.6" fill="#b5642a"/>`;
    markup += group(at(0, 0, stamen * 60 + 24, 0.95), body);
  }
  return markup + disc(0, 0, 7, '#c9d08b');
}

export function hydrangea(canvas, colour) {
  const random = canvas.random;
  const edge = `stroke="${darker(colour, 0.5)}" stroke-opacity=".3" stroke-width="1"`;
  const florets = [colour, lighter(colour, 0.25), mix(colour, '#b79be0', 0.3), darker(colour, 0.14)].map(
    (tone, index) =>
      canvas.define(`floret${colour.slice(1)}${index}`, (id) => {
        const petals = [0, 90, 180, 270]
          .map((angle) => shape(round(15, 21), tone, `transform="rotate(${angle})"`))
          .join('');
        return `<g id="${id}" ${edge}>${petals}${disc(0, 0, 3, lighter(colour, 0.75), 'stroke="none"')}</g>`;
      }),
  );
  let markup = disc(0, 0, 90, darker(colour, 0.4));
  for (let index = 58; index >= 0; index--) {
    const far = 11.6 * Math.sqrt(index);
    const angle = index * 2.39996;
    const seat = at(Math.cos(angle) * far, Math.sin(angle) * far, random.between(0, 90), random.between(0.85, 1.1));
    markup += canvas.stamp(random.pick(florets), seat);
  }
  return markup;
}

export function carnation(canvas, colour) {
  let markup = '';
  [
    [11, 98, 30],
    [10, 84, 27],
    [9, 68, 24],
    [8, 52, 20],
    [6, 36, 16],
    [4, 22, 12],
  ].forEach(([count, length, width], depth) => {
    const fill = petalFill(canvas, darker(colour, 0.1 + depth * 0.05), lighter(colour, 0.34 - depth * 0.04));
    markup += ring(canvas, count, depth * 19, () => ruffled(canvas.random, width, length), fill, darker(colour, 0.6));
  });
  return markup;
}

/** A tulip from the side; its cup stands on (0, 60). */
export function tulip(canvas, colour) {
  const fill = petalFill(canvas, darker(colour, 0.22), lighter(colour, 0.3));
  const back = petalFill(canvas, darker(colour, 0.36), colour);
  const edge = `stroke="${darker(colour, 0.5)}" stroke-opacity=".35" stroke-width="1.4"`;
  return (
    shape('M-40 20C-62-30-44-76-26-98C-8-78 0-40-4 10Z', back, edge) +
    shape('M40 20C62-30 44-76 26-98C8-78 0-40 4 10Z', back, edge) +
    shape('M0 70C-46 66-62 20-52-30C-48-56-44-70-38-80C-14-52-2-20 0 70Z', fill, edge) +
    shape('M0 70C46 66 62 20 52-30C48-56 44-70 38-80C14-52 2-20 0 70Z', fill, edge) +
    shape(
      'M0 72C-38 50-38-40 0-92C38-40 38 50 0 72Z',
      petalFill(canvas, darker(colour, 0.12), lighter(colour, 0.44)),
      edge,
    ) +
    line('M0 54Q3-10 0-66', lighter(colour, 0.6), 2, 'stroke-opacity=".5"')
  );
}

/** A phalaenopsis: two broad petals, three sepals, a small lip. */
export function orchid(canvas, colour) {
  const fill = petalFill(canvas, mix(colour, '#d9b9d8', 0.45), lighter(colour, 0.6));
  const edge = `stroke="${mix(colour, '#7a5a86', 0.5)}" stroke-opacity=".45" stroke-width="1.6"`;
  const sepal = (angle) => group(at(0, 0, angle), shape(pointed(34, 92), fill, edge));
  const petal = (side) =>
    shape(`M0 4C${side * 30}-74 ${side * 112}-66 ${side * 104}-8C${side * 98} 40 ${side * 34} 34 0 4Z`, fill, edge) +
    line(`M${side * 12}-4Q${side * 50}-22 ${side * 86}-16`, mix(colour, '#b58bbd', 0.5), 1.6, 'stroke-opacity=".55"');
  const lip =
    shape('M0 0C-24 8-26 34-6 44Q0 58 6 44C26 34 24 8 0 0Z', '#c2477f', edge) +
    disc(0, 8, 8, '#f1c453') +
    disc(0, 6, 3, '#9b2f5e');
  return sepal(0) + sepal(128) + sepal(-128) + petal(-1) + petal(1) + lip;
}

/** A bract star of the poinsettia. */
export function poinsettia(canvas, colour) {
  let markup = '';
  [
    [7, 104, 30],
    [7, 80, 24],
    [5, 54, 18],
  ].forEach(([count, length, width], depth) => {
    const fill = petalFill(canvas, darker(colour, 0.28 - depth * 0.06), lighter(colour, 0.06 + depth * 0.08));
    markup += ring(canvas, count, depth * 26, () => pointed(width, length), fill, darker(colour, 0.7));
  });
  for (let bead = 0; bead < 7; bead++)
    markup += disc(
      Math.cos(bead * 2.4) * (3 + bead * 1.4),
      Math.sin(bead * 2.4) * (3 + bead * 1.4),
      4.4,
      bead % 2 ? '#e8c04a' : '#9fb04c',
    );
  return markup;
}

/** A cyclamen flower: swept-back petals over a nodding mouth at (0, 20). */
export function cyclamen(canvas, colour) {
  const fill = petalFill(canvas, darker(colour, 0.3), lighter(colour, 0.3));
  const edge = `stroke="${darker(colour, 0.5)}" stroke-opacity=".35" stroke-width="1.6"`;
  const petal = (angle, grown) =>
    group(at(0, 16, angle, grown), shape('M0 8C-34-14-40-76-8-104Q0-110 8-102C38-72 30-14 0 8Z', fill, edge));
  return (
    petal(-62, 0.85) +
    petal(62, 0.85) +
    petal(-30, 0.98) +
    petal(32, 0.98) +
    petal(2, 1) +
    `<ellipse cx="0" cy="20" rx="17" ry="9" fill="${darker(colour, 0.45)}"/>`
  );
}

/** A boll of cotton in its dry bracts. */
export function cotton(canvas, colour) {
  const bract = ring(canvas, 5, 20, () => pointed(22, 96), petalFill(canvas, '#5d4330', '#a37c56'), '#3a2a1d');
  const puff = [
    [-30, -26],
    [30, -28],
    [-32, 26],
    [30, 28],
    [0, 2],
  ]
    .map(([x, y]) =>
      disc(
        x,
        y,
        43,
        canvas.gradient('radial', [
          [0, '#ffffff'],
          [0.6, lighter(colour, 0.6)],
          [1, mix(colour, '#b8ab98', 0.5)],
        ]),
      ),
    )
    .join('');
  return bract + puff + line('M-34 0Q0-12 34 2M2-40Q-8 0 2 40', '#b9ab96', 2, 'stroke-opacity=".55"');
}
