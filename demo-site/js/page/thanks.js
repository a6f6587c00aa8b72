// SPDX-License-Identifier: Apache-2.0
import { find } from '../cart.js';
import { keep, recall } from '../keep.js';
import { day, yen } from '../locale.js';
import { purchase } from '../shop.js';
import { byId, orderLine } from '../show.js';

const orders = recall('orders', []);
const [order] = orders;
byId('thanks').hidden = !order;
byId('no-order').hidden = Boolean(order);
if (order) {
  byId('order-number').textContent = order.number;
  byId('order-arrives').textContent = `${day(new Date(order.arrives + 'T00:00'))} ${order.time}`;
  byId('order-total').textContent = yen(order.total);
  const lines = order.lines
    .map(({ id, quantity }) => ({ product: find(id), quantity }))
    .filter(({ product }) => product);
  byId('lines').replaceChildren(...lines.map((line) => orderLine(line)));
  // Told here and not at the checkout, where leaving the page could cut it short; and told once.
  if (!order.told) {
    purchase(order, lines);
    keep('orders', [{ ...order, told: true }, ...orders.slice(1)]);
  }
}
