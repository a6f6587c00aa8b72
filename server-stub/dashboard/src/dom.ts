// SPDX-License-Identifier: Apache-2.0
// Elements without HTML strings: names of pages come from visitors.

type Child = Node | string | null;

/** Makes an element; attributes that are null are left out. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string | null> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  fill(made, attributes, children);
  return made;
}

/** Makes an SVG element. */
export function drawing(name: string, attributes: Record<string, string> = {}, ...children: Child[]): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  fill(made, attributes, children);
  return made;
}

function fill(made: Element, attributes: Record<string, string | null>, children: Child[]): void {
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null) made.setAttribute(key, value);
  }
  for (const child of children) {
    if (child !== null) made.append(child);
  }
}
