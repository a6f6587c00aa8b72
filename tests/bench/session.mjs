// SPDX-License-Identifier: Apache-2.0
// The scripted session of requirements: 1 page view, 20 product views of three properties, 2 more page views, 1 purchase.
export const start = 1_795_305_600_000; // 2026-11-22T00:00:00Z

const products = Array.from({ length: 20 }, (_, i) => ({
  item_id: `SKU-${48213 + i * 37}`,
  item_category: ['bouquet', 'plant', 'arrangement', 'dried'][(i * 7) % 4],
  price: 2980 + ((i * 1310) % 9000),
}));

/** [ms since the start, name, params] of each of the 24 events. */
export const session = [
  [0, 'page_view', { page_path: '/', page_title: 'Hanaichi', page_referrer: 'search' }],
  ...products.map((item, i) => [4000 + i * 7300 + ((i * 997) % 1800), 'view_item', { items: [item] }]),
  [161_000, 'page_view', { page_path: '/cart', page_title: 'Cart', page_referrer: 'internal' }],
  [171_500, 'page_view', { page_path: '/checkout', page_title: 'Checkout', page_referrer: 'internal' }],
  [
    214_300,
    'purchase',
    { transaction_id: 'HN-261122-KQXTB', value: products[3].price, currency: 'JPY', items: [products[3]] },
  ],
];
