// SPDX-License-Identifier: Apache-2.0
// One function for each kind of product: an `art` entry of catalog.json becomes a picture of 800 by 1000.

import { dome, fan, stamp } from './compose.mjs';
import { leaf } from './foliage.mjs';
import { at, Canvas, darker, disc, group, lighter, line, mix, path, shape } from './paint.mjs';
import * as vessels from './vessels.mjs';

function bouquet(canvas, art) {
  vessels.paperBehind(canvas, art.paper);
  fan(canvas, art.leaves, { x: 400, y: 690, count: 11, spread: 52, reach: 560 });
  if (art.mist) fan(canvas, art.mist, { x: 400, y: 660, count: 7, spread: 44, reach: 560 });
  dome(canvas, art.flowers, { x: 400, y: 385, rx: 226, ry: 196 });
  vessels.paperFront(canvas, art.paper, art.ribbon);
}

function arrangement(canvas, art) {
  if (art.vessel === 'basket') vessels.basketHandle(canvas, art.colour);
  const mouth = { basket: 640, box: 632, moon: 600, tall: 570, lacquer: 656 }[art.vessel];
  const tall = art.vessel === 'tall';
  const wide = art.vessel === 'moon' ? 190 : tall ? 214 : 214;
  if (art.vessel === 'box') art.finish = vessels.box(canvas, art.colour, art.ribbon);
  fan(canvas, art.leaves, {
    x: 400,
    y: mouth,
    count: 11,
    spread: art.vessel === 'box' ? 66 : 74,
    reach: art.vessel === 'box' ? 370 : 470,
    flatten: 0.4,
  });
  if (art.mist)
    fan(canvas, art.mist, { x: 400, y: mouth, count: 7, spread: 58, reach: tall ? 500 : 440, flatten: 0.36 });
  if (art.vessel === 'basket') vessels.basket(canvas, art.colour);
  if (art.vessel === 'moon') vessels.moonVase(canvas, art.colour);
  if (art.vessel === 'tall') vessels.tallVase(canvas, art.colour);
  if (art.vessel === 'lacquer') vessels.lacquer(canvas, art.colour);
  const high = { basket: 168, box: 138, moon: 150, tall: 196, lacquer: 150 }[art.vessel];
  dome(canvas, art.flowers, { x: 400, y: mouth - high * 0.86, rx: wide, ry: high });
  art.finish?.();
  if (art.vessel === 'lacquer') vessels.cords(canvas, 400, 756);
}

function orchidPlant(canvas, art) {
  vessels.pot(canvas, art.pot, 0.92);
  for (const [turn, x] of [
    [-62, 392],
    [58, 408],
    [-26, 396],
    [24, 404],
  ])
    canvas.add(group(at(x, 700, turn), group('', leaf('#47704f', 42, 236))));
  const arcs = [
    [[396, 700], [372, 420], [300, 130], [104, 400], -1],
    [[404, 700], [430, 360], [520, 20], [704, 330], 1],
  ];
  for (const [start, first, second, end, side] of arcs) {
    canvas.add(
      line(
        path`M${start[0]} ${start[1]}C${first[0]} ${first[1]} ${second[0]} ${second[1]} ${end[0]} ${end[1]}`,
        '#6f8a4e',
        8,
      ),
    );
    for (let bloom = 6; bloom >= 0; bloom--) {
      const share = 0.42 + bloom * 0.094;
      const rest = 1 - share;
      const along = (axis) =>
        rest ** 3 * start[axis] +
        3 * rest ** 2 * share * first[axis] +
        3 * rest * share ** 2 * second[axis] +
        share ** 3 * end[axis];
      const size = 0.92 - bloom * 0.065;
      const [x, y] = [along(0), along(1) + 14 + (bloom % 2) * 26];
      canvas.add(disc(x + 4, y + 10, 84 * size, '#2a1024', 'fill-opacity=".1"'));
      canvas.add(canvas.stamp(stamp(canvas, 'orchid', art.colour, bloom % 2), at(x, y, side * (6 + bloom * 5), size)));
    }
  }
}

function cyclamenPlant(canvas, art) {
  vessels.pot(canvas, art.pot);
  const random = canvas.random;
  const seats = [];
  for (let index = 0; index < 23; index++) {
    const angle = -90 + (index - 11) * 6.2 + random.between(-3, 3);
    const far =
      (index % 3 === 1 ? 220 : index % 3 === 2 ? 330 : 410) +
      60 * Math.cos(((angle + 90) / 180) * 3.14) +
      random.between(-20, 20);
    seats.push([
      400 + Math.cos((angle / 180) * 3.1416) * far * 0.84,
      690 + Math.sin((angle / 180) * 3.1416) * far,
      (index - 11) * 3,
    ]);
  }
  for (const [x, y] of seats)
    canvas.add(line(path`M400 690Q${400 + (x - 400) * 0.3} ${y + 60} ${x} ${y + 10}`, '#8a5560', 7));
  for (const [x, y, turn] of seats.sort((first, second) => first[1] - second[1]))
    canvas.add(
      canvas.stamp(
        stamp(canvas, 'cyclamen', art.colour, Math.round(x) % 3),
        at(x, y, turn, random.between(0.72, 0.84)),
      ),
    );
  for (let index = 0; index < 15; index++) {
    const x = 400 + ((index * 97) % 360) - 180;
    const y = 690 - ((index * 53) % 110) + Math.abs(x - 400) * 0.22 - 16;
    canvas.add(
      canvas.stamp(stamp(canvas, 'marbled', '#3f6b4c', 0), at(x, y, (x - 400) * 0.2, random.between(0.62, 0.82))),
    );
  }
}

function poinsettiaPlant(canvas, art) {
  vessels.pot(canvas, art.pot);
  for (let index = 0; index < 22; index++) {
    const angle = -172 + index * 7.8;
    const far = canvas.random.between(150, 300);
    const x = 400 + Math.cos((angle / 180) * 3.14) * far;
    const y = 610 + Math.sin((angle / 180) * 3.14) * far * 0.9;
    canvas.add(
      group(at(x, y, angle + 90), group('translate(0 70)', leaf(mix('#2f5b40', '#4e7d50', canvas.random()), 44, 160))),
    );
  }
  dome(
    canvas,
    [
      ['poinsettia', art.colour, 112, 5],
      ['poinsettia', darker(art.colour, 0.1), 92, 8],
    ],
    { x: 400, y: 440, rx: 200, ry: 190, tilt: 0.28, shade: 0.86 },
  );
}

function olivePlant(canvas, art) {
  vessels.pot(canvas, art.pot);
  canvas.add(
    line('M400 700C388 600 414 540 400 440', '#7a6450', 17),
    line('M402 560C430 500 470 470 484 420M398 520C370 470 330 450 318 404', '#7a6450', 9),
  );
  const random = canvas.random;
  for (const [x, y, turn, size] of [
    [400, 470, 0, 1.1],
    [400, 490, -32, 1.05],
    [402, 490, 34, 1.05],
    [400, 510, -66, 0.9],
    [402, 510, 68, 0.9],
    [484, 430, 14, 0.8],
    [318, 414, -14, 0.8],
    [398, 460, -16, 1.15],
    [402, 460, 18, 1.15],
  ]) {
    let spray = line('M0 0Q8-130 0-292', '#86735c', 4.6);
    for (let pair = 0; pair < 10; pair++) {
      for (const side of [-1, 1])
        spray += group(
          at(3, -44 - pair * 26, side * random.between(36, 62)),
          group('', leaf(random.pick(['#6f8b66', '#8aa583', '#5d7a58', '#a2b59a']), 11, 70)),
        );
      if (pair % 4 === 1)
        spray += `<ellipse cx="${14 - (pair % 3) * 12}" cy="${-30 - pair * 26}" rx="10" ry="13" fill="${pair % 2 ? '#4d4560' : '#7d8f4d'}"/>`;
    }
    canvas.add(group(at(x, y, turn, size), spray));
  }
}

function monsteraPlant(canvas, art) {
  vessels.pot(canvas, art.pot);
  for (const [x, y, turn, size, tone] of [
    [300, 400, -64, 0.72, '#2f6247'],
    [508, 400, 66, 0.74, '#34694c'],
    [334, 330, -36, 0.86, '#3d7a57'],
    [474, 330, 38, 0.86, '#2f6a4b'],
    [404, 300, 4, 0.98, '#478a61'],
    [296, 548, -84, 0.58, '#4a8a62'],
    [510, 548, 84, 0.58, '#3d7a57'],
  ]) {
    canvas.add(line(path`M400 700Q${400 + (x - 400) * 0.2} ${y + 130} ${x} ${y}`, '#5d8a5a', 9));
    canvas.add(canvas.stamp(stamp(canvas, 'monstera', tone, 0), at(x, y, turn, size)));
  }
}

function wreath(canvas, art) {
  const random = canvas.random;
  canvas.add(line('M400 60Q398 120 400 190', '#a07c52', 7));
  for (let ringAt = 0; ringAt < 3; ringAt++)
    canvas.add(
      `<circle cx="400" cy="500" r="${250 + ringAt * 12}" fill="none" stroke="${['#6d4c34', '#8a6547', '#5d402c'][ringAt]}" stroke-width="15"/>`,
    );
  for (let index = 0; index < 46; index++) {
    const angle = (index / 46) * 360;
    const radius = 262 + random.between(-26, 26);
    const x = 400 + Math.cos((angle / 180) * 3.14159) * radius;
    const y = 500 + Math.sin((angle / 180) * 3.14159) * radius;
    const [kind, colour] = art.leaves[index % art.leaves.length];
    canvas.add(
      canvas.stamp(stamp(canvas, kind, colour, index % 2), at(x, y, angle + 180 + random.between(-34, 34), 0.5)),
    );
  }
  const seats = [];
  for (const [kind, colour, size, count] of art.flowers)
    for (let index = 0; index < count; index++) seats.push([kind, colour, size, index % 3]);
  seats.forEach(([kind, colour, size, variant], index) => {
    const angle = 48 + index * (230 / seats.length) + random.between(-5, 5);
    const radius = 262 + ((index % 3) - 1) * 40;
    const x = 400 + Math.cos((angle / 180) * 3.14159) * radius;
    const y = 500 + Math.sin((angle / 180) * 3.14159) * radius;
    canvas.add(
      disc(x + 3, y + 8, size * 1.05, '#2a1024', 'fill-opacity=".16"'),
      canvas.stamp(stamp(canvas, kind, colour, variant), at(x, y, random.between(0, 360), size / 100)),
    );
  });
  vessels.bow(canvas, 400, 236, art.ribbon, 0.95);
}

function swag(canvas, art) {
  canvas.add(line('M400 40Q396 120 400 214', '#a07c52', 6));
  const down = new Canvas(800, 1000, 'swag');
  down.random = canvas.random;
  down.definitions = canvas.definitions;
  fan(down, art.leaves, { x: 400, y: 260, count: 11, spread: 34, reach: 590 });
  if (art.mist) fan(down, art.mist, { x: 400, y: 270, count: 9, spread: 30, reach: 560 });
  canvas.add(group('matrix(1 0 0 -1 0 520)', down.body.join('')));
  dome(canvas, art.flowers, { x: 400, y: 520, rx: 150, ry: 176 });
  for (const turn of [-24, -12, 0, 12, 24]) canvas.add(line(path`M400 270L${400 + turn * 2.6} 156`, '#8b7a52', 8));
  vessels.bow(canvas, 400, 262, art.ribbon, 1.05);
}

function glassGarden(canvas, art) {
  vessels.woodBase(canvas);
  fan(canvas, art.leaves, { x: 400, y: 850, count: 9, spread: 25, reach: 460, flatten: 0.6 });
  if (art.mist) fan(canvas, art.mist, { x: 400, y: 790, count: 3, spread: 9, reach: 430 });
  dome(canvas, art.flowers, { x: 400, y: 640, rx: 112, ry: 176 });
  for (let petal = 0; petal < 7; petal++)
    canvas.add(
      group(
        at(250 + petal * 50, 850 + ((petal * 37) % 14), petal * 51),
        shape('M0 0C-16-8-16-26 0-30C16-26 16-8 0 0Z', lighter(art.flowers[0][1], 0.2)),
      ),
    );
  vessels.glassDome(canvas);
}

function jar(canvas, art) {
  for (const turn of [-9, -4, 1, 6, 10])
    canvas.add(line(path`M${400 + turn * 3} 560L${400 - turn * 5} 916`, '#9a7b55', 6));
  fan(canvas, art.leaves, { x: 400, y: 600, count: 7, spread: 38, reach: 480 });
  if (art.mist) fan(canvas, art.mist, { x: 400, y: 600, count: 5, spread: 40, reach: 400 });
  dome(canvas, art.flowers, { x: 400, y: 350, rx: 188, ry: 164 });
  vessels.bottle(canvas);
}

const scenes = {
  bouquet,
  arrangement,
  orchidPlant,
  cyclamenPlant,
  poinsettiaPlant,
  olivePlant,
  monsteraPlant,
  wreath,
  swag,
  glassGarden,
  jar,
};

// Scale and shift that centre a scene in its frame and leave air around it.
const frames = {
  bouquet: [0.88, 48, 62],
  arrangement: [1, 0, -18],
  cyclamenPlant: [0.9, 40, 76],
  orchidPlant: [1.02, -8, -40],
  poinsettiaPlant: [1.04, -16, -50],
  swag: [0.92, 32, 50],
  wreath: [1.02, -8, 0],
};

/** Draws `product` into another picture, placed by `transform`. */
export function drawInto(canvas, product, transform) {
  const outside = canvas.body;
  canvas.body = [];
  scenes[product.art.scene](canvas, { ...product.art });
  outside.push(group(transform, canvas.body.join('')));
  canvas.body = outside;
}

/** The picture of a product of catalog.json as SVG text. */
export function drawProduct(product) {
  const canvas = new Canvas(800, 1000, product.id);
  scenes[product.art.scene](canvas, { ...product.art });
  const [scale, x, y] = frames[product.art.scene] ?? [1, 0, 0];
  canvas.body = [group(at(x, y, 0, scale), canvas.body.join(''))];
  return canvas.toString();
}
