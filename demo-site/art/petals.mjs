// SPDX-License-Identifier: Apache-2.0
// Petals, which flowers are made of: their outlines, w to each side and l long, growing upwards from (0, 0); rings of
// them; and the gradient that fills one.

import { at, group, mix, path, shape } from './paint.mjs';

export const round = (w, l) =>
  path`M0 8C${-w * 0.7} ${-l * 0.1} ${-w * 1.25} ${-l * 0.98} 0 ${-l}C${w * 1.25} ${-l * 0.98} ${w * 0.7} ${-l * 0.1} 0 8Z`;
export const pointed = (w, l) =>
  path`M0 6C${-w * 1.1} ${-l * 0.3} ${-w * 0.8} ${-l * 0.8} 0 ${-l}C${w * 0.8} ${-l * 0.8} ${w * 1.1} ${-l * 0.3} 0 6Z`;
export const notched = (w, l) =>
  path`M0 6C${-w * 0.9} ${-l * 0.2} ${-w * 1.2} ${-l * 0.9} ${-w * 0.35} ${-l}Q0 ${-l * 0.88} ${w * 0.35} ${-l}C${w * 1.2} ${-l * 0.9} ${w * 0.9} ${-l * 0.2} 0 6Z`;

export function ruffled(random, w, l) {
  const edge = [];
  const teeth = 5;
  for (let tooth = 0; tooth <= teeth; tooth++) {
    const share = tooth / teeth;
    const x = -w + 2 * w * share;
    const y = -l + l * 0.26 * Math.pow(2 * share - 1, 2) + random.between(-l * 0.05, l * 0.05);
    edge.push([x, y]);
  }
  let d = path`M0 8C${-w * 0.5} ${-l * 0.1} ${-w * 1.15} ${-l * 0.35} ${edge[0][0]} ${edge[0][1]}`;
  for (let tooth = 1; tooth <= teeth; tooth++) {
    const [x, y] = edge[tooth];
    const [before, above] = edge[tooth - 1];
    d += path`Q${(x + before) / 2} ${Math.min(y, above) - l * 0.1} ${x} ${y}`;
  }
  return d + path`C${w * 1.15} ${-l * 0.35} ${w * 0.5} ${-l * 0.1} 0 8Z`;
}

/** A ring of petals; each a little turned and sized by chance, with a fine edge so that layers part. */
export function ring(canvas, count, turn, draw, fill, edge) {
  const petals = [];
  for (let index = 0; index < count; index++) {
    const angle = turn + (360 / count) * index + canvas.random.between(-5, 5);
    const grown = canvas.random.between(0.94, 1.06);
    petals.push(shape(draw(), fill, `transform="${at(0, 0, angle, grown).replace('translate(0 0)', '')}"`));
  }
  return group('', petals.join(''), `stroke="${edge}" stroke-opacity=".35" stroke-width="1.4"`);
}

export const petalFill = (canvas, heart, rim) =>
  canvas.gradient('linear', [
    [0, rim],
    [0.45, mix(rim, heart, 0.35)],
    [1, heart],
  ]);
