// SPDX-License-Identifier: Apache-2.0
// Leaves, sprays and fillers. Each grows upwards from (0, 0) and is about 300 high unless it says otherwise.

import { at, darker, disc, group, lighter, line, mix, path, shape } from './paint.mjs';

const leafShape = (w, l) =>
  path`M0 0C${-w} ${-l * 0.25} ${-w * 0.9} ${-l * 0.75} 0 ${-l}C${w * 0.9} ${-l * 0.75} ${w} ${-l * 0.25} 0 0Z`;

/** One leaf of two halves, one in the light. */
export function leaf(colour, w, l) {
  return (
    shape(leafShape(w, l), colour) +
    shape(path`M0 0C${w} ${-l * 0.25} ${w * 0.9} ${-l * 0.75} 0 ${-l}Z`, lighter(colour, 0.16)) +
    line(path`M0 0L0 ${-l * 0.9}`, darker(colour, 0.2), 1.6, 'stroke-opacity=".5"')
  );
}

/** Leaves in pairs along a stem that bends a little: ruscus, salal. */
export function ruscus(canvas, colour) {
  let markup = line('M0 0Q14-150 0-292', darker(colour, 0.3), 4);
  for (let pair = 0; pair < 6; pair++) {
    const y = -62 - pair * 41;
    const x = 9 * Math.sin((-y / 300) * 3.14);
    const size = 1 - pair * 0.075;
    const tone = mix(colour, darker(colour, 0.25), canvas.random());
    for (const side of [-1, 1])
      markup += group(at(x, y, side * canvas.random.between(42, 58), size), leaf(tone, 23, 92));
  }
  return markup + group(at(0, -286, 4, 0.62), leaf(lighter(colour, 0.1), 23, 90));
}

/** Round silver leaves: eucalyptus. */
export function eucalyptus(canvas, colour) {
  let markup = line('M0 0Q-18-150 6-296', mix(colour, '#8a6a4a', 0.5), 3.4);
  for (let pair = 0; pair < 7; pair++) {
    const y = -54 - pair * 36;
    const x = -11 * Math.sin((-y / 300) * 3.14);
    const size = 33 - pair * 2.7;
    for (const side of [-1, 1]) {
      const tone = mix(colour, canvas.random.pick(['#dfe8df', '#4f7364', '#9fb9ad']), 0.24);
      const cx = x + side * size * 0.86;
      const turned = path`rotate(${side * -24} ${cx} ${y - 6})`;
      markup += `<ellipse cx="${cx.toFixed(1)}" cy="${y - 6}" rx="${size.toFixed(1)}" ry="${(size * 0.86).toFixed(1)}" fill="${tone}" transform="${turned}"/>`;
      markup += line(
        path`M${x} ${y}L${cx + side * size * 0.6} ${y - 12}`,
        darker(tone, 0.2),
        1.4,
        'stroke-opacity=".55"',
      );
    }
  }
  return markup + disc(6, -300, 12, lighter(colour, 0.25));
}

export function fern(canvas, colour) {
  let markup = line('M0 0Q20-160-6-310', darker(colour, 0.3), 3);
  for (let pair = 0; pair < 15; pair++) {
    const y = -44 - pair * 17.5;
    const x = 11 * Math.sin((-y / 310) * 3.14) - pair * 0.3;
    const length = 76 * Math.sin(((pair + 3) / 18) * 3.14) + 8;
    for (const side of [-1, 1])
      markup += group(at(x, y, side * 62), shape(leafShape(7.5, length), pair % 2 ? colour : lighter(colour, 0.12)));
  }
  return markup;
}

/** A cloud of tiny flowers on threads: baby's breath, statice, wax flower. */
export function mist(canvas, colour) {
  const random = canvas.random;
  let stems = '';
  let dots = '';
  for (let thread = 0; thread < 26; thread++) {
    const x = random.between(-92, 92);
    const y = -190 - random.between(0, 120) + Math.abs(x) * 0.35;
    stems += path`M0 0Q${x * 0.25} ${y * 0.6} ${x} ${y}`;
    for (let bloom = 0; bloom < 3; bloom++) {
      const bx = x + random.between(-16, 16);
      const by = y + random.between(-16, 16);
      dots += disc(bx, by, random.between(5, 8.5), mix(colour, '#ffffff', random.between(0, 0.5)));
      dots += disc(bx, by, 2, darker(colour, 0.3), 'fill-opacity=".6"');
    }
  }
  return line(stems, '#8fa27c', 1.5, 'stroke-opacity=".75"') + dots;
}

/** A spike of small blossoms: lavender, delphinium, stock. `fat` widens it. */
export function spike(canvas, colour, fat = 1) {
  const random = canvas.random;
  let markup = line('M0 0Q6-160 0-300', '#6f8a5c', 4);
  for (let row = 0; row < 17; row++) {
    const y = -128 - row * 11.2;
    const reach = (26 - row * 1.15) * fat;
    for (const x of [-reach, reach, 0]) {
      const tone = mix(colour, random.pick(['#ffffff', '#1d1d4d', colour]), random.between(0.05, 0.26));
      const petal = path`M0 7C${-11 * fat} 3 ${-9 * fat} -12 0 -13C${9 * fat} -12 ${11 * fat} 3 0 7Z`;
      markup += group(at(x + random.between(-3, 3), y + random.between(-4, 4), x * 1.6), shape(petal, tone));
    }
  }
  return markup;
}

export const lavender = (canvas, colour) => spike(canvas, colour, 0.62);
export const delphinium = (canvas, colour) => spike(canvas, colour, 1.35);

/** Mimosa: small suns on feathered stems. */
export function mimosa(canvas, colour) {
  const random = canvas.random;
  let markup = line('M0 0Q-12-150 4-290', '#7d8f5a', 3.4);
  for (let row = 0; row < 9; row++) {
    const y = -70 - row * 25;
    for (const side of [-1, 1]) {
      markup += group(at(0, y, side * 58), shape(leafShape(5, 60), '#8fa569'));
      for (let ball = 0; ball < 4; ball++) {
        const x = side * (12 + ball * 14) * (1 - row * 0.06);
        const up = y - 12 - ball * 7 + random.between(-6, 6);
        markup +=
          disc(x, up, random.between(9, 12), darker(colour, 0.1)) + disc(x - 2, up - 2, 7, lighter(colour, 0.2));
      }
    }
  }
  return markup;
}

/** A hare's-tail or pampas plume; `colour` is the straw. */
export function plume(canvas, colour) {
  const random = canvas.random;
  let markup = line('M0 0Q10-150-4-300', darker(colour, 0.25), 3);
  for (let hair = 0; hair < 90; hair++) {
    const share = hair / 90;
    const y = -130 - share * 180;
    const reach = 46 * Math.sin((share * 0.86 + 0.14) * 3.14) + 6;
    const side = hair % 2 ? 1 : -1;
    const tone = mix(colour, random.pick(['#fff6e4', '#a88758', colour]), 0.35);
    markup += line(
      path`M0 ${y}Q${side * reach * 0.5} ${y - 6} ${side * random.between(reach * 0.7, reach)} ${y - random.between(22, 40)}`,
      tone,
      3.2,
      'stroke-opacity=".85"',
    );
  }
  return markup;
}

/** Red berries on a twig. */
export function berries(canvas, colour) {
  const random = canvas.random;
  let markup = line('M0 0Q-14-140 8-284M-2-120Q-40-170-46-220M2-160Q40-200 50-250', '#6a4a35', 4);
  const seats = [
    [8, -284],
    [-46, -220],
    [50, -250],
    [-8, -210],
    [-30, -180],
    [34, -214],
    [4, -246],
    [-4, -150],
    [22, -180],
  ];
  for (const [x, y] of seats) {
    const r = random.between(12, 16);
    markup +=
      disc(x, y, r, colour) +
      disc(x - r * 0.3, y - r * 0.3, r * 0.3, lighter(colour, 0.65)) +
      disc(x, y + r * 0.75, 2, darker(colour, 0.6));
  }
  return markup;
}

/** Pine needles in fans, for the new year. */
export function pine(canvas, colour) {
  let markup = line('M0 0Q-10-140 6-250', '#5f4630', 7);
  for (const [x, y, turn] of [
    [0, -130, -58],
    [-2, -170, 52],
    [0, -205, -34],
    [4, -232, 30],
    [6, -250, 0],
  ]) {
    let needles = '';
    for (let needle = -7; needle <= 7; needle++) {
      needles += group(at(0, 0, needle * 8.5), line('M0 0Q2-50 0-96', needle % 2 ? colour : lighter(colour, 0.2), 3.4));
    }
    markup += group(at(x, y, turn), needles + disc(0, 0, 7, '#7a5a3a'));
  }
  return markup;
}

/** Long arching blades. */
export function blade(canvas, colour) {
  return (
    shape('M-9 0C-16-120-6-230 34-310C6-220 12-110 9 0Z', colour) +
    shape('M0 0C0-120 8-220 34-310C6-220 12-110 9 0Z', lighter(colour, 0.2))
  );
}

/** A split leaf of the monstera, standing on its stalk end (0, 0). */
export function monstera(canvas, colour) {
  const half = (side, tone) => {
    const x = (value) => value * side;
    const cuts = path`M0 -6C${x(40)} 34 ${x(112)} 10 ${x(118)} -40L${x(52)} -62L${x(126)} -66C${x(128)} -92 ${x(122)} -108 ${x(116)} -122L${x(50)} -112L${x(106)} -144C${x(98)} -166 ${x(86)} -182 ${x(74)} -194L${x(38)} -160L${x(58)} -210C${x(40)} -226 ${x(18)} -240 0 -256Z`;
    return shape(cuts, tone);
  };
  const veins = [-60, -112, -160].map((y) => `M0 ${y + 20}L80 ${y - 10}M0 ${y + 20}L-80 ${y - 10}`).join('');
  return (
    half(-1, darker(colour, 0.12)) +
    half(1, lighter(colour, 0.1)) +
    line('M0 0L0-250', lighter(colour, 0.35), 3.4) +
    line(veins, lighter(colour, 0.3), 1.6, 'stroke-opacity=".5"')
  );
}

/** A cyclamen's marbled heart-shaped leaf, centred. */
export function marbled(canvas, colour) {
  return (
    shape('M0-30C-34-86-104-58-98 6C-92 62-30 82 0 92C30 82 92 62 98 6C104-58 34-86 0-30Z', colour) +
    shape('M0-8C-24-44-70-34-66 6C-62 40-22 56 0 64C22 56 62 40 66 6C70-34 24-44 0-8Z', mix(colour, '#cfdcc8', 0.5)) +
    shape('M0 4C-14-18-40-14-38 8C-36 28-12 38 0 44C12 38 36 28 38 8C40-14 14-18 0 4Z', darker(colour, 0.12)) +
    line('M0-20L0 84', lighter(colour, 0.35), 2, 'stroke-opacity=".6"')
  );
}
