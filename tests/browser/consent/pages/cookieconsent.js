// SPDX-License-Identifier: Apache-2.0
// vanilla-cookieconsent, wired by consent().
const words = { acceptAllBtn: 'all', acceptNecessaryBtn: 'necessary', savePreferencesBtn: 'save' };
window.told = [];
function tell() {
  const word = window.CookieConsent.acceptedCategory('statistics') ? 'granted' : 'denied';
  const state = { storage: word, measurement: word };
  if (window.client) window.client.consent(state);
  else window.told.push(state);
}
window.CookieConsent.run({
  hideFromBots: false,
  categories: { necessary: { enabled: true, readOnly: true }, statistics: {} },
  language: {
    default: 'en',
    translations: {
      en: {
        consentModal: { title: 'Cookies', ...words },
        preferencesModal: {
          title: 'Cookies',
          ...words,
          sections: [{ linkedCategory: 'statistics', title: 'statistics' }],
        },
      },
    },
  },
  onConsent: tell,
  onChange: tell,
});
document.getElementById('preferences').addEventListener('click', () => window.CookieConsent.show(true));
