// SPDX-License-Identifier: Apache-2.0
// The cart: lines, coupon, totals.

import { catalog } from '/data/catalog.js';
import { forget, keep, recall } from './keep.js';

const most = 9;
const freeDeliveryFrom = 8800;
const deliveryFee = 880;

/** Codes that the till accepts, and the share of the goods that each takes off. */
const coupons = { HANA10: 0.1 };

export const find = (id) => catalog.find((product) => product.id === id);

function stored() {
  const cart = recall('cart', {});
  const lines = Array.isArray(cart.lines) ? cart.lines : [];
  return {
    coupon: coupons[cart.coupon] ? cart.coupon : '',
    lines: lines.filter((line) => find(line?.id) && line.quantity >= 1 && line.quantity <= most),
  };
}

function save(cart) {
  keep('cart', cart);
  document.dispatchEvent(new CustomEvent('hanaichi:cart'));
}

/** The cart with products and totals, in yen. */
export function readCart() {
  const { lines, coupon } = stored();
  const rows = lines.map(({ id, quantity }) => ({ product: find(id), quantity }));
  const goods = rows.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0);
  const discount = coupon ? Math.floor(goods * coupons[coupon]) : 0;
  const delivery = goods === 0 || goods - discount >= freeDeliveryFrom ? 0 : deliveryFee;
  const count = rows.reduce((sum, { quantity }) => sum + quantity, 0);
  return { lines: rows, coupon, goods, discount, delivery, count, total: goods - discount + delivery };
}

/** Puts more of a product in; answers how many went in (a cart holds at most nine of each). */
export function put(id, quantity) {
  const cart = stored();
  const line = cart.lines.find((row) => row.id === id);
  const before = line?.quantity ?? 0;
  const after = Math.min(most, before + quantity);
  if (line) line.quantity = after;
  else cart.lines.push({ id, quantity: after });
  save(cart);
  return after - before;
}

/** Sets how many of a product are in the cart; 0 takes it out. Answers the change. */
export function setQuantity(id, quantity) {
  const cart = stored();
  const line = cart.lines.find((row) => row.id === id);
  if (!line) return 0;
  const change = Math.min(most, quantity) - line.quantity;
  line.quantity += change;
  cart.lines = cart.lines.filter((row) => row.quantity > 0);
  save(cart);
  return change;
}

/** Applies a code; false where the till does not know it. An empty code takes the coupon off. */
export function applyCoupon(code) {
  const known = code.normalize('NFKC').trim().toUpperCase();
  if (known && !Object.hasOwn(coupons, known)) return false;
  save({ ...stored(), coupon: known });
  return true;
}

export function emptyCart() {
  forget('cart');
  document.dispatchEvent(new CustomEvent('hanaichi:cart'));
}
