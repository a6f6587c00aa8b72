// SPDX-License-Identifier: Apache-2.0
// Small pieces of page that several scripts show.

import { language, link, say, yen } from './locale.js';

export const byId = (id) => document.getElementById(id);

/** An element with attributes and children; text is always text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'class') element.className = value;
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

let fading;

/** Says something at the foot of the page for four seconds; screen readers hear it too. */
export function toast(text, href, action) {
  const place = byId('toast');
  place.replaceChildren(make('span', {}, text), ...(href ? [make('a', { href: link(href) }, action)] : []));
  place.classList.add('shown');
  clearTimeout(fading);
  fading = setTimeout(() => place.classList.remove('shown'), 4000);
}

/** A line of a cart or a receipt; `controls` are shown below the name. */
export function orderLine({ product, quantity }, controls = null) {
  const name = product.name[language];
  return make(
    'li',
    { 'data-item': product.id, 'data-testid': `line-${product.id}` },
    make(
      'a',
      {
        href: link(`/item/${product.id}.html`),
        class: 'stage',
        'data-tint': product.tint,
        tabindex: '-1',
        'aria-hidden': 'true',
      },
      make('img', { src: `/img/${product.id}.svg`, alt: '', width: '800', height: '1000' }),
    ),
    make(
      'div',
      { class: 'line-text' },
      make('a', { href: link(`/item/${product.id}.html`) }, name),
      make('span', {}, product.line[language]),
      controls ?? make('span', {}, say(`数量 ${quantity}`, `Quantity ${quantity}`)),
    ),
    make('span', { class: 'price' }, yen(product.price * quantity)),
  );
}

export function showTotals(cart) {
  byId('goods').textContent = yen(cart.goods);
  byId('discount-row').hidden = !cart.discount;
  byId('discount').textContent = '−' + yen(cart.discount);
  byId('delivery').textContent = cart.delivery ? yen(cart.delivery) : say('無料', 'Free');
  byId('total').textContent = yen(cart.total);
}
