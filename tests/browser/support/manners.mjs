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
  for (const [owner, names] of forcing) for (const name of names) wrap(owner, name, () => manners.reads.push(name));

  for (const type of ['scroll', 'pointermove', 'keydown'])
    addEventListener(type, () => (manners.inputs += 1), { capture: true, passive: true });
}
