// SPDX-License-Identifier: Apache-2.0
// Brushes that every illustration shares: seeded chance, colour arithmetic, and SVG text.
// Nothing here is random between two runs: the same catalog gives the same pictures, byte for byte.

/** A generator of numbers in [0, 1) that depends on `text` alone (FNV-1a seed, mulberry32). */
export function chance(text) {
  let state = 2166136261;
  for (const character of text) state = Math.imul(state ^ character.codePointAt(0), 16777619);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 4294967296;
  };
  next.between = (low, high) => low + (high - low) * next();
  next.pick = (list) => list[Math.floor(next() * list.length)];
  return next;
}

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** `first` with `share` (0 to 1) of `second` in it; both as #rrggbb. */
export function mix(first, second, share) {
  const other = channels(second);
  const mixed = channels(first).map((value, index) => Math.round(value + (other[index] - value) * share));
  return '#' + mixed.map((value) => value.toString(16).padStart(2, '0')).join('');
}

export const lighter = (colour, share) => mix(colour, '#fffaf2', share);
export const darker = (colour, share) => mix(colour, '#3a1230', share);

/** A number as short SVG text: one decimal is a tenth of a pixel on an 800-pixel picture. */
export const n = (value) => String(Math.round(value * 10) / 10);

/** Replaces every number placeholder of a path by its short text: path`M${x} ${y}`. */
export function path(strings, ...values) {
  return strings.reduce((text, part, index) => text + part + (index < values.length ? n(values[index]) : ''), '');
}

export const at = (x, y, angle = 0, scale = 1) =>
  path`translate(${x} ${y})` +
  (angle ? path`rotate(${angle})` : '') +
  (scale === 1 ? '' : `scale(${Math.round(scale * 1000) / 1000})`);

export const shape = (d, fill, more = '') => `<path d="${d}" fill="${fill}"${more ? ' ' + more : ''}/>`;
export const line = (d, stroke, width, more = '') =>
  `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${n(width)}" stroke-linecap="round"${more ? ' ' + more : ''}/>`;
export const disc = (x, y, r, fill, more = '') =>
  `<circle cx="${n(x)}" cy="${n(y)}" r="${n(r)}" fill="${fill}"${more ? ' ' + more : ''}/>`;
export const group = (transform, body, more = '') =>
  `<g${transform ? ` transform="${transform}"` : ''}${more ? ' ' + more : ''}>${body}</g>`;

/** A picture under way: shared definitions are drawn once and referred to by name. */
export class Canvas {
  constructor(width, height, seed) {
    this.width = width;
    this.height = height;
    this.random = chance(seed);
    this.definitions = new Map();
    this.body = [];
  }

  /** Defines `markup` once under `name` and answers the reference to use. */
  define(name, markup) {
    if (!this.definitions.has(name)) this.definitions.set(name, markup(name));
    return name;
  }

  /** A gradient in the box of what it fills; `kind` is linear (top to bottom) or radial. */
  gradient(kind, stops, more = '') {
    const name =
      kind[0] +
      stops.map(([, colour, opacity = 1]) => colour.slice(1) + Math.round(opacity * 9)).join('') +
      more.length;
    this.define(name, (id) => {
      const inner = stops
        .map(
          ([offset, colour, opacity]) =>
            `<stop offset="${offset}" stop-color="${colour}"${opacity === undefined ? '' : ` stop-opacity="${opacity}"`}/>`,
        )
        .join('');
      const box = kind === 'linear' && !more ? ' x1="0" y1="0" x2="0" y2="1"' : more && ' ' + more;
      return `<${kind}Gradient id="${id}"${box}>${inner}</${kind}Gradient>`;
    });
    return `url(#${name})`;
  }

  stamp(name, transform, more = '') {
    return `<use href="#${name}" transform="${transform}"${more ? ' ' + more : ''}/>`;
  }

  add(...markup) {
    this.body.push(...markup);
  }

  toString() {
    const definitions = [...this.definitions.values()].join('');
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${this.width} ${this.height}" width="${this.width}" height="${this.height}">` +
      `<defs>${definitions}</defs>${this.body.join('')}</svg>\n`
    );
  }
}
