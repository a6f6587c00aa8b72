// SPDX-License-Identifier: Apache-2.0
// What <omo-privacy> says, in both languages, and how it says a value.
import type { Value } from '../types';
import { Limit, type Purpose } from '../vocabulary';

/** After the last visit, until all is dropped. */
const MONTHS = Math.round((Limit.MaxKeptDays * 12) / 365);

export type Texts = typeof ENGLISH;
export const ENGLISH = {
  title: 'Your privacy on this site',
  intro:
    'What this site knows of you is kept in this browser. You can look at it, switch it off, take it with you, or erase it.',
  undecided: 'You have not decided yet: nothing is kept and nothing is sent.',
  undecidedOn: 'You have not decided yet: until you do, what is switched on below is allowed, and nothing else.',
  decided: (when: string, version: string) => `You decided on ${when}${version && ` (policy ${version})`}.`,
  gpc: 'Your browser asks not to be marketed to or sold (Global Privacy Control): those two stay off.',
  on: 'allowed',
  off: 'off',
  since: (when: string) => `since ${when}`,
  until: `Kept until you switch it off, at the longest ${MONTHS} months after your last visit.`,
  nothing: 'Nothing is kept for this.',
  facts: 'What is kept',
  groups: 'Groups, and whether you are in them',
  inGroup: 'yes',
  notInGroup: 'no',
  unknownGroup: 'not known without your permission',
  restsOn: 'It rests on',
  restsOnNothing: 'It rests on nothing that is kept of you.',
  daysUntil: (title: string) => `${title}: days until then`,
  within: (length: string) => `of the last ${length}`,
  oldest: (when: string) => `the oldest goes on ${when}`,
  needs: {
    '>=': (need: string) => `at least ${need}`,
    '>': (need: string) => `more than ${need}`,
    '<': (need: string) => `less than ${need}`,
    '<=': (need: string) => `at most ${need}`,
    '==': (need: string) => `is it ${need}?`,
    '!=': (need: string) => `is it other than ${need}?`,
    in: (need: string) => `one of ${need}`,
    'not in': (need: string) => `none of ${need}`,
    has: (need: string) => `with ${need}`,
    'has not': (need: string) => `without ${need}`,
  } as Record<string, (need: string) => string>,
  never: 'not yet',
  isNever: 'not yet',
  isSet: 'at any time',
  waiting: (count: number) => `${count} ${count == 1 ? 'event waits' : 'events wait'} to be sent.`,
  download: 'Download (JSON)',
  erase: 'Erase everything',
  eraseSure: 'Really erase everything that this site knows of you?',
  eraseYes: 'Yes, erase',
  eraseNo: 'Keep it',
  erased: 'Everything has been erased.',
  erasedHere:
    'Everything in this browser has been erased. The server could not be reached: what it has stays there, and nothing in this browser points to it any more.',
  close: 'Close',
  empty: '(empty)',
  purposes: {
    storage: ['Keep it in this browser', 'Remember you on your next visit.'],
    functional: ['Functions', 'Comforts that you have asked for.'],
    measurement: ['Measurement', 'Tell this site which pages are read, under a random number.'],
    personalization: ['Personal content', 'Show what fits what you have looked at. It is decided in this browser.'],
    marketing: ['Marketing', 'Advertise to you.'],
    sharing: ['Sharing', 'Hand data on to others.'],
  } as Record<Purpose, [string, string]>,
};
export const JAPANESE: Texts = {
  title: 'このサイトでのプライバシー',
  intro:
    'このサイトがあなたについて知っていることは、このブラウザの中にあります。見る・止める・持ち出す・消すことができます。',
  undecided: 'まだお選びいただいていません。何も保存せず、何も送っていません。',
  undecidedOn: 'まだお選びいただいていません。お選びいただくまでは、下で許可となっているものだけを行います。',
  decided: (when, version) => `${when} にお選びいただきました${version && `（ポリシー ${version}）`}。`,
  gpc: 'お使いのブラウザは広告利用と販売を望まないと伝えています（Global Privacy Control）。この二つは止めてあります。',
  on: '許可',
  off: '停止',
  since: (when) => `${when} から`,
  until: `止めるまで、長くても最後のご訪問から ${MONTHS} か月まで保存します。`,
  nothing: 'このために保存しているものはありません。',
  facts: '保存している内容',
  groups: 'グループと、あなたが入っているかどうか',
  inGroup: 'はい',
  notInGroup: 'いいえ',
  unknownGroup: '許可がないためわかりません',
  restsOn: 'もとになった内容',
  restsOnNothing: 'あなたについて保存している内容は使っていません。',
  daysUntil: (title) => `${title}までの日数`,
  within: (length) => `直近 ${length}`,
  oldest: (when) => `いちばん古いものは ${when} まで`,
  needs: {
    '>=': (need) => `${need} 以上`,
    '>': (need) => `${need} より多い`,
    '<': (need) => `${need} より少ない`,
    '<=': (need) => `${need} 以下`,
    '==': (need) => `${need} かどうか`,
    '!=': (need) => `${need} 以外かどうか`,
    in: (need) => `${need} のどれか`,
    'not in': (need) => `${need} のどれでもない`,
    has: (need) => `${need} を含む`,
    'has not': (need) => `${need} を含まない`,
  },
  never: 'まだありません',
  isNever: 'まだないこと',
  isSet: '一度でもあること',
  waiting: (count) => `送信を待っている記録が ${count} 件あります。`,
  download: 'ダウンロード（JSON）',
  erase: 'すべて消す',
  eraseSure: 'このサイトがあなたについて知っていることを、本当にすべて消しますか。',
  eraseYes: '消す',
  eraseNo: '残す',
  erased: 'すべて消しました。',
  erasedHere:
    'このブラウザーにあるものはすべて消しました。サーバーには届かなかったため、そこにある記録は残りますが、このブラウザーとは結び付かなくなりました。',
  close: '閉じる',
  empty: '（空）',
  purposes: {
    storage: ['このブラウザに保存する', '次に来られたときのために覚えておきます。'],
    functional: ['機能', 'ご希望の便利な機能に使います。'],
    measurement: ['計測', 'どのページが読まれたかを、無作為な番号でこのサイトに伝えます。'],
    personalization: ['おすすめの表示', 'ご覧になったものに合わせて表示を変えます。このブラウザの中で決めます。'],
    marketing: ['広告', '広告に使います。'],
    sharing: ['提供', 'データを他社に渡します。'],
  },
};

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** How the values of one language are written. */
export const createFormat = (locale: string, texts: Texts) => {
  const date = (time: number) => new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(time);
  /** In the largest unit of which it has at least one; what is left over is not told. */
  const duration = (ms: number) => {
    const [unit, length] = UNITS.find(([, size]) => ms >= size) ?? UNITS[3];
    return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.floor(ms / length));
  };
  const one = (value: Value | undefined, isDuration: boolean): string => {
    if (value === null) return texts.never;
    if (typeof value == 'boolean') return value ? texts.inGroup : texts.notInGroup;
    if (typeof value == 'number') return isDuration ? duration(value) : new Intl.NumberFormat(locale).format(value);
    if (!value) return texts.empty;
    // A day, which has no time zone.
    const day = /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(value) : NaN;
    return day == day ? new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(day) : value;
  };
  return {
    date,
    duration,
    moment: (time: number) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' }).format(time),
    value: (value: Value | Value[] | undefined, isDuration = false): string =>
      Array.isArray(value)
        ? value.map((each) => one(each, isDuration)).join(locale == 'ja' ? '、' : ', ') || texts.empty
        : one(value, isDuration),
  };
};
