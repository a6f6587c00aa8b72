// SPDX-License-Identifier: Apache-2.0
// The page's language: words, money, dates, addresses.

export const language = document.documentElement.lang === 'en' ? 'en' : 'ja';

/** The text of the page's language. */
export const say = (ja, en) => (language === 'ja' ? ja : en);

/** The address of a page of this language's tree. */
export const link = (path) => (language === 'ja' ? path : '/en' + path);

export const yen = (amount) => say(`${amount.toLocaleString('en')}円`, `¥${amount.toLocaleString('en')}`);

const days = new Intl.DateTimeFormat(language, { month: 'long', day: 'numeric', weekday: 'short' });
export const day = (date) => days.format(date);

/** YYYY-MM-DD of a date in the visitor's own time zone, as date fields want it. */
export function isoDay(date) {
  const two = (number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The first day on which an order placed at `now` can arrive: tomorrow until 15:00, else the day after. */
export function earliestDelivery(now = new Date()) {
  const date = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  date.setDate(date.getDate() + (now.getHours() < 15 ? 1 : 2));
  return date;
}
