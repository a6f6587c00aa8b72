// SPDX-License-Identifier: Apache-2.0
// The one place where the shop speaks to Omotenashi: GA4's event names, the account's traits, the page's context and
// the decision about consent.

const push = (...call) => window.omotenashi.q.push(call);

const currency = 'JPY';

/** A product as a GA4 item. */
const asItem = (product, quantity) => ({
  item_id: product.id,
  item_name: product.name.en,
  item_category: product.category,
  price: product.price,
  ...(quantity ? { quantity } : {}),
});

const asItems = (lines) => lines.map(({ product, quantity }) => asItem(product, quantity));

export const viewItem = (product) =>
  push('track', 'view_item', { currency, value: product.price, items: [asItem(product)] });

export const viewItemList = (list, products) =>
  push('track', 'view_item_list', { item_list_id: list, items: products.map((product) => asItem(product)) });

export const addToCart = (product, quantity) =>
  push('track', 'add_to_cart', { currency, value: product.price * quantity, items: [asItem(product, quantity)] });

export const removeFromCart = (product, quantity) =>
  push('track', 'remove_from_cart', { currency, value: product.price * quantity, items: [asItem(product, quantity)] });

export const viewCart = (cart) =>
  push('track', 'view_cart', { currency, value: cart.total, items: asItems(cart.lines) });

const couponOf = (cart) => (cart.coupon ? { coupon: cart.coupon } : {});

export const beginCheckout = (cart) =>
  push('track', 'begin_checkout', { currency, value: cart.total, ...couponOf(cart), items: asItems(cart.lines) });

export const purchase = (order, lines) =>
  push('track', 'purchase', {
    transaction_id: order.number,
    currency,
    value: order.total,
    shipping: order.delivery,
    ...couponOf(order),
    items: asItems(lines),
  });

export const search = (term) => push('track', 'search', { search_term: term });

/** Traits of the account; null when the visitor signs out. */
export const identify = (traits) => push('identify', traits);

export const context = (values) => push('context', values);

export const consent = (state) => push('consent', state);
