// SPDX-License-Identifier: Apache-2.0
// The pages for buying: cart, checkout, thanks. Their lists are filled in by js/page/*.js from the visitor's own storage.

import { categories, link } from './html.mjs';

const word = {
  ja: {
    cart: 'カート',
    cartEmpty: 'カートは空です',
    cartEmptyText: '気になる花を、どうぞゆっくりお選びください。',
    browse: '花束を見る',
    summary: 'ご注文の内容',
    goods: '商品の合計',
    delivery: '送料',
    discount: '割引',
    total: 'お支払い合計',
    checkout: 'ご注文手続きへ',
    coupon: 'クーポンコード',
    apply: '適用する',
    taxed: '税込',
    title: 'ご注文手続き',
    to: 'お届け先',
    name: 'お名前',
    nameHelp: '例：花村 さくら',
    postal: '郵便番号',
    postalHelp: 'ハイフンなしの7桁',
    address: 'ご住所',
    phone: '電話番号',
    phoneHelp: '配達のご連絡にのみ使います',
    from: 'ご注文主さま',
    sender: 'お名前',
    email: 'メールアドレス',
    when: 'お届け日時',
    date: 'お届け希望日',
    time: '時間帯',
    times: ['午前中', '14時〜16時', '16時〜18時', '18時〜20時'],
    card: 'メッセージカード',
    cardText: 'お言葉（80文字まで）',
    cardHelp: '空欄のままですと、カードはお付けしません。',
    cardSample: 'ここにお言葉が入ります',
    left: '残り',
    characters: '文字',
    notes: '備考',
    notesHelp: '置き場所のご希望、香りの苦手な花などがあればお書きください。',
    pay: 'お支払い方法',
    pays: [
      ['card_on_delivery', 'お届け時にカードで'],
      ['cash_on_delivery', '代金引換'],
      ['invoice', '請求書（後払い）'],
    ],
    order: '注文を確定する',
    demo: '見本のお店ですので、実際のお届けとお支払いはありません。ご入力の内容は、この端末の外へ送られません。',
    optional: '任意',
    required: '必須',
    errors: 'ご入力をお確かめください',
    thanks: 'ご注文ありがとうございます',
    thanksText: '明朝の市場で、いちばんよい花を選んでまいります。',
    number: 'ご注文番号',
    arrive: 'お届け予定',
    again: '花市のトップへ',
    none: 'ご注文が見つかりません',
    noneText: 'ご注文を確定されると、こちらに控えが表示されます。',
  },
  en: {
    cart: 'Cart',
    cartEmpty: 'Your cart is empty',
    cartEmptyText: 'Take your time: the flowers will wait for you.',
    browse: 'See bouquets',
    summary: 'Your order',
    goods: 'Items',
    delivery: 'Delivery',
    discount: 'Discount',
    total: 'Total',
    checkout: 'Continue to checkout',
    coupon: 'Coupon code',
    apply: 'Apply',
    taxed: 'tax included',
    title: 'Checkout',
    to: 'Who receives it',
    name: 'Name',
    nameHelp: 'As it should appear on the parcel',
    postal: 'Postal code',
    postalHelp: '7 digits, no hyphen',
    address: 'Address',
    phone: 'Phone',
    phoneHelp: 'Used only to arrange delivery',
    from: 'Who sends it',
    sender: 'Your name',
    email: 'E-mail',
    when: 'When',
    date: 'Delivery date',
    time: 'Time',
    times: ['Morning', '14:00–16:00', '16:00–18:00', '18:00–20:00'],
    card: 'Message card',
    cardText: 'Your words (up to 80 characters)',
    cardHelp: 'Leave it empty and we send no card.',
    cardSample: 'Your words appear here',
    left: 'Left:',
    characters: '',
    notes: 'Notes',
    notesHelp: 'Where to leave it, scents to avoid: anything we should know.',
    pay: 'Payment',
    pays: [
      ['card_on_delivery', 'By card at the door'],
      ['cash_on_delivery', 'Cash on delivery'],
      ['invoice', 'Invoice, pay later'],
    ],
    order: 'Place the order',
    demo: 'This is a demonstration: nothing is delivered or charged, and what you type never leaves this device.',
    optional: 'optional',
    required: 'required',
    errors: 'Please check what you entered',
    thanks: 'Thank you for your order',
    thanksText: 'Tomorrow at dawn we will choose the best of the market for you.',
    number: 'Order number',
    arrive: 'Arrives',
    again: 'Back to the market',
    none: 'No order to show',
    noneText: 'Once you place an order, its receipt appears here.',
  },
};

const totals = (w) =>
  `<dl class="totals"><div><dt>${w.goods}</dt><dd id="goods" data-testid="goods-total"></dd></div><div id="discount-row" hidden><dt>${w.discount}</dt><dd id="discount" data-testid="discount"></dd></div><div><dt>${w.delivery}</dt><dd id="delivery"></dd></div><div class="sum"><dt>${w.total}<small>${w.taxed}</small></dt><dd id="total" data-testid="order-total"></dd></div></dl>`;

const empty = (language, w, id, title, text) =>
  `<div class="empty" id="${id}" hidden data-testid="${id}"><img src="/img/mark.svg" alt="" width="72" height="72"><h2>${title}</h2><p>${text}</p><a class="button" href="${link(language, categories.bouquet.path)}">${w.browse}</a></div>`;

export function cart(language) {
  const w = word[language];
  const body = `<div class="page-head"><h1>${w.cart}</h1></div>
${empty(language, w, 'cart-empty', w.cartEmpty, w.cartEmptyText)}
<div class="split" id="cart-full" hidden>
  <div><ul class="lines" id="lines" data-testid="cart-lines"></ul><omo-slot class="line-slot" name="cart" data-testid="slot-cart"></omo-slot></div>
  <aside class="summary" aria-labelledby="summary-title"><h2 id="summary-title">${w.summary}</h2>
    <form class="coupon" id="coupon-form" novalidate><label for="coupon">${w.coupon}</label><div class="joined"><input id="coupon" name="coupon" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="24" aria-describedby="coupon-message" data-testid="coupon-input"><button class="button quiet" type="submit" data-testid="coupon-apply">${w.apply}</button></div><p class="message" id="coupon-message" role="status" data-testid="coupon-message"></p></form>
    ${totals(w)}<a class="button wide" href="${link(language, '/checkout.html')}" id="to-checkout" data-testid="to-checkout">${w.checkout}</a></aside>
</div>`;
  return { path: '/cart.html', name: 'cart', script: 'cart', title: w.cart, description: w.cartEmptyText, body };
}

function field(w, id, label, attributes, help = '', optional = false) {
  const mark = optional ? `<small>${w.optional}</small>` : '';
  return `<div class="field"><label for="${id}">${label}${mark}</label><input id="${id}" name="${id}"${optional ? '' : ' required'} ${attributes} aria-describedby="${id}-error${help ? ` ${id}-help` : ''}" data-testid="${id}">${help ? `<p class="help" id="${id}-help">${help}</p>` : ''}<p class="error" id="${id}-error"></p></div>`;
}

export function checkout(language) {
  const w = word[language];
  const body = `<div class="page-head"><h1>${w.title}</h1><p>${w.demo}</p></div>
${empty(language, w, 'cart-empty', w.cartEmpty, w.cartEmptyText)}
<form class="split" id="checkout" novalidate hidden>
  <div class="sheets">
    <div class="errors" id="errors" role="alert" tabindex="-1" hidden><strong>${w.errors}</strong><ul></ul></div>
    <fieldset class="sheet"><legend>${w.to}</legend>
      ${field(w, 'recipient', w.name, 'autocomplete="shipping name" maxlength="60"', w.nameHelp)}
      <div class="pair">${field(w, 'postal', w.postal, 'autocomplete="shipping postal-code" inputmode="numeric" maxlength="8"', w.postalHelp)}${field(w, 'phone', w.phone, 'type="tel" autocomplete="shipping tel" maxlength="16"', w.phoneHelp)}</div>
      ${field(w, 'address', w.address, 'autocomplete="shipping street-address" maxlength="120"')}
    </fieldset>
    <fieldset class="sheet"><legend>${w.when}</legend><div class="pair">${field(w, 'delivery-date', w.date, 'type="date"')}
      <div class="field"><label for="delivery-time">${w.time}</label><select id="delivery-time" name="delivery-time" data-testid="delivery-time">${w.times.map((time) => `<option>${time}</option>`).join('')}</select></div></div></fieldset>
    <fieldset class="sheet"><legend>${w.card}</legend><div class="card-pair"><div class="field"><label for="message">${w.cardText}<small>${w.optional}</small></label><textarea id="message" name="message" rows="4" maxlength="80" aria-describedby="message-help" data-testid="card-message"></textarea><p class="help" id="message-help">${w.cardHelp} <span>${w.left} <span id="message-left">80</span>${w.characters}</span></p></div>
      <figure class="paper-card" aria-hidden="true"><img src="/img/mark.svg" alt="" width="34" height="34"><p id="card-preview" data-sample="${w.cardSample}">${w.cardSample}</p></figure></div></fieldset>
    <fieldset class="sheet"><legend>${w.from}</legend><div class="pair">${field(w, 'sender', w.sender, 'autocomplete="name" maxlength="60"')}${field(w, 'email', w.email, 'type="email" autocomplete="email" maxlength="120"')}</div>
      <div class="field"><label for="notes">${w.notes}<small>${w.optional}</small></label><textarea id="notes" name="notes" rows="2" maxlength="300" aria-describedby="notes-help"></textarea><p class="help" id="notes-help">${w.notesHelp}</p></div></fieldset>
    <fieldset class="sheet"><legend>${w.pay}</legend><div class="choices">${w.pays.map(([value, label], index) => `<label class="choice"><input type="radio" name="payment" value="${value}"${index ? '' : ' checked'}><span>${label}</span></label>`).join('')}</div></fieldset>
  </div>
  <aside class="summary" aria-labelledby="summary-title"><h2 id="summary-title">${w.summary}</h2><ul class="lines small" id="lines"></ul>${totals(w)}<button class="button wide" type="submit" id="place-order" data-testid="place-order">${w.order}</button></aside>
</form>`;
  return { path: '/checkout.html', name: 'checkout', script: 'checkout', title: w.title, description: w.demo, body };
}

export function thanks(language) {
  const w = word[language];
  const body = `<div class="thanks" id="thanks" hidden data-testid="thanks"><img src="/img/mark.svg" alt="" width="88" height="88"><h1>${w.thanks}</h1><p>${w.thanksText}</p>
<dl class="receipt"><div><dt>${w.number}</dt><dd id="order-number" data-testid="order-number"></dd></div><div><dt>${w.arrive}</dt><dd id="order-arrives"></dd></div><div><dt>${w.total}</dt><dd id="order-total" data-testid="order-total"></dd></div></dl><ul class="lines small" id="lines"></ul><a class="button" href="${link(language, '/')}" data-testid="thanks-home">${w.again}</a></div>
${empty(language, w, 'no-order', w.none, w.noneText)}`;
  return { path: '/thanks.html', name: 'thanks', script: 'thanks', title: w.thanks, description: w.thanksText, body };
}
