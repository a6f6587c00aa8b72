// SPDX-License-Identifier: Apache-2.0
// The frame of every page: head, header, footer.

import { categories, escape, icon, link } from './html.mjs';

const words = {
  ja: {
    site: '花市 Hanaichi',
    skip: '本文へ',
    notice: '15時までのご注文で、最短翌日にお届けします',
    search: '花をさがす',
    searchButton: '検索',
    account: 'マイページ',
    cart: 'カート',
    menu: '花の種類',
    other: 'English',
    guide: 'ご案内',
    privacy: 'プライバシーについて',
    consent: 'クッキーの設定',
    panel: 'あなたについて保存していること',
    weather: 'お届け先の空模様',
    sunny: '晴れ',
    rain: '雨',
    storm: '暴風',
    weatherHelp: '空模様に合わせて、お届けのご案内が変わります。',
    about: '花市は、全国の市場から毎朝届く花を、その日のうちに束ねてお送りする花屋です。',
    demo: 'これは Omotenashi の見本のお店です。実際の商品の販売やお支払いは行われません。',
  },
  en: {
    site: 'Hanaichi, the flower market',
    skip: 'Skip to content',
    notice: 'Order by 15:00 for delivery as early as tomorrow',
    search: 'Find flowers',
    searchButton: 'Search',
    account: 'Account',
    cart: 'Cart',
    menu: 'Kinds of flowers',
    other: '日本語',
    guide: 'Information',
    privacy: 'Privacy',
    consent: 'Cookie settings',
    panel: 'What we keep about you',
    weather: 'Weather at your door',
    sunny: 'Fair',
    rain: 'Rain',
    storm: 'Storm',
    weatherHelp: 'Our delivery advice follows the weather.',
    about: 'Hanaichi ties the flowers that reach Japan’s markets each morning and sends them on the same day.',
    demo: 'This is the demonstration shop of Omotenashi: nothing is sold and nobody is charged.',
  },
};

function head(language, page, word) {
  const other = language === 'ja' ? 'en' : 'ja';
  const title = page.home ? word.site : `${page.title} · ${word.site}`;
  return `<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#fbf6ee" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#1b1619" media="(prefers-color-scheme: dark)">
<title>${escape(title)}</title>
<meta name="description" content="${escape(page.description)}">
<meta name="omo:page_type" content="${page.name === 'item' ? 'product' : page.name}">
<link rel="icon" href="/img/mark.svg" type="image/svg+xml">
<link rel="alternate" hreflang="${other}" href="${link(other, page.path)}">
<link rel="alternate" hreflang="${language}" href="${link(language, page.path)}">
<link rel="stylesheet" href="/css/base.css">
<link rel="stylesheet" href="/css/frame.css">
<link rel="stylesheet" href="/css/shop.css">
<link rel="stylesheet" href="/css/home.css">
<link rel="stylesheet" href="/css/creatives.css">
<link rel="stylesheet" href="/css/forms.css">
<link rel="stylesheet" href="/css/order.css">
<link rel="stylesheet" href="/css/about.css">
<link rel="stylesheet" href="/vendor/cookieconsent.css">
<link rel="stylesheet" href="/css/consent.css">
<script src="/js/stub.js"></script>
<script src="/dist/omotenashi.js" data-playbook="/playbook.omo" data-collector="/" defer></script>
<script src="/vendor/cookieconsent.umd.js" defer></script>
<script src="/js/main.js" type="module"></script>
${page.linked ? `<script type="application/ld+json">${JSON.stringify(page.linked).replaceAll('<', '\\u003c')}</script>\n` : ''}${page.script ? `<script src="/js/page/${page.script}.js" type="module"></script>\n` : ''}`;
}

function header(language, page, word) {
  const other = language === 'ja' ? 'en' : 'ja';
  const current = (path) =>
    page.path === path ? ' aria-current="page"' : page.section === path ? ' aria-current="true"' : '';
  const kinds = Object.values(categories)
    .map(({ path, name }) => `<li><a href="${link(language, path)}"${current(path)}>${escape(name[language])}</a></li>`)
    .join('');
  return `<a class="skip" href="#main">${word.skip}</a>
<p class="notice">${word.notice}</p>
<header class="header">
  <a class="logo" href="${link(language, '/')}" data-testid="home-link"><img src="/img/mark.svg" alt="" width="40" height="40"><span class="logo-name" lang="ja">花市</span><span class="logo-latin" lang="en">Hanaichi</span></a>
  <form class="search" action="${link(language, '/search.html')}" role="search">
    <label class="visually-hidden" for="search-term">${word.search}</label>
    <input id="search-term" name="q" type="search" placeholder="${word.search}" autocomplete="off" enterkeyhint="search" maxlength="60" data-testid="search-input">
    <button type="submit" aria-label="${word.searchButton}" data-testid="search-button">${icon('search')}</button>
  </form>
  <nav class="tools" aria-label="${word.account}">
    <a class="tool language" href="${link(other, page.path)}" lang="${other}" hreflang="${other}" data-testid="language-link">${word.other}</a>
    <a class="tool" href="${link(language, '/account.html')}" data-testid="account-link"${current('/account.html')}>${icon('account')}<span>${word.account}</span></a>
    <a class="tool" href="${link(language, '/cart.html')}" data-testid="cart-link"${current('/cart.html')}>${icon('cart')}<span>${word.cart}</span><b class="count" data-cart-count data-testid="cart-count" hidden>0</b></a>
  </nav>
  <nav class="kinds" aria-label="${word.menu}"><ul>${kinds}</ul></nav>
</header>`;
}

function footer(language, word) {
  const kinds = Object.values(categories)
    .map(({ path, name }) => `<li><a href="${link(language, path)}">${escape(name[language])}</a></li>`)
    .join('');
  const sky = ['sunny', 'rain', 'storm']
    .map(
      (value) =>
        `<label><input type="radio" name="weather" value="${value}"${value === 'sunny' ? ' checked' : ''} data-testid="weather-${value}"><span>${word[value]}</span></label>`,
    )
    .join('');
  return `<footer class="footer">
  <div class="footer-inner">
    <div class="footer-about"><p class="footer-logo" lang="ja">花市</p><p>${word.about}</p></div>
    <nav aria-label="${word.menu}"><h2>${word.menu}</h2><ul>${kinds}</ul></nav>
    <nav aria-label="${word.guide}"><h2>${word.guide}</h2><ul>
      <li><a href="${link(language, '/account.html')}">${word.account}</a></li>
      <li><a href="${link(language, '/privacy.html')}" data-testid="privacy-link">${word.privacy}</a></li>
      <li><button type="button" class="as-link" id="consent-preferences" data-testid="consent-preferences">${word.consent}</button></li>
      <li><button type="button" class="as-link" data-panel-open data-testid="privacy-panel">${word.panel}</button></li>
    </ul></nav>
    <fieldset class="weather" id="weather" data-testid="weather"><legend>${word.weather}</legend><div class="segmented">${sky}</div><p>${word.weatherHelp}</p></fieldset>
  </div>
  <p class="footer-note">${word.demo}</p>
</footer>`;
}

/** A whole document. `page` states path, title, description, body, and optionally section, script, name, home, data. */
export function document(language, page) {
  const word = words[language];
  const data = Object.entries(page.data ?? {})
    .map(([key, value]) => ` data-${key}="${escape(value)}"`)
    .join('');
  return `<!doctype html>
<!-- SPDX-License-Identifier: Apache-2.0 -->
<html lang="${language}">
<head>
${head(language, page, word)}</head>
<body data-page="${page.name}"${data}>
${header(language, page, word)}
<main id="main" tabindex="-1">
${page.body}
</main>
${footer(language, word)}
<div class="toast" id="toast" role="status" aria-live="polite" data-testid="toast"></div>
</body>
</html>
`;
}
