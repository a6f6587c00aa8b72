// SPDX-License-Identifier: Apache-2.0
// The pages for looking around: home, categories, items, search.

import { others, productData } from '../feed.mjs';
import { card, categories, escape, link, badge, yen } from './html.mjs';

const stories = [
  {
    image: 'choosing',
    href: '/category/bouquets.html',
    title: { ja: '迷ったときの、花の選び方', en: 'How to choose, when you cannot' },
    text: {
      ja: '贈る相手の「好きな色」をひとつ思い出すこと。花は、そこから選べます。',
      en: 'Remember one colour that they love. Everything else follows from it.',
    },
  },
  {
    image: 'birthday',
    href: '/category/arrangements.html',
    title: { ja: '記念日は、前の日に届くくらいで', en: 'Let it arrive the day before' },
    text: {
      ja: '一日早く届いた花は、当日の朝にいちばんきれいに咲いています。',
      en: 'Flowers that come a day early are at their best on the morning itself.',
    },
  },
  {
    image: 'shelter',
    href: '/privacy.html#delivery',
    title: { ja: '空模様とお届けのこと', en: 'Weather and deliveries' },
    text: {
      ja: '荒れた日は無理に走りません。花と、運ぶ人の無事がいちばんです。',
      en: 'We do not race storms. The flowers, and those who carry them, come first.',
    },
  },
];

const word = {
  ja: {
    homeTitle: '今朝の市場から、<br>あなたの手もとへ。',
    homeText: '全国の市場に夜明け前に届いた花を、その日のうちに束ねてお送りします。',
    homeAction: '花束を見る',
    homeSecond: '鉢植えを見る',
    popular: 'いま選ばれている花',
    season: '冬の便り',
    seasonText: 'クリスマスから迎春まで、季節をむかえる花をそろえました。',
    stories: '花のある暮らし',
    all: 'すべて見る',
    read: '読んでみる',
    promise: [
      ['市場から当日', '仕入れた花を翌日に持ち越しません。'],
      ['七日間の鮮度保証', '万一のときは、あらためてお届けします。'],
      ['手書きのカード', 'お言葉を一枚ずつ書いて添えます。'],
    ],
    sort: '並びかえ',
    byPopular: '人気の順',
    byLow: '価格の安い順',
    byHigh: '価格の高い順',
    colour: '色でさがす',
    any: 'すべて',
    found: '件',
    none: 'この色の花は、ただいまございません。',
    showAll: 'すべての色を見る',
    add: 'カートに入れる',
    soldOut: '次の入荷をお待ちください',
    quantity: '数量',
    stems: '花材',
    size: '大きさ',
    care: 'お手入れ',
    careText: '茎の先を斜めに切り、毎日お水を替えてください。',
    earliest: '最短お届け日',
    earliestDefault: 'ご注文から最短で翌日',
    related: 'こちらもご一緒に',
    tax: '税込・送料全国一律 880円（8,800円以上で無料）',
    few: '残りわずかです',
    plenty: '在庫がございます',
    home: 'ホーム',
    card: 'メッセージカード無料',
    cardText: 'ご注文手続きのときに、お言葉をお書きください。',
    searchTitle: '花をさがす',
    searchEmpty: 'お探しのものが見つかりませんでした',
    searchHint: '色や花の名前（「薔薇」「白」「母」など）を、短いことばでお試しください。',
    searchStart: '花の名前や色、贈る場面から、お探しいただけます。',
    try: 'よく探されていることば',
    tries: ['薔薇', '白', 'クリスマス', 'ラベンダー'],
  },
  en: {
    homeTitle: 'From this morning’s market<br>to your hands.',
    homeText: 'Flowers that reach Japan’s markets before dawn, tied and sent on the same day.',
    homeAction: 'See bouquets',
    homeSecond: 'See plants',
    popular: 'Chosen most this week',
    season: 'Letters from winter',
    seasonText: 'Flowers to welcome the season, from Advent to the New Year.',
    stories: 'Living with flowers',
    all: 'See all',
    read: 'Read on',
    promise: [
      ['Same-day from market', 'What we buy at dawn leaves before night.'],
      ['Seven days of freshness', 'If anything disappoints, we send it again.'],
      ['Handwritten cards', 'Your words, written out one by one.'],
    ],
    sort: 'Sort',
    byPopular: 'Most popular',
    byLow: 'Price: low to high',
    byHigh: 'Price: high to low',
    colour: 'Colour',
    any: 'All',
    found: 'items',
    none: 'We have none in this colour just now.',
    showAll: 'Show every colour',
    add: 'Add to cart',
    soldOut: 'Back in stock soon',
    quantity: 'Quantity',
    stems: 'Stems',
    size: 'Size',
    care: 'Care',
    careText: 'Cut the stems at a slant and change the water every day.',
    earliest: 'Earliest delivery',
    earliestDefault: 'As early as the day after you order',
    related: 'Goes well with',
    tax: 'Tax included. Delivery ¥880 anywhere in Japan, free from ¥8,800',
    few: 'Only a few left',
    plenty: 'In stock',
    home: 'Home',
    card: 'A card, at no charge',
    cardText: 'Write your words during checkout and we copy them by hand.',
    searchTitle: 'Find flowers',
    searchEmpty: 'Nothing matches yet',
    searchHint: 'Try one short word: a colour or a flower, such as “rose”, “white” or “lavender”.',
    searchStart: 'Search by flower, by colour or by occasion.',
    try: 'Often searched',
    tries: ['rose', 'white', 'Christmas', 'lavender'],
  },
};

export function home(language, catalog) {
  const w = word[language];
  const popular = [...catalog]
    .filter((item) => item.stock !== 'none')
    .sort((first, second) => second.popular - first.popular)
    .slice(0, 8);
  const season = ['fuyunowa', 'seiya', 'shinshun', 'shirayuki'].map((id) => catalog.find((item) => item.id === id));
  const kinds = Object.entries(categories).map(([key, { path, name, text }]) => {
    const item = catalog.find(
      ({ id }) => id === { bouquet: 'otome', arrangement: 'hanakago', plant: 'kagaribi', dried: 'shizukaze' }[key],
    );
    return `<li><a class="kind" href="${link(language, path)}"><span class="stage" data-tint="${item.tint}"><img src="/img/${item.id}.svg" alt="" width="800" height="1000" loading="lazy"></span><strong>${escape(name[language])}</strong><span>${escape(text[language])}</span></a></li>`;
  });
  const tales = stories.map(
    ({ image, href, title, text }) =>
      `<li><a class="story" href="${link(language, href)}"><img src="/img/${image}.svg" alt="" width="900" height="600"><strong>${escape(title[language])}</strong><span>${escape(text[language])}</span></a></li>`,
  );
  const body = `<omo-slot class="hero-slot" name="hero" data-testid="slot-hero">
  <section class="hero" aria-labelledby="hero-title">
    <div class="hero-text"><p class="eyebrow" lang="en">HANAICHI · Flower Market</p><h1 id="hero-title">${w.homeTitle}</h1><p>${w.homeText}</p>
    <p class="actions"><a class="button" href="${link(language, categories.bouquet.path)}" data-testid="hero-bouquets">${w.homeAction}</a><a class="button quiet" href="${link(language, categories.plant.path)}">${w.homeSecond}</a></p></div>
    <img class="hero-image" src="/img/market.svg" alt="" width="1200" height="900" fetchpriority="high">
  </section>
</omo-slot>
<ul class="promises">${w.promise.map(([title, text]) => `<li><strong>${title}</strong><span>${text}</span></li>`).join('')}</ul>
<section class="block" aria-labelledby="popular-title"><div class="block-head"><h2 id="popular-title">${w.popular}</h2><a href="${link(language, categories.bouquet.path)}">${w.all}</a></div><ul class="cards">${popular.map((item) => card(language, item)).join('\n')}</ul></section>
<omo-slot class="list-slot" name="recent" data-testid="slot-recent"></omo-slot>
<omo-slot class="list-slot" name="together" data-testid="slot-together"></omo-slot>
<section class="block"><ul class="kind-list">${kinds.join('')}</ul></section>
<section class="block season" aria-labelledby="season-title"><div class="block-head"><h2 id="season-title">${w.season}</h2><p>${w.seasonText}</p></div><ul class="cards">${season.map((item) => card(language, item)).join('\n')}</ul></section>
<section class="block" aria-labelledby="stories-title"><div class="block-head"><h2 id="stories-title">${w.stories}</h2></div><ul class="stories">${tales.join('')}</ul></section>`;
  return { path: '/', name: 'home', home: true, title: '', description: w.homeText, body };
}

const colours = {
  pink: ['桃', 'Pink'],
  red: ['赤', 'Red'],
  orange: ['橙', 'Orange'],
  yellow: ['黄', 'Yellow'],
  white: ['白', 'White'],
  purple: ['紫', 'Violet'],
  blue: ['青', 'Blue'],
  green: ['緑', 'Green'],
};

export function category(language, key, catalog) {
  const w = word[language];
  const { path, name, text } = categories[key];
  const items = catalog.filter((item) => item.category === key).sort((first, second) => second.popular - first.popular);
  const present = Object.keys(colours).filter((colour) => items.some((item) => item.colours.includes(colour)));
  const chips = [['', w.any], ...present.map((colour) => [colour, colours[colour][language === 'ja' ? 0 : 1]])]
    .map(
      ([value, label]) =>
        `<label class="chip"${value ? ` data-colour="${value}"` : ''}><input type="radio" name="colour" value="${value}"${value ? '' : ' checked'} data-testid="colour-${value || 'all'}"><span>${label}</span></label>`,
    )
    .join('');
  const body = `<div class="page-head"><nav class="crumbs" aria-label="${w.home}"><a href="${link(language, '/')}">${w.home}</a><span aria-hidden="true">›</span><span aria-current="page">${escape(name[language])}</span></nav><h1>${escape(name[language])}</h1><p>${escape(text[language])}</p></div>
<form class="filter" id="filter"><fieldset class="chips"><legend>${w.colour}</legend>${chips}</fieldset><label class="sort"><span>${w.sort}</span><select name="sort" data-testid="sort"><option value="popular">${w.byPopular}</option><option value="low">${w.byLow}</option><option value="high">${w.byHigh}</option></select></label></form>
<p class="found" role="status" data-testid="found"><span id="found">${items.length}</span> ${w.found}</p>
<ul class="cards" id="cards">${items.map((item, index) => card(language, item, index < 4)).join('\n')}</ul>
<div class="empty" id="none" hidden><p>${w.none}</p><button class="button quiet" type="button" id="show-all">${w.showAll}</button></div>`;
  return {
    path,
    section: path,
    name: 'category',
    script: 'category',
    title: name[language],
    description: text[language],
    data: { category: key },
    body,
  };
}

export function item(language, product, catalog) {
  const w = word[language];
  const kind = categories[product.category];
  const gone = product.stock === 'none';
  const related = others(product, catalog)
    .filter((other) => other.stock !== 'none')
    .slice(0, 4);
  const quantities = [1, 2, 3, 4, 5].map((count) => `<option value="${count}">${count}</option>`).join('');
  const name = escape(product.name[language]);
  const body = `<nav class="crumbs" aria-label="${w.home}"><a href="${link(language, '/')}">${w.home}</a><span aria-hidden="true">›</span><a href="${link(language, kind.path)}">${escape(kind.name[language])}</a><span aria-hidden="true">›</span><span aria-current="page">${name}</span></nav>
<article class="item">
  <div class="stage large" data-tint="${product.tint}"><img src="/img/${product.id}.svg" alt="${escape(product.line[language])}" width="800" height="1000" fetchpriority="high">${badge(language, product)}</div>
  <div class="item-text">
    <h1>${name}</h1><p class="item-line">${escape(product.line[language])}</p>
    <p class="item-price" data-testid="item-price">${yen(language, product.price)}</p><p class="fine">${w.tax}</p>
    <p class="lead">${escape(product.text[language])}</p>
    <form class="buy" id="buy">
      <label class="quantity"><span>${w.quantity}</span><select name="quantity" data-testid="quantity"${gone ? ' disabled' : ''}>${quantities}</select></label>
      <button class="button wide" type="submit" id="add-to-cart" data-testid="add-to-cart"${gone ? ' disabled' : ''}>${gone ? w.soldOut : w.add}</button>
    </form>
    <dl class="facts">
      <div><dt>${w.earliest}</dt><dd>${gone ? (language === 'ja' ? '十二月上旬の入荷後' : 'After early December') : `<span data-earliest>${w.earliestDefault}</span>`}</dd></div>
      <div><dt>${w.stems}</dt><dd>${escape(product.stems[language])}</dd></div>
      <div><dt>${w.size}</dt><dd>${escape(product.size[language])}</dd></div>
      ${['bouquet', 'arrangement'].includes(product.category) ? `<div><dt>${w.care}</dt><dd>${w.careText}</dd></div>` : ''}
      <div><dt>${w.card}</dt><dd>${w.cardText}</dd></div>
    </dl>
    <omo-slot class="line-slot" name="item" data-testid="slot-item"></omo-slot>
  </div>
</article>
<omo-slot class="list-slot" name="together" data-testid="slot-together"><section class="block" aria-labelledby="related-title"><div class="block-head"><h2 id="related-title">${w.related}</h2></div><ul class="cards">${related.map((other) => card(language, other)).join('\n')}</ul></section></omo-slot>
<omo-slot class="list-slot" name="recent" data-testid="slot-recent"></omo-slot>`;
  return {
    path: `/item/${product.id}.html`,
    section: kind.path,
    name: 'item',
    script: 'item',
    title: `${product.name[language]} ${product.line[language]}`,
    description: product.text[language],
    data: { item: product.id },
    linked: productData(language, product),
    body,
  };
}

export function search(language, catalog) {
  const w = word[language];
  const tries = w.tries
    .map(
      (term) =>
        `<li><a class="chip-link" href="${link(language, '/search.html')}?q=${encodeURIComponent(term)}">${term}</a></li>`,
    )
    .join('');
  const body = `<div class="page-head"><h1 id="search-title">${w.searchTitle}</h1><p id="search-summary" role="status" data-testid="search-summary">${w.searchStart}</p></div>
<ul class="cards" id="cards" hidden data-testid="search-results">${catalog.map((product) => card(language, product)).join('\n')}</ul>
<div class="empty" id="none" hidden data-testid="search-empty"><img src="/img/mark.svg" alt="" width="72" height="72"><h2>${w.searchEmpty}</h2><p>${w.searchHint}</p></div>
<section class="tries" aria-labelledby="tries-title"><h2 id="tries-title">${w.try}</h2><ul>${tries}</ul></section>`;
  return {
    path: '/search.html',
    name: 'search',
    script: 'search',
    title: w.searchTitle,
    description: w.searchStart,
    body,
  };
}
