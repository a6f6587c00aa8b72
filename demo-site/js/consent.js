// SPDX-License-Identifier: Apache-2.0
// The consent banner (vanilla-cookieconsent) and its five categories, wired to Omotenashi's purposes.

import { language, link } from './locale.js';
import { consent } from './shop.js';
import { words } from './consent-words.js';

const optional = ['functional', 'measurement', 'personalization', 'marketing'];

/** Tells the runtime what the visitor decided. Nothing is ever shared with others, so nobody is asked about that. */
function tell() {
  const state = Object.fromEntries(
    optional.map((name) => [name, window.CookieConsent.acceptedCategory(name) ? 'granted' : 'denied']),
  );
  const any = Object.values(state).includes('granted');
  consent({ storage: any ? 'granted' : 'denied', ...state, sharing: 'denied' });
}

/** What the visitor has switched in the runtime's own panel, the banner's cookie must say too. */
function follow(state) {
  const allowed = optional.filter((name) => state[name] === 'granted');
  const said = optional.filter((name) => window.CookieConsent.acceptedCategory(name));
  if (window.CookieConsent.validConsent() && `${allowed}` !== `${said}`) window.CookieConsent.acceptCategory(allowed);
}

/**
 * A decision that has lapsed (the manager's cookie ran out or was deleted) no longer counts, even where the runtime
 * still has its record of it.
 */
function withdrawLapsed() {
  if (window.CookieConsent.validConsent()) return;
  try {
    if (localStorage.getItem('omo.consent') === null) return;
  } catch {
    return; // without storage there is no record that could have outlived the cookie
  }
  tell();
}

export async function startConsent() {
  const started = window.CookieConsent.run({
    revision: 1,
    hideFromBots: false, // a browser under automation is asked like any other
    cookie: { name: 'cc_cookie', expiresAfterDays: 182, sameSite: 'Lax' },
    guiOptions: {
      consentModal: { layout: 'box inline', position: 'bottom left', equalWeightButtons: true, flipButtons: false },
      preferencesModal: { layout: 'box', equalWeightButtons: true, flipButtons: false },
    },
    categories: {
      necessary: { enabled: true, readOnly: true },
      ...Object.fromEntries(optional.map((name) => [name, { enabled: false }])),
    },
    language: { default: language, translations: { [language]: words(language, link('/privacy.html')) } },
    onConsent: tell,
    onChange: tell,
  });
  for (const button of document.querySelectorAll('#consent-preferences, [data-consent-open]')) {
    // A click that comes before the banner is there waits for it.
    button.addEventListener('click', () => started.then(() => window.CookieConsent.showPreferences()));
  }
  for (const button of document.querySelectorAll('[data-panel-open]')) {
    // On the global that every script can reach, this tells nothing: it opens the visitor's panel.
    button.addEventListener('click', () => window.omotenashi.q.push(['export']));
  }
  await started;
  withdrawLapsed();
  window.omotenashi.q.push(['on', 'consent', follow]);
}
