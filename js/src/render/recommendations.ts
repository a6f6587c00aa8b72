// SPDX-License-Identifier: Apache-2.0
// A list of items as an element, built node by node. Part of the chunk of recommendations.
import type { Item } from '../recommend/catalog';
import { safeLink } from './creative';
import { createStyle } from './style';

// Without weight: any rule of the site wins, and this wins over the layer that creatives have.
const adoptStyle = createStyle(
  ':where(.omo-recommendations){display:block}' +
    ':where(.omo .omo-items){display:grid;grid-template-columns:repeat(auto-fill,minmax(min(9em,40%),1fr));gap:1em;margin:1em 0 0;padding:0;list-style:none}' +
    ':where(.omo .omo-link){display:block;height:100%;padding:0;border-radius:0;background:none;color:inherit;text-decoration:none}' +
    ':where(.omo .omo-link:is(:hover,:focus-visible)) :where(.omo-name){text-decoration:underline}' +
    ':where(.omo .omo-picture){display:block;width:100%;aspect-ratio:4/5;object-fit:cover;border-radius:.5em}' +
    ':where(.omo .omo-name,.omo .omo-price){display:block;margin-top:.4em;overflow-wrap:anywhere}',
);

/** A price in the page's language; the plain number where the browser does not know the currency. */
export const formatPrice = (price: number, currency: string, language: string): string => {
  try {
    return new Intl.NumberFormat(language || undefined, { style: 'currency', currency }).format(price);
  } catch {
    return price + ' ' + currency;
  }
};

/** @param acted the visitor did something with it: `select` or `dismiss` */
export const createRecommendations = (
  { title, theme }: Record<string, string | undefined>,
  items: readonly Item[],
  language: string,
  acted: (action: string) => void,
): HTMLElement => {
  const make = <Tag extends keyof HTMLElementTagNameMap>(
    parent: Element | null,
    tag: Tag,
    name: string,
    properties = {},
  ) => {
    const element = Object.assign(document.createElement(tag), { className: 'omo-' + name, ...properties });
    parent?.append(element);
    return element;
  };
  const root = make(null, 'section', 'recommendations', { ariaLabel: title });
  root.classList.add('omo');
  if (theme) root.dataset.theme = theme;
  make(root, 'strong', 'title', { textContent: title });
  const list = make(root, 'ul', 'items');
  // Without markers WebKit takes a list for none.
  list.role = 'list';
  for (const { id, title: name, link, image, price, currency } of items) {
    const item = make(list, 'li', 'item');
    item.dataset.item = id;
    const href = safeLink(link);
    const anchor = make(item, 'a', 'link', { ...(href && { href }), onclick: () => acted('select') });
    const src = safeLink(image);
    // The title beside it says what it shows: read twice it would be noise.
    if (src) make(anchor, 'img', 'picture', { alt: '', loading: 'lazy', src });
    make(anchor, 'span', 'name', { textContent: name });
    make(anchor, 'span', 'price', { textContent: formatPrice(price, currency, language) });
  }
  make(root, 'button', 'dismiss', {
    type: 'button',
    textContent: '×',
    ariaLabel: /^ja/.test(language) ? '閉じる' : 'Close',
    onclick: () => acted('dismiss'),
  });
  // The core puts it into the page right after this.
  queueMicrotask(() => adoptStyle(root));
  return root;
};
