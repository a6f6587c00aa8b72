// SPDX-License-Identifier: Apache-2.0
import { catalog } from '/data/catalog.js';
import { viewItemList } from '../shop.js';
import { byId } from '../show.js';

const { category } = document.body.dataset;
viewItemList(
  category,
  catalog.filter((product) => product.category === category),
);

const form = byId('filter');
const list = byId('cards');
const cards = [...list.children];
const orders = {
  popular: (first, second) => second.dataset.popular - first.dataset.popular,
  low: (first, second) => first.dataset.price - second.dataset.price,
  high: (first, second) => second.dataset.price - first.dataset.price,
};

function show() {
  const { colour, sort } = Object.fromEntries(new FormData(form));
  let shown = 0;
  for (const card of cards) {
    card.hidden = Boolean(colour) && !card.dataset.colours.split(' ').includes(colour);
    shown += card.hidden ? 0 : 1;
  }
  list.append(...cards.sort(orders[sort]));
  byId('found').textContent = shown;
  byId('none').hidden = shown > 0;
}

form.addEventListener('change', show);
form.addEventListener('submit', (event) => event.preventDefault());
byId('show-all').addEventListener('click', () => {
  form.reset();
  show();
});
show(); // a browser may restore the form as it was before a reload
