// SPDX-License-Identifier: Apache-2.0
// The dashboard: signs in with the collector's token, and shows its stats while the tab is visible. The token lives in this
// tab's sessionStorage only; no cookie is set.
import { element } from './dom';
import {
  campaignsCard,
  figures,
  hoursCard,
  pagesCard,
  pageTypesCard,
  pathsCard,
  segmentsCard,
  sourcesCard,
} from './panels';
import { fetchReports, Unauthorized, type Reports } from './reports';
import { textsOf, type Language, type Texts } from './text';

const TOKEN_KEY = 'omo.dashboard.token';
const LANGUAGE_KEY = 'omo.dashboard.language';
const REFRESH_MS = 5000;

const byId = (id: string) => document.getElementById(id) as HTMLElement;
const main = byId('main');
const status = byId('status');
const languageButton = byId('language');
const signOutButton = byId('sign-out');

let texts: Texts = textsOf(firstLanguage());
let token = takeToken();
let reports: Reports | null = null;
/** Each card as last drawn, by what it was drawn from, so that a refresh redraws only what has changed. */
let drawn: string[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

function firstLanguage(): Language {
  const chosen = localStorage.getItem(LANGUAGE_KEY) ?? navigator.language;
  return chosen.startsWith('ja') ? 'ja' : 'en';
}

/** From a link (#token=...), which leaves the address bar and the history at once, or from this tab. */
function takeToken(): string | null {
  const given = /^#token=(.+)$/.exec(location.hash);
  if (given?.[1]) {
    sessionStorage.setItem(TOKEN_KEY, decodeURIComponent(given[1]));
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem(TOKEN_KEY);
}

function setToken(next: string | null): void {
  token = next;
  if (next === null) sessionStorage.removeItem(TOKEN_KEY);
  else sessionStorage.setItem(TOKEN_KEY, next);
}

function say(text: string, bad = false): void {
  status.textContent = text;
  status.classList.toggle('bad', bad);
}

function drawFrame(): void {
  document.documentElement.lang = texts.language;
  document.title = texts.say('title');
  languageButton.textContent = texts.say('otherLanguage');
  languageButton.lang = texts.language === 'ja' ? 'en' : 'ja';
  signOutButton.textContent = texts.say('signOut');
  signOutButton.hidden = token === null;
}

function drawSignIn(wrong: boolean): void {
  clearTimeout(timer);
  reports = null;
  drawn = [];
  say('');
  drawFrame();
  const field = element('input', {
    id: 'token',
    type: 'password',
    autocomplete: 'current-password',
    required: '',
    'aria-describedby': 'token-hint',
    'aria-invalid': wrong ? 'true' : null,
  });
  const form = element(
    'form',
    { class: 'sign-in', method: 'post' },
    element('h2', {}, texts.say('signIn')),
    wrong ? element('p', { class: 'wrong', role: 'alert' }, texts.say('wrongToken')) : null,
    element('label', { for: 'token' }, texts.say('token')),
    field,
    element('p', { id: 'token-hint' }, texts.say('tokenHint')),
    element('button', { class: 'primary', type: 'submit' }, texts.say('signIn')),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    setToken(field.value.trim());
    main.replaceChildren();
    drawFrame();
    say(texts.say('loading'));
    void refresh();
  });
  main.replaceChildren(form);
  field.focus();
}

function drawReports(now: Reports): void {
  const cards: [unknown, () => HTMLElement][] = [
    [[now.pages, now.campaigns], () => figures(now, texts)],
    [now.hours, () => hoursCard(now.hours, texts)],
    [now.pages, () => pagesCard(now.pages, texts)],
    [now.segments, () => segmentsCard(now.segments, texts)],
    [now.campaigns, () => campaignsCard(now.campaigns, texts)],
    [now.paths, () => pathsCard(now.paths, texts)],
    [now.pageTypes, () => pageTypesCard(now.pageTypes, texts)],
    [now.sources, () => sourcesCard(now.sources, texts)],
  ];
  const keys = cards.map(([from]) => JSON.stringify(from));
  const fresh = main.children.length !== cards.length || drawn.length !== cards.length;
  if (fresh) main.replaceChildren(...cards.map(([, draw]) => draw()));
  else cards.forEach(([, draw], index) => keys[index] !== drawn[index] && replaceCard(main.children[index], draw()));
  drawn = keys;
}

/** Keeps what the reader did with the old card: an opened table and how far it was scrolled. */
function replaceCard(old: Element | undefined, next: HTMLElement): void {
  if (!old) return;
  const wasOpen = old.querySelector('details')?.open ?? false;
  const scrolled = old.querySelector('.scroll')?.scrollTop ?? 0;
  const wasFocused = old.querySelector('.scroll') === document.activeElement;
  old.replaceWith(next);
  const details = next.querySelector('details');
  if (details) details.open = wasOpen;
  const scroll = next.querySelector<HTMLElement>('.scroll');
  if (!scroll) return;
  scroll.scrollTop = scrolled;
  if (wasFocused) scroll.focus({ preventScroll: true });
}

async function refresh(): Promise<void> {
  clearTimeout(timer);
  const used = token;
  if (used === null) return drawSignIn(false);
  try {
    const next = await fetchReports(used);
    if (token !== used) return;
    reports = next;
    drawReports(next);
    say(texts.say('updated', { time: texts.time(Date.now()) }));
  } catch (error) {
    if (token !== used) return;
    if (error instanceof Unauthorized) {
      setToken(null);
      return drawSignIn(true);
    }
    say(texts.say('unreachable'), true);
  }
  if (document.visibilityState === 'visible') timer = setTimeout(() => void refresh(), REFRESH_MS);
}

function redraw(): void {
  drawFrame();
  if (token === null) return drawSignIn(false);
  drawn = [];
  if (reports) drawReports(reports);
}

languageButton.addEventListener('click', () => {
  texts = textsOf(texts.language === 'ja' ? 'en' : 'ja');
  localStorage.setItem(LANGUAGE_KEY, texts.language);
  redraw();
  if (token !== null) void refresh();
});
signOutButton.addEventListener('click', () => {
  setToken(null);
  drawSignIn(false);
});
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && token !== null) void refresh();
});
window.addEventListener('hashchange', () => {
  token = takeToken();
  redraw();
  void refresh();
});
// The chart reads its colours when it is drawn.
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

drawFrame();
if (token !== null) say(texts.say('loading'));
void refresh();
