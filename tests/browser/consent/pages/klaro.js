// SPDX-License-Identifier: Apache-2.0
// klaro, wired by Google's Consent Mode in the dataLayer.
window.dataLayer = window.dataLayer || [];
function gtag() {
  window.dataLayer.push(arguments);
}
gtag('consent', 'default', { analytics_storage: 'denied' });
window.klaroConfig = {
  version: 1,
  acceptAll: true,
  groupByPurpose: false,
  translations: { en: { purposes: { statistics: 'statistics' } } },
  lang: 'en',
  services: [
    {
      name: 'statistics',
      purposes: ['statistics'],
      callback: (consent) => gtag('consent', 'update', { analytics_storage: consent ? 'granted' : 'denied' }),
    },
  ],
};
addEventListener('DOMContentLoaded', () =>
  document.getElementById('preferences').addEventListener('click', () => window.klaro.show()),
);
