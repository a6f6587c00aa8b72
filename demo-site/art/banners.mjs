// SPDX-License-Identifier: Apache-2.0
// The larger pictures: the market stall of the home page and the three stories, which campaigns show as well. Every
// visitor of the home page loads all of them, so loading one tells the server nothing about who sees which campaign.

import { dome, fan } from './compose.mjs';
import { at, Canvas, darker, group, lighter, line, path, shape } from './paint.mjs';
import { drawInto } from './scenes.mjs';

function bucket(canvas, x, y, size, colour, leaves, flowers) {
  const outside = canvas.body;
  canvas.body = [];
  fan(canvas, leaves, { x: 400, y: 640, count: 9, spread: 52, reach: 430, flatten: 0.4 });
  const metal = canvas.gradient(
    'linear',
    [
      [0, darker(colour, 0.25)],
      [0.3, lighter(colour, 0.5)],
      [0.65, colour],
      [1, darker(colour, 0.35)],
    ],
    'x1="0" y1="0" x2="1" y2="0"',
  );
  canvas.add(
    shape('M250 620L286 900Q400 926 514 900L550 620Z', metal),
    `<ellipse cx="400" cy="620" rx="150" ry="26" fill="${darker(colour, 0.5)}"/>`,
    line('M262 706Q400 732 538 706M268 740Q400 766 532 740', darker(colour, 0.35), 4, 'stroke-opacity=".4"'),
  );
  dome(canvas, flowers, { x: 400, y: 500, rx: 156, ry: 142 });
  outside.push(group(at(x - 400 * size, y - 900 * size, 0, size), canvas.body.join('')));
  canvas.body = outside;
}

function awning(canvas, width) {
  const stripes = 12;
  const step = width / stripes;
  for (let stripe = 0; stripe < stripes; stripe++) {
    const tone = stripe % 2 ? '#f7efe2' : '#b5515f';
    const x = stripe * step;
    canvas.add(
      shape(
        path`M${x} 0L${x + step} 0L${x + step} 108A${step / 2} 34 0 0 1 ${x} 108Z`,
        canvas.gradient('linear', [
          [0, darker(tone, 0.22)],
          [0.8, tone],
          [1, lighter(tone, 0.1)],
        ]),
      ),
    );
  }
}

/** The stall: 1200 by 900, an awning, a shelf, seven buckets. */
export function drawMarket() {
  const canvas = new Canvas(1200, 900, 'market');
  const glow = canvas.gradient('radial', [
    [0, '#fff3dd', 0.95],
    [1, '#fff3dd', 0],
  ]);
  canvas.add(
    `<rect width="1200" height="900" fill="${canvas.gradient('linear', [
      [0, '#e9d6c6'],
      [1, '#d9b9a6'],
    ])}"/>`,
  );
  canvas.add(`<ellipse cx="600" cy="420" rx="620" ry="400" fill="${glow}"/>`);
  for (const x of [18, 1162])
    canvas.add(
      `<rect x="${x}" y="60" width="20" height="840" fill="${canvas.gradient('linear', [
        [0, '#6b4632'],
        [1, '#8a5d43'],
      ])}"/>`,
    );
  const green = [
    ['ruscus', '#5c8060'],
    ['eucalyptus', '#86a698'],
  ];
  bucket(
    canvas,
    250,
    560,
    0.6,
    '#8f9a9c',
    [
      ['delphinium', '#6d8ccc'],
      ['ruscus', '#6d9478'],
    ],
    [
      ['hydrangea', '#89a4e0', 84, 4],
      ['anemone', '#e4e9f8', 52, 4],
    ],
  );
  bucket(
    canvas,
    600,
    540,
    0.64,
    '#a98a62',
    [
      ['mimosa', '#efc63f'],
      ['fern', '#6f9458'],
    ],
    [
      ['daisy', '#ffffff', 64, 6],
      ['ranunculus', '#f4cd5d', 50, 5],
      ['mum', '#f7e7a6', 42, 4],
    ],
  );
  bucket(
    canvas,
    950,
    560,
    0.6,
    '#8f9a9c',
    [
      ['lavender', '#7a68b4'],
      ['eucalyptus', '#8fa9a6'],
    ],
    [
      ['anemone', '#8d6cc0', 70, 5],
      ['rose', '#c5a8d8', 56, 5],
    ],
  );
  canvas.add(
    `<rect x="0" y="548" width="1200" height="34" fill="#8a5d43"/><rect x="0" y="548" width="1200" height="7" fill="#b98763"/><rect x="0" y="582" width="1200" height="318" fill="${canvas.gradient(
      'linear',
      [
        [0, '#5d3d2d'],
        [0.3, '#7a5240'],
      ],
    )}"/>`,
  );
  bucket(canvas, 150, 880, 0.68, '#c9c2b4', green, [
    ['rose', '#e38f96', 74, 6],
    ['rose', '#eeb08f', 60, 5],
    ['ranunculus', '#f4cfc0', 44, 4],
  ]);
  bucket(
    canvas,
    450,
    892,
    0.72,
    '#7f8c86',
    [
      ['ruscus', '#46694f'],
      ['berries', '#b8323a'],
    ],
    [
      ['dahlia', '#a81f38', 82, 5],
      ['dahlia', '#c8384a', 62, 4],
      ['ranunculus', '#e2868a', 44, 3],
    ],
  );
  bucket(canvas, 760, 892, 0.72, '#c9c2b4', green, [
    ['peony', '#e58fae', 86, 4],
    ['peony', '#f6d0d8', 70, 4],
    ['ranunculus', '#faeae4', 44, 5],
  ]);
  bucket(
    canvas,
    1056,
    880,
    0.68,
    '#8f9a9c',
    [
      ['fern', '#7a9a55'],
      ['ruscus', '#6f9460'],
    ],
    [
      ['gerbera', '#ef8a3c', 76, 4],
      ['gerbera', '#f5b940', 64, 4],
      ['carnation', '#f39a7c', 50, 4],
    ],
  );
  awning(canvas, 1200);
  return canvas.toString();
}

const backdrop = (canvas, top, bottom) =>
  canvas.add(
    `<rect width="900" height="600" fill="${canvas.gradient('linear', [
      [0, top],
      [1, bottom],
    ])}"/>`,
  );

/** Three bouquets side by side, for someone who is choosing. */
function choosing(canvas, find) {
  backdrop(canvas, '#f1e2d6', '#e2c6b6');
  canvas.add(`<circle cx="450" cy="300" r="270" fill="#fbf3e8" fill-opacity=".75"/>`);
  drawInto(canvas, find('yuzuki'), at(26, 78, -7, 0.5));
  drawInto(canvas, find('hidamari'), at(474, 28, 7, 0.5));
  drawInto(canvas, find('otome'), at(208, 18, 0, 0.6));
}

/** A bouquet and a box of roses on a cloth, for a birthday. */
function birthday(canvas, find) {
  backdrop(canvas, '#e6dcec', '#cdb8d2');
  canvas.add(
    `<circle cx="450" cy="260" r="240" fill="#fdf6f4" fill-opacity=".7"/>`,
    shape('M0 500Q450 440 900 500L900 600L0 600Z', '#f6e7e2'),
  );
  const tones = ['#d98ca2', '#c9a24a', '#8fa9d8', '#f4f1ea', '#b5515f'];
  for (let scrap = 0; scrap < 46; scrap++) {
    const turn = canvas.random.between(0, 360);
    const place = at(canvas.random.between(20, 880), canvas.random.between(10, 380), turn);
    canvas.add(
      `<rect x="-6" y="-3" width="12" height="6" rx="2" fill="${tones[scrap % 5]}" fill-opacity=".8" transform="${place}"/>`,
    );
  }
  drawInto(canvas, find('akebono'), at(70, 8, -12, 0.58));
  drawInto(canvas, find('shikinohako'), at(420, 66, 0, 0.54));
}

/** An umbrella over a bouquet, in wind and rain. */
function shelter(canvas, find) {
  backdrop(canvas, '#8796aa', '#b3bcc6');
  let rain = '';
  for (let drop = 0; drop < 120; drop++) {
    const x = canvas.random.between(-40, 920);
    const y = canvas.random.between(-20, 560);
    rain += path`M${x} ${y}l-16 42`;
  }
  canvas.add(line(rain, '#eef3f8', 2.4, 'stroke-opacity=".5"'));
  canvas.add(
    line(
      'M40 120Q180 70 300 120T520 96M560 60Q700 20 860 70M20 430Q90 400 170 430',
      '#eef3f8',
      4,
      'stroke-opacity=".45"',
    ),
  );
  canvas.add(
    shape('M0 548Q450 500 900 548L900 600L0 600Z', '#75859a'),
    `<ellipse cx="470" cy="560" rx="240" ry="20" fill="#5f6f86" fill-opacity=".6"/>`,
  );
  drawInto(canvas, find('akebono'), at(270, 160, -3, 0.45));
  canvas.add(
    group(
      at(470, 250, 12),
      line('M0-180L0 200C0 250-56 250-56 206', '#5d4030', 9) +
        [-300, -180, -60, 60, 180]
          .map((x, index) =>
            shape(
              path`M0 -190Q${x * 0.9} -170 ${x} 20Q${x + 60} -16 ${x + 120} 20Q${(x + 120) * 0.9} -170 0 -190Z`,
              index % 2 ? '#c8606c' : '#b04858',
            ),
          )
          .join('') +
        shape('M-7-190L0-216L7-190Z', '#5d4030'),
    ),
  );
}

const stories = { choosing, birthday, shelter };
export const storyNames = Object.keys(stories);

/** A story's picture, 900 by 600. */
export function drawStory(name, catalog) {
  const canvas = new Canvas(900, 600, name);
  stories[name](canvas, (id) => catalog.find((product) => product.id === id));
  return canvas.toString();
}
