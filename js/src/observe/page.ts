// SPDX-License-Identifier: Apache-2.0
// Page views. One begins at load, when a page comes back from the back-forward cache, and when a single-page navigation
// changes the path, the query or a hash route (#/... or #!...). The same address again, or a jump to an anchor, is none.
import type { On } from './on';

const address = () => location.pathname + location.search + (/^#[/!]/.test(location.hash) ? location.hash : '');

const SEARCH = /(^|\.)(google|bing|yahoo|duckduckgo|baidu|yandex|naver)\./;
const SOCIAL = /(^|\.)(facebook|instagram|twitter|x|t|linkedin|youtube|tiktok|line)\.(com|co|me)$/;

/** Class of a referrer: only this leaves the address behind, never the address itself. */
export function referrerClass(referrer: string, host: string): string {
  if (!referrer) return '';
  const from = new URL(referrer).hostname;
  return from == host ? 'internal' : SEARCH.test(from) ? 'search' : SOCIAL.test(from) ? 'social' : 'external';
}

/** Facts of this view that the engine takes as context. */
export const pageContext = () => ({
  language: pageLanguage(),
  device: !matchMedia('(pointer:coarse)').matches
    ? 'desktop'
    : Math.min(screen.width, screen.height) < 600
      ? 'phone'
      : 'tablet',
  utc_offset_min: -new Date().getTimezoneOffset(),
});

export const pageLanguage = () => document.documentElement.lang || navigator.language;

/** Calls back at each new view of a single-page navigation. */
export function watchNavigation(on: On, navigated: () => void): void {
  let last = address();
  const check = () => {
    const now = address();
    if (now != last) {
      last = now;
      navigated();
    }
  };
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = (...state) => {
      original.apply(history, state);
      check();
    };
  }
  on('popstate hashchange', check);
}
