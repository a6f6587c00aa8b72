// SPDX-License-Identifier: Apache-2.0
// tarteaucitron with its own Consent Mode, for a measurement service that loads nothing.
window.tarteaucitron.init({
  privacyUrl: '',
  hashtag: '#tarteaucitron',
  cookieName: 'tarteaucitron',
  orientation: 'middle',
  showAlertSmall: true,
  cookieslist: false,
  closePopup: false,
  showIcon: false,
  adblocker: false,
  DenyAllCta: true,
  AcceptAllCta: true,
  highPrivacy: true,
  handleBrowserDNTRequest: false,
  removeCredit: true,
  moreInfoLink: false,
  useExternalCss: true,
  useExternalJs: false,
  mandatory: false,
  googleConsentMode: true,
});
// Its service for Google Analytics 4 goes by this key, which its Consent Mode listens to; nothing is fetched here.
window.tarteaucitron.services.gtag = {
  key: 'gtag',
  type: 'analytic',
  name: 'Statistics',
  uri: '',
  needConsent: true,
  cookies: [],
  js() {},
};
(window.tarteaucitron.job = window.tarteaucitron.job || []).push('gtag');
