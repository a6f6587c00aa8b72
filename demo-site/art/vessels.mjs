// SPDX-License-Identifier: Apache-2.0
// What holds the flowers: wrapping paper, ribbon, baskets, boxes, vases, pots.

import { darker, disc, group, at, lighter, line, mix, path, shape } from './paint.mjs';

const floor = (canvas, x, y, rx, ry) =>
  `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${canvas.gradient('radial', [
    [0, '#2a1024', 0.36],
    [1, '#2a1024', 0],
  ])}"/>`;

/** The sheets behind a hand-tied bouquet, a fan with soft corners. */
export function paperBehind(canvas, colour) {
  const back = canvas.gradient('linear', [
    [0, lighter(colour, 0.5)],
    [1, darker(colour, 0.12)],
  ]);
  const edge = `stroke="${darker(colour, 0.3)}" stroke-opacity=".28" stroke-width="2" stroke-linejoin="round"`;
  canvas.add(
    shape(
      'M400 770C300 690 160 560 96 352Q92 330 114 322L246 250Q400 190 552 250L688 322Q708 330 704 352C640 560 500 690 400 770Z',
      back,
      edge,
    ),
    shape('M400 770C330 690 190 520 150 300Q148 282 166 276L330 232L400 300Z', lighter(colour, 0.34), edge),
    shape('M400 770C470 690 610 520 650 300Q652 282 634 276L470 232L400 300Z', lighter(colour, 0.22), edge),
  );
}

/** The two front folds, the tail and the bow. */
export function paperFront(canvas, colour, ribbon) {
  const left = canvas.gradient('linear', [
    [0, lighter(colour, 0.46)],
    [1, darker(colour, 0.05)],
  ]);
  const right = canvas.gradient('linear', [
    [0, lighter(colour, 0.24)],
    [1, darker(colour, 0.13)],
  ]);
  const edge = `stroke="${darker(colour, 0.35)}" stroke-opacity=".3" stroke-width="2" stroke-linejoin="round"`;
  canvas.add(
    shape('M372 770L316 934Q312 948 326 950Q400 966 474 950Q488 948 484 934L428 770Z', right, edge),
    line('M388 786L360 940M400 786L402 952M412 786L446 940', darker(colour, 0.4), 2, 'stroke-opacity=".22"'),
    shape('M424 776C470 700 640 560 694 392Q700 374 684 386C610 470 500 560 372 600Q366 690 424 776Z', right, edge),
    shape('M378 776C330 700 158 560 106 392Q100 374 116 386C190 470 320 566 474 610Q470 690 378 776Z', left, edge),
    line(
      'M372 764C330 690 220 560 150 452M384 760C370 700 330 640 262 560',
      darker(colour, 0.4),
      2,
      'stroke-opacity=".2"',
    ),
    line('M432 756C480 690 580 580 652 462', darker(colour, 0.4), 2, 'stroke-opacity=".18"'),
  );
  bow(canvas, 400, 772, ribbon, 1);
}

export function bow(canvas, x, y, colour, scale) {
  const loop = canvas.gradient('linear', [
    [0, lighter(colour, 0.3)],
    [1, darker(colour, 0.18)],
  ]);
  const edge = `stroke="${darker(colour, 0.5)}" stroke-opacity=".4" stroke-width="1.6"`;
  const dark = darker(colour, 0.32);
  const wing = (side) =>
    shape(`M0 0C${side * 26}-58 ${side * 104}-74 ${side * 112}-30C${side * 116} 12 ${side * 44} 18 0 0Z`, loop, edge) +
    shape(
      `M${side * 12}-4C${side * 36}-40 ${side * 84}-52 ${side * 92}-28C${side * 90} -6 ${side * 40} 4 ${side * 12}-4Z`,
      dark,
      'fill-opacity=".55"',
    );
  const tail = (side, reach) =>
    shape(
      `M${side * 4} 2C${side * 26} 40 ${side * 26} 90 ${side * reach} 142L${side * (reach + 18)} 118L${side * (reach + 38)} 128C${side * 56} 82 ${side * 40} 30 ${side * 12}-4Z`,
      loop,
      edge,
    );
  const band = shape('M-34-14Q0-4 34-14L34 14Q0 24-34 14Z', loop, edge);
  canvas.add(
    group(
      at(x, y, 0, scale),
      band +
        tail(-1, 40) +
        tail(1, 26) +
        wing(-1) +
        wing(1) +
        shape('M-17-17Q0-24 17-17Q22 0 17 18Q0 25-17 18Q-22 0-17-17Z', loop, edge),
    ),
  );
}

/** A woven basket whose rim is at y = 640. */
export function basket(canvas, colour) {
  canvas.add(floor(canvas, 400, 906, 250, 30));
  const body = canvas.gradient('linear', [
    [0, lighter(colour, 0.16)],
    [1, darker(colour, 0.26)],
  ]);
  canvas.add(shape('M192 640L232 876Q236 904 266 906L534 906Q564 904 568 876L608 640Z', body));
  for (let row = 0; row < 8; row++) {
    const y = 662 + row * 31;
    const inset = row * 5.2;
    for (let column = 0; column < 12; column++) {
      const width = (416 - 2 * inset) / 12;
      const x = 192 + inset + column * width;
      if ((row + column) % 2)
        canvas.add(
          `<rect x="${x.toFixed(1)}" y="${y - 13}" width="${width.toFixed(1)}" height="26" rx="12" fill="${(row * 7 + column) % 3 ? lighter(colour, 0.2) : lighter(colour, 0.32)}" stroke="${darker(colour, 0.35)}" stroke-opacity=".45" stroke-width="1.5"/>`,
        );
    }
  }
  canvas.add(
    `<rect x="176" y="622" width="448" height="36" rx="18" fill="${canvas.gradient('linear', [
      [0, lighter(colour, 0.34)],
      [1, darker(colour, 0.1)],
    ])}"/>`,
  );
  for (let strand = 0; strand < 22; strand++)
    canvas.add(
      line(
        path`M${190 + strand * 19.6} 654Q${202 + strand * 19.6} 640 ${206 + strand * 19.6} 626`,
        darker(colour, 0.3),
        2,
        'stroke-opacity=".5"',
      ),
    );
}

/** The handle of a basket, behind the flowers. */
export function basketHandle(canvas, colour) {
  canvas.add(
    line('M206 640C206 60 594 60 594 640', darker(colour, 0.12), 17),
    line('M206 640C206 60 594 60 594 640', lighter(colour, 0.26), 6, 'stroke-dasharray="16 12"'),
  );
}

/** A round gift box with its rim at y = 620 and a ribbon around it. */
export function box(canvas, colour, ribbon) {
  canvas.add(floor(canvas, 400, 900, 270, 32));
  const side = canvas.gradient(
    'linear',
    [
      [0, darker(colour, 0.16)],
      [0.22, lighter(colour, 0.2)],
      [0.6, colour],
      [1, darker(colour, 0.3)],
    ],
    'x1="0" y1="0" x2="1" y2="0"',
  );
  const band = canvas.gradient(
    'linear',
    [
      [0, darker(ribbon, 0.2)],
      [0.25, lighter(ribbon, 0.3)],
      [1, darker(ribbon, 0.3)],
    ],
    'x1="0" y1="0" x2="1" y2="0"',
  );
  canvas.add(
    shape('M166 630L166 842C166 888 270 912 400 912C530 912 634 888 634 842L634 630Z', side),
    shape(
      'M166 742C166 786 270 808 400 808C530 808 634 786 634 742L634 778C634 824 530 846 400 846C270 846 166 824 166 778Z',
      band,
    ),
    `<ellipse cx="400" cy="630" rx="234" ry="58" fill="${darker(colour, 0.42)}"/>`,
  );
  return () => {
    canvas.add(
      shape(
        'M166 630C166 680 270 702 400 702C530 702 634 680 634 630L634 652C634 702 530 724 400 724C270 724 166 702 166 652Z',
        lighter(colour, 0.24),
        'fill-opacity=".9"',
      ),
    );
    bow(canvas, 400, 822, ribbon, 0.8);
  };
}

/** A moon-shaped vase with its mouth at y = 610. */
export function moonVase(canvas, colour) {
  canvas.add(floor(canvas, 400, 908, 210, 28));
  const glaze = canvas.gradient(
    'radial',
    [
      [0, lighter(colour, 0.55)],
      [0.55, colour],
      [1, darker(colour, 0.36)],
    ],
    'cx=".36" cy=".3" r=".8"',
  );
  canvas.add(
    disc(400, 760, 152, glaze),
    shape('M350 622Q356 596 338 586L462 586Q444 596 450 622Q400 634 350 622Z', glaze),
    `<ellipse cx="400" cy="587" rx="62" ry="13" fill="${darker(colour, 0.5)}"/>`,
    shape(
      'M262 704C330 760 470 668 546 716A152 152 0 0 1 551 776C480 730 340 820 252 764Z',
      lighter(colour, 0.4),
      'fill-opacity=".3"',
    ),
    `<ellipse cx="400" cy="908" rx="78" ry="11" fill="${darker(colour, 0.4)}"/>`,
  );
}

/** A tall vase with its mouth at y = 560. */
export function tallVase(canvas, colour) {
  canvas.add(floor(canvas, 400, 930, 190, 26));
  const glaze = canvas.gradient(
    'linear',
    [
      [0, darker(colour, 0.22)],
      [0.28, lighter(colour, 0.5)],
      [0.6, colour],
      [1, darker(colour, 0.34)],
    ],
    'x1="0" y1="0" x2="1" y2="0"',
  );
  canvas.add(
    shape(
      'M300 560C312 640 262 700 268 800C272 880 320 932 400 932C480 932 528 880 532 800C538 700 488 640 500 560Z',
      glaze,
    ),
    `<ellipse cx="400" cy="560" rx="100" ry="18" fill="${darker(colour, 0.5)}"/>`,
    line('M277 740Q400 774 523 740M271 770Q400 804 529 770', lighter(colour, 0.7), 3, 'stroke-opacity=".6"'),
  );
}

/** A lacquer bowl with gold, for the new year; its rim is at y = 650. */
export function lacquer(canvas, colour) {
  canvas.add(floor(canvas, 400, 904, 260, 30));
  const coat = canvas.gradient(
    'linear',
    [
      [0, darker(colour, 0.4)],
      [0.3, lighter(colour, 0.3)],
      [0.62, colour],
      [1, darker(colour, 0.5)],
    ],
    'x1="0" y1="0" x2="1" y2="0"',
  );
  canvas.add(
    shape('M162 650C176 800 262 862 330 872L330 904L470 904L470 872C538 862 624 800 638 650Z', coat),
    shape('M162 650C164 668 166 684 170 698Q400 742 630 698C634 684 636 668 638 650Z', '#c9a24a', 'fill-opacity=".9"'),
    `<ellipse cx="400" cy="650" rx="238" ry="36" fill="${darker(colour, 0.55)}"/>`,
    line('M330 888L470 888', '#c9a24a', 4),
  );
}

/** Auspicious cords, tied. */
export function cords(canvas, x, y) {
  for (let strand = 0; strand < 4; strand++) {
    const grown = 1 + strand * 0.09;
    const tone = strand % 2 ? '#f6ead2' : '#c8323c';
    canvas.add(
      group(
        at(x, y, 0, grown),
        line(
          'M0 0C-40-60-120-50-112 0C-106 44-30 30 0 0C30 30 106 44 112 0C120-50 40-60 0 0M0 0Q-26 44-66 74M0 0Q26 44 66 74',
          tone,
          4.6,
        ),
      ),
    );
  }
  canvas.add(disc(x, y, 15, '#c9a24a'), disc(x - 4, y - 4, 5, '#f0d898'));
}

/** A flower pot, rim at y = 690. */
export function pot(canvas, colour, wide = 1) {
  const w = 150 * wide;
  canvas.add(floor(canvas, 400, 926, w * 1.15, 26));
  const clay = canvas.gradient(
    'linear',
    [
      [0, darker(colour, 0.2)],
      [0.28, lighter(colour, 0.32)],
      [0.62, colour],
      [1, darker(colour, 0.32)],
    ],
    'x1="0" y1="0" x2="1" y2="0"',
  );
  canvas.add(
    `<ellipse cx="400" cy="700" rx="${w}" ry="22" fill="#4b3326"/>`,
    shape(
      path`M${400 - w * 0.94} 720L${400 - w * 0.72} 904Q${400 - w * 0.7} 928 ${400 - w * 0.55} 928L${400 + w * 0.55} 928Q${400 + w * 0.7} 928 ${400 + w * 0.72} 904L${400 + w * 0.94} 720Z`,
      clay,
    ),
    shape(path`M${400 - w * 1.04} 700Q400 736 ${400 + w * 1.04} 700L${400 + w} 754Q400 788 ${400 - w} 754Z`, clay),
    line(path`M${400 - w} 756Q400 790 ${400 + w} 756`, darker(colour, 0.5), 3, 'stroke-opacity=".35"'),
  );
}

export function glassDome(canvas) {
  const glass = canvas.gradient(
    'linear',
    [
      [0, '#ffffff', 0.5],
      [0.18, '#dcecf2', 0.12],
      [0.75, '#dcecf2', 0.08],
      [1, '#ffffff', 0.36],
    ],
    'x1="0" y1="0" x2="1" y2="0"',
  );
  canvas.add(
    shape(
      'M196 846L196 400C196 170 300 110 400 110C500 110 604 170 604 400L604 846Z',
      glass,
      'stroke="#9fb8c4" stroke-opacity=".75" stroke-width="4"',
    ),
    disc(400, 92, 20, '#dfeaf0', 'stroke="#9fb8c4" stroke-width="3"'),
    line('M232 780L232 420C234 300 262 220 306 176', '#ffffff', 10, 'stroke-opacity=".75"'),
    line('M252 560L252 440', '#ffffff', 5, 'stroke-opacity=".6"'),
  );
}

export function woodBase(canvas) {
  const wood = canvas.gradient(
    'linear',
    [
      [0, '#8a5b3a'],
      [0.3, '#c08a5a'],
      [1, '#6d442a'],
    ],
    'x1="0" y1="0" x2="1" y2="0"',
  );
  canvas.add(
    floor(canvas, 400, 912, 280, 30),
    shape('M160 850L160 884C160 914 268 926 400 926C532 926 640 914 640 884L640 850Z', wood),
    `<ellipse cx="400" cy="850" rx="240" ry="32" fill="#b98658"/><ellipse cx="400" cy="847" rx="208" ry="24" fill="#9b6b44"/>`,
  );
}

/** A clear bottle with its mouth at y = 560. */
export function bottle(canvas) {
  const glass = canvas.gradient(
    'linear',
    [
      [0, '#9fb9c0', 0.55],
      [0.2, '#e6f0f2', 0.3],
      [0.8, '#c6d8dc', 0.26],
      [1, '#8fabb4', 0.6],
    ],
    'x1="0" y1="0" x2="1" y2="0"',
  );
  canvas.add(
    floor(canvas, 400, 932, 180, 24),
    shape(
      'M346 560L346 640C346 676 262 690 262 762L262 898Q262 934 300 934L500 934Q538 934 538 898L538 762C538 690 454 676 454 640L454 560Z',
      glass,
      'stroke="#8aa4ad" stroke-opacity=".7" stroke-width="3.5"',
    ),
    line('M284 890L284 770', '#ffffff', 8, 'stroke-opacity=".7"'),
    `<rect x="338" y="546" width="124" height="26" rx="12" fill="${mix('#c6d8dc', '#ffffff', 0.3)}" fill-opacity=".8" stroke="#8aa4ad" stroke-opacity=".7" stroke-width="3"/>`,
    line('M344 612Q400 626 456 612M344 622Q400 636 456 622', '#b8925e', 5),
  );
}
