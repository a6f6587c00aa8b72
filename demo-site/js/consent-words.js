// SPDX-License-Identifier: Apache-2.0
// What the consent banner says.

const sections = {
  ja: [
    ['お店からのお願い', 'どれもお断りいただけます。お断りになっても、お買いものに変わりはありません。'],
    ['必要なもの', 'カートやご注文など、お求めのはたらきに欠かせないものです。', 'necessary'],
    ['機能', '設定を次のご来店でも覚えておきます。', 'functional'],
    ['計測', 'どのページがどれだけ読まれたかを、お名前なしで数えます。', 'measurement'],
    [
      'パーソナライズ',
      'ご覧になった花や大切な日に合わせて、ご提案を変えます。判断はこの端末の中で行います。',
      'personalization',
    ],
    ['マーケティング', 'お客さまに合うご優待をお見せします。', 'marketing'],
  ],
  en: [
    ['A request from the shop', 'You can refuse any of these and shop just the same.'],
    ['Necessary', 'The cart, your orders: what the things you asked for cannot do without.', 'necessary'],
    ['Functional', 'Remembers your settings for the next visit.', 'functional'],
    ['Measurement', 'Counts which pages are read and for how long, without names.', 'measurement'],
    [
      'Personalisation',
      'Suggests flowers by what you looked at and the days you told us of. Decided on your device.',
      'personalization',
    ],
    ['Marketing', 'Shows offers that suit you.', 'marketing'],
  ],
};

const labels = {
  ja: {
    title: 'よりよいおもてなしのために',
    description:
      'お許しいただけましたら、ご覧になった花に合わせてご提案をいたします。判断はお客さまの端末の中で行い、ほかの会社には渡しません。',
    accept: 'すべて許可する',
    reject: '必要なものだけ',
    manage: '選んで決める',
    save: '選んだ内容で保存',
    close: '閉じる',
    preferences: 'クッキーの設定',
    privacy: 'プライバシーについて',
    service: 'サービス',
  },
  en: {
    title: 'May we look after you?',
    description:
      'With your leave, we suggest flowers by what you look at. It is decided on your own device and passed on to no one.',
    accept: 'Accept all',
    reject: 'Only necessary',
    manage: 'Let me choose',
    save: 'Save my choice',
    close: 'Close',
    preferences: 'Cookie settings',
    privacy: 'Privacy',
    service: 'Service',
  },
};

/** The translation that vanilla-cookieconsent takes. */
export function words(language, privacyAddress) {
  const label = labels[language];
  return {
    consentModal: {
      title: label.title,
      description: label.description,
      acceptAllBtn: label.accept,
      acceptNecessaryBtn: label.reject,
      showPreferencesBtn: label.manage,
      footer: `<a href="${privacyAddress}">${label.privacy}</a>`,
    },
    preferencesModal: {
      title: label.preferences,
      acceptAllBtn: label.accept,
      acceptNecessaryBtn: label.reject,
      savePreferencesBtn: label.save,
      closeIconLabel: label.close,
      serviceCounterLabel: label.service,
      sections: sections[language].map(([title, description, linkedCategory]) => ({
        title,
        description,
        ...(linkedCategory ? { linkedCategory } : {}),
      })),
    },
  };
}
