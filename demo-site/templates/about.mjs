// SPDX-License-Identifier: Apache-2.0
// The pages about the visitor: account, privacy.

import { link } from './html.mjs';

const account = {
  ja: {
    title: 'マイページ',
    welcome: 'ようこそ、花市へ',
    intro:
      'お名前を登録いただくと、ポイントがたまり、大切な日にお声がけできます。登録内容はこの端末にだけ保存されます。',
    name: 'お名前',
    birthday: 'パートナーのお誕生日',
    birthdayHelp: '一週間前から、トップページで花のご提案をいたします（パーソナライズにご同意いただいた場合のみ）。',
    month: '月',
    day: '日',
    unset: '—',
    flower: 'お好きな花',
    flowers: [
      ['', '選ばない'],
      ['rose', '薔薇'],
      ['peony', '芍薬'],
      ['lily', '百合'],
      ['lavender', 'ラベンダー'],
      ['plant', '鉢植え'],
    ],
    letters: '季節のお便りを受け取る',
    save: '保存する',
    join: '登録する',
    out: 'ログアウト',
    rank: '会員ランク',
    points: 'ポイント',
    orders: 'ご注文の記録',
    noOrders: 'まだご注文はございません。',
    optional: '任意',
    hello: 'さま、おかえりなさいませ',
    next: '次のランクまで',
  },
  en: {
    title: 'Account',
    welcome: 'Welcome to Hanaichi',
    intro:
      'Tell us your name to collect points and to be reminded of the days that matter. It is kept on this device only.',
    name: 'Name',
    birthday: 'Your partner’s birthday',
    birthdayHelp: 'From a week before, the home page suggests flowers (only if you agreed to personalisation).',
    month: 'Month',
    day: 'Day',
    unset: '—',
    flower: 'Favourite flower',
    flowers: [
      ['', 'No preference'],
      ['rose', 'Rose'],
      ['peony', 'Peony'],
      ['lily', 'Lily'],
      ['lavender', 'Lavender'],
      ['plant', 'Plants'],
    ],
    letters: 'Send me seasonal letters',
    save: 'Save',
    join: 'Join',
    out: 'Sign out',
    rank: 'Rank',
    points: 'Points',
    orders: 'Orders',
    noOrders: 'No orders yet.',
    optional: 'optional',
    hello: ', welcome back',
    next: 'To the next rank',
  },
};

export function accountPage(language) {
  const w = account[language];
  const numbers = (count, suffix) =>
    Array.from({ length: count }, (_, index) => `<option value="${index + 1}">${index + 1}${suffix}</option>`).join('');
  const months =
    language === 'ja'
      ? numbers(12, '月')
      : Array.from(
          { length: 12 },
          (_, index) =>
            `<option value="${index + 1}">${new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' }).format(Date.UTC(2000, index, 1))}</option>`,
        ).join('');
  const body = `<div class="page-head"><h1 id="hello" data-hello="${w.hello}">${w.welcome}</h1><p id="intro">${w.intro}</p></div>
<section class="member" id="member" hidden aria-label="${w.rank}" data-testid="member-card"><div><span>${w.rank}</span><strong id="rank" data-testid="rank"></strong></div><div><span>${w.points}</span><strong id="points" data-testid="points"></strong></div><div class="progress"><span>${w.next}</span><progress id="progress" max="100" value="0" aria-label="${w.next}"></progress></div></section>
<omo-slot class="line-slot" name="account" data-testid="slot-account"></omo-slot>
<div class="split">
  <form class="sheets" id="account" novalidate><fieldset class="sheet"><legend>${w.title}</legend>
    <div class="field"><label for="name">${w.name}</label><input id="name" name="name" required maxlength="40" autocomplete="name" aria-describedby="name-error" data-testid="account-name"><p class="error" id="name-error"></p></div>
    <fieldset class="field birthday" aria-describedby="birthday-help birthday-error"><legend>${w.birthday}<small>${w.optional}</small></legend><div class="joined"><label class="visually-hidden" for="month">${w.month}</label><select id="month" name="month" data-testid="spouse-month"><option value="">${w.unset}</option>${months}</select><label class="visually-hidden" for="day">${w.day}</label><select id="day" name="day" data-testid="spouse-day"><option value="">${w.unset}</option>${numbers(31, language === 'ja' ? '日' : '')}</select></div><p class="help" id="birthday-help">${w.birthdayHelp}</p><p class="error" id="birthday-error"></p></fieldset>
    <div class="field"><label for="flower">${w.flower}<small>${w.optional}</small></label><select id="flower" name="flower" data-testid="favourite">${w.flowers.map(([value, label]) => `<option value="${value}">${label}</option>`).join('')}</select></div>
    <label class="check"><input type="checkbox" name="letters" id="letters"><span>${w.letters}</span></label>
    <p class="actions"><button class="button" type="submit" id="save" data-testid="account-save" data-join="${w.join}" data-save="${w.save}">${w.join}</button><button class="button quiet" type="button" id="sign-out" data-testid="sign-out" hidden>${w.out}</button></p>
  </fieldset></form>
  <section class="summary" aria-labelledby="orders-title"><h2 id="orders-title">${w.orders}</h2><p id="no-orders">${w.noOrders}</p><ul class="orders" id="orders" data-testid="orders"></ul></section>
</div>`;
  return { path: '/account.html', name: 'account', script: 'account', title: w.title, description: w.intro, body };
}

const privacy = {
  ja: {
    title: 'プライバシーについて',
    lead: '花市は、お客さまのことをよく知らないままでも、よい花をお届けできます。知る必要があるときは、先におたずねします。',
    sections: [
      [
        '',
        'お店のはたらきに必要なもの',
        '<p>カート、ご注文、マイページの内容は、この端末の中（localStorage の <code>hanaichi.*</code>）にだけ保存します。お客さまがお求めになったはたらきに欠かせないため、同意をいただかずに使います。「お届け先の空模様」の選択は、タブを閉じるまで（sessionStorage）です。クッキーの設定そのものは <code>cc_cookie</code> に182日間のこします。</p>',
      ],
      [
        '',
        '同意をいただいてから使うもの',
        '<table><thead><tr><th scope="col">目的</th><th scope="col">すること</th><th scope="col">のこる場所</th></tr></thead><tbody><tr><th scope="row">機能</th><td>お店がお覚えした設定を、次のご来店でも使います。</td><td>この端末</td></tr><tr><th scope="row">計測</th><td>どのページがどれだけ読まれたか、何が買われたかを、お名前なしで数えます。</td><td>この店のサーバー</td></tr><tr><th scope="row">パーソナライズ</th><td>ご覧になった花や大切な日に合わせて、ご提案を変えます。判断はこの端末の中で行います。</td><td>この端末</td></tr><tr><th scope="row">マーケティング</th><td>お客さまに合うご優待をお見せします。</td><td>この端末</td></tr></tbody></table><p>第三者への提供は行いません。ほかの会社のスクリプトも、画像も、文字も読みこみません。端末に保存する内容は <code>omo.*</code> にあります。</p>',
      ],
      [
        '',
        'お誕生日などの登録内容',
        '<p>マイページに書かれた内容は、この端末の外へ送られません。ログアウトされると、端末からも消えます。</p>',
      ],
      [
        'delivery',
        '空模様とお届け',
        '<p>空模様は、ページ下部の切りかえでお知らせいただいたものだけを使い、保存も送信もいたしません。荒天の日は安全を優先し、最大二日お届けを遅らせることがございます。その間、花は低温の室でお預かりします。</p>',
      ],
      [
        'withdraw',
        '取り消すには',
        '<p>いつでも設定を変えられます。取り消されると、その目的のために端末へ保存したものはすぐに消え、以後の送信も止まります。</p>',
      ],
    ],
    button: 'クッキーの設定をひらく',
    gpc: 'ブラウザーの Global Privacy Control を尊重します：',
    gpcOn: 'お使いのブラウザーは「オン」を送っています。',
    gpcOff: 'お使いのブラウザーからは送られていません。',
  },
  en: {
    title: 'Privacy',
    lead: 'Hanaichi can send good flowers without knowing much about you. Where it helps to know more, we ask first.',
    sections: [
      [
        '',
        'What the shop needs to work',
        '<p>Your cart, orders and account are kept on this device only (<code>hanaichi.*</code> in localStorage). They are strictly necessary for what you asked for, so they need no consent. The weather you choose lasts until you close the tab (sessionStorage). Your cookie settings themselves stay in <code>cc_cookie</code> for 182 days.</p>',
      ],
      [
        '',
        'What we use only with your consent',
        '<table><thead><tr><th scope="col">Purpose</th><th scope="col">What happens</th><th scope="col">Where it stays</th></tr></thead><tbody><tr><th scope="row">Functional</th><td>Remembers settings for your next visit.</td><td>This device</td></tr><tr><th scope="row">Measurement</th><td>Counts which pages are read, for how long, and what is bought, without names.</td><td>This shop’s server</td></tr><tr><th scope="row">Personalisation</th><td>Suggests flowers by what you looked at and the days you told us of. Decided on your device.</td><td>This device</td></tr><tr><th scope="row">Marketing</th><td>Shows offers that suit you.</td><td>This device</td></tr></tbody></table><p>Nothing is passed on to third parties, and no other company’s script, picture or font is loaded. What is kept on the device is under <code>omo.*</code>.</p>',
      ],
      [
        '',
        'Birthdays and other account details',
        '<p>What you write in your account never leaves this device. Sign out and it is gone from the device too.</p>',
      ],
      [
        'delivery',
        'Weather and deliveries',
        '<p>We use only the weather that you choose at the foot of the page; it is neither sent nor kept beyond the tab. On stormy days safety comes first and a delivery may be up to two days late. Until then your flowers rest in our cold room.</p>',
      ],
      [
        'withdraw',
        'How to withdraw',
        '<p>Change your settings at any time. What was kept on the device for a purpose that you withdraw is removed at once, and nothing more is sent.</p>',
      ],
    ],
    button: 'Open cookie settings',
    gpc: 'We honour your browser’s Global Privacy Control: ',
    gpcOn: 'your browser sends it.',
    gpcOff: 'your browser does not send it.',
  },
};

export function privacyPage(language) {
  const w = privacy[language];
  const sections = w.sections
    .map(([id, title, html]) => `<section${id ? ` id="${id}"` : ''}><h2>${title}</h2>${html}</section>`)
    .join('');
  const body = `<div class="page-head"><h1>${w.title}</h1><p>${w.lead}</p></div>
<div class="prose">${sections}<omo-privacy></omo-privacy><p class="fine">${w.gpc}<span id="gpc" data-on="${w.gpcOn}">${w.gpcOff}</span></p><p><button class="button" type="button" data-consent-open data-testid="privacy-consent">${w.button}</button> <a class="button quiet" href="${link(language, '/')}">${language === 'ja' ? 'トップへ戻る' : 'Back to the market'}</a></p></div>`;
  return { path: '/privacy.html', name: 'privacy', title: w.title, description: w.lead, body };
}

export function missingPage(language) {
  const ja = language === 'ja';
  const title = ja ? 'ページが見つかりません' : 'This page has wilted';
  const text = ja
    ? 'お探しのページは、移動したか、季節を終えたようです。'
    : 'What you were looking for has moved, or its season is over.';
  const body = `<div class="empty"><img src="/img/mark.svg" alt="" width="72" height="72"><h1>${title}</h1><p>${text}</p><a class="button" href="${link(language, '/')}">${ja ? 'トップへ' : 'To the market'}</a></div>`;
  return { path: '/404.html', name: 'missing', title, description: text, body };
}
