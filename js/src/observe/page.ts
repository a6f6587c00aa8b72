// SPDX-License-Identifier: Apache-2.0
// Page views. One begins at load, when a page comes back from the back-forward cache, and when a single-page navigation
// changes the path, the query or a hash route (#/... or #!...). The same address again, or a jump to an anchor, is none.
import { campaignTags } from './campaign';
import type { On } from './on';

const address = () => location.pathname + location.search + (/^#[/!]/.test(location.hash) ? location.hash : '');

/** Hosts of search engines, which the third group tells, and of social networks. */
const KNOWN =
  /(^|\.)((google|bing|yahoo|duckduckgo|baidu|yandex|naver)\.|(facebook|instagram|twitter|x|t|linkedin|youtube|tiktok|line)\.(com|co|me)$)/;

/** Class of a referrer: only this leaves the address behind, never the address itself. */
export const referrerClass = (referrer: string, host: string): string => {
  if (!referrer) return '';
  const from = new URL(referrer).hostname;
  const known = KNOWN.exec(from);
  return from == host ? 'internal' : !known ? 'external' : known[3] ? 'search' : 'social';
};

/** `<html data-omo-page-type>`, `<meta name="omo:page_type" content>` or `<body data-omo-page-type>`, the first of them. */
const pageType = () => {
  const element = document.querySelector('[data-omo-page-type],[name="omo:page_type"]');
  return element && (element.getAttribute('data-omo-page-type') || element.getAttribute('content'));
};

/** Facts of this view that the engine takes as context. */
export const pageContext = () => ({
  ...campaignTags(location.search),
  page_type: pageType(),
  language: pageLanguage(),
  device: !matchMedia('(pointer:coarse)').matches
    ? 'desktop'
    : Math.min(screen.width, screen.height) < 600
      ? 'phone'
      : 'tablet',
  utc_offset_min: -new Date().getTimezoneOffset(),
});

/** Is it no prerendered page of which nobody knows yet whether it will be shown? */
export const isSeen = () => !(document as { prerendering?: boolean }).prerendering;

export const pageLanguage = () => document.documentElement.lang || navigator.language;

/** Calls back at each new view of a single-page navigation. */
export const watchNavigation = (on: On, navigated: () => void): void => {
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
};
