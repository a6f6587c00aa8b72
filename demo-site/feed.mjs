// SPDX-License-Identifier: Apache-2.0
// The shop's product feed, as a shop system exports it for Google Merchant Center, and its table of what goes together.
// `omo catalog` compiles both (script/build demo).

import { categories, languages, link } from './templates/html.mjs';

const texts = (make) => Object.fromEntries(languages.map((language) => [language, make(language)]));
const availability = (product) => (product.stock === 'none' ? 'out_of_stock' : 'in_stock');

/** How well one product goes with another: of the same kind, of the same colours, popular. */
export const goesWith = (product, other) =>
  (other.category === product.category ? 2 : 0) +
  other.colours.filter((colour) => product.colours.includes(colour)).length +
  other.popular / 100;

export const others = (product, catalog) =>
  catalog
    .filter((other) => other.id !== product.id)
    .sort((first, second) => goesWith(product, second) - goesWith(product, first));

export const feedOf = (catalog) => ({
  items: catalog.map((product) => ({
    id: product.id,
    title: product.name,
    link: texts((language) => link(language, `/item/${product.id}.html`)),
    image_link: `/img/${product.id}.svg`,
    price: `${product.price} JPY`,
    availability: availability(product),
    product_type: `flower > ${product.category}`,
  })),
});

export const relatedOf = (catalog) =>
  'item_id,related_id,weight\n' +
  catalog
    .flatMap((product) =>
      others(product, catalog)
        .slice(0, 8)
        .map((other) => `${product.id},${other.id},${goesWith(product, other).toFixed(2)}\n`),
    )
    .join('');

/** The product of an item's page by schema.org, for search engines and for whoever else reads pages. */
export const productData = (language, product) => ({
  '@context': 'https://schema.org',
  '@type': 'Product',
  sku: product.id,
  name: product.name[language],
  description: product.text[language],
  image: `/img/${product.id}.svg`,
  url: link(language, `/item/${product.id}.html`),
  category: categories[product.category].name[language],
  offers: {
    '@type': 'Offer',
    price: product.price,
    priceCurrency: 'JPY',
    availability: `https://schema.org/${product.stock === 'none' ? 'OutOfStock' : 'InStock'}`,
  },
});
