// SPDX-License-Identifier: Apache-2.0
// Small helpers that every template uses.

export const languages = ['ja', 'en'];

/** Text for HTML and for double-quoted attributes. */
export const escape = (text) =>
  String(text).replace(
    /[&<>"]/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character],
  );

/** The address of `path` in a language: Japanese at the root, English below /en. */
export const link = (language, path) => (language === 'ja' ? path : '/en' + path);

export const yen = (language, amount) =>
  language === 'ja' ? `${amount.toLocaleString('en')}円` : `¥${amount.toLocaleString('en')}`;

export const categories = {
  bouquet: {
    path: '/category/bouquets.html',
    name: { ja: '花束', en: 'Bouquets' },
    text: { ja: '腕の中にすっとおさまる、手束ねの花束。', en: 'Tied by hand, to be carried in the arms.' },
  },
  arrangement: {
    path: '/category/arrangements.html',
    name: { ja: 'アレンジメント', en: 'Arrangements' },
    text: { ja: '届いたそのままの姿で飾れます。', en: 'Ready to stand just as they arrive.' },
  },
  plant: {
    path: '/category/plants.html',
    name: { ja: '鉢植え', en: 'Plants' },
    text: { ja: '長くともに暮らす、根のある贈りもの。', en: 'Gifts with roots, to live alongside.' },
  },
  dried: {
    path: '/category/dried.html',
    name: { ja: 'ドライ・プリザーブド', en: 'Dried & preserved' },
    text: { ja: '季節をとどめて、ゆっくり楽しむ花。', en: 'A season that stays a little longer.' },
  },
};

export const icons = {
  search: '<circle cx="11" cy="11" r="6.5"/><path d="m16 16 5 5"/>',
  account: '<circle cx="12" cy="8" r="4"/><path d="M4 21c1-5 4.5-7 8-7s7 2 8 7"/>',
  cart: '<path d="M6 8h12l1.2 12.5H4.8L6 8Z"/><path d="M9 8V6.5a3 3 0 0 1 6 0V8"/>',
};
export const icon = (name) =>
  `<svg class="icon" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" focusable="false">${icons[name]}</svg>`;

/** A product as a card of a list. */
export function card(language, product, eager = false) {
  const name = escape(product.name[language]);
  const badges = badge(language, product);
  return `<li class="card" data-item="${product.id}" data-price="${product.price}" data-popular="${product.popular}" data-colours="${product.colours.join(' ')}">
  <a href="${link(language, `/item/${product.id}.html`)}" data-testid="card-${product.id}">
    <span class="stage" data-tint="${product.tint}"><img src="/img/${product.id}.svg" alt="" width="800" height="1000"${eager ? '' : ' loading="lazy"'} decoding="async">${badges}</span>
    <span class="card-name">${name}</span>
    <span class="card-line">${escape(product.line[language])}</span>
    <span class="price">${yen(language, product.price)}</span>
  </a>
</li>`;
}

/** What is special about a product now, as a label on its picture. */
export function badge(language, product) {
  const seasons = {
    winter: { ja: '冬の花', en: 'Winter' },
    christmas: { ja: 'クリスマス', en: 'Christmas' },
    newyear: { ja: '迎春', en: 'New Year' },
    autumn: { ja: '秋の名残', en: 'Late autumn' },
  };
  const label =
    product.stock === 'none'
      ? { ja: '入荷待ち', en: 'Back soon' }
      : product.stock === 'few'
        ? { ja: '残りわずか', en: 'Only a few left' }
        : seasons[product.season];
  return label ? `<span class="badge" data-stock="${product.stock}">${label[language]}</span>` : '';
}
