// SPDX-License-Identifier: Apache-2.0
/* global Document, Element, HTMLElement, MouseEvent, Storage */
// Records how the script tag's file behaves towards the page. Runs in the page, before everything else.

/** Puts into `window.manners` what omotenashi.js itself, and not what it calls, has listened to, read and written. */
export function recordManners() {
  const manners = (window.manners = { listeners: [], reads: [], writes: 0, inputs: 0 });
  // Frames: this function, the wrapper, its caller.
  const isOurs = () => {
    const [, , caller] = new Error().stack.replace(/^Error.*\n/, '').split('\n');
    return /\/omotenashi\.js/.test(caller);
  };
  // Callbacks of this observer come after the frame's layout, where reading it makes the browser lay out nothing.
  let laidOut = false;
  const Observer = window.IntersectionObserver;
  window.IntersectionObserver = class extends Observer {
    constructor(callback, options) {
      super((...values) => {
        laidOut = true;
        try {
          callback(...values);
        } finally {
          laidOut = false;
        }
      }, options);
    }
  };
  const wrap = (object, name, seen) => {
    let owner = object; // browsers differ in where a property is
    while (!Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner);
    const property = Object.getOwnPropertyDescriptor(owner, name);
    const key = property.get ? 'get' : 'value';
    const original = property[key];
    Object.defineProperty(owner, name, {
      ...property,
      [key](...values) {
        if (isOurs()) seen(this, ...values);
        return original.apply(this, values);
      },
    });
  };

  wrap(EventTarget.prototype, 'addEventListener', (_, type, listener, options) =>
    manners.listeners.push({ type, passive: options?.passive === true }),
  );
  wrap(Storage.prototype, 'setItem', () => (manners.writes += 1));

  // What makes the browser lay the page out at once (gist.github.com/paulirish/5d52fb081b3570c81e3a).
  const box = ['Left', 'Top', 'Width', 'Height'];
  const forcing = [
    [Element.prototype, [...box.map((side) => `client${side}`), ...box.map((side) => `scroll${side}`)]],
    [Element.prototype, ['getBoundingClientRect', 'getClientRects', 'scrollIntoView']],
    [HTMLElement.prototype, [...box.map((side) => `offset${side}`), 'offsetParent', 'innerText']],
    [Document.prototype, ['elementFromPoint', 'scrollingElement']],
    [MouseEvent.prototype, ['offsetX', 'offsetY', 'layerX', 'layerY']],
    [window, ['innerWidth', 'innerHeight', 'scrollX', 'scrollY', 'pageXOffset', 'pageYOffset', 'getComputedStyle']],
  ];
  for (const [owner, names] of forcing)
    for (const name of names) wrap(owner, name, () => laidOut || manners.reads.push(name));

  for (const type of ['scroll', 'pointermove', 'keydown'])
    addEventListener(type, () => (manners.inputs += 1), { capture: true, passive: true });
}
