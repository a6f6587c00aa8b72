// SPDX-License-Identifier: Apache-2.0
// Every word of the dashboard, in both languages.

export type Language = 'en' | 'ja';

const en = {
  title: 'Omotenashi – dashboard',
  otherLanguage: '日本語',
  signIn: 'Sign in',
  signOut: 'Sign out',
  token: 'Admin token',
  tokenHint: 'The collector was started with it. It stays in this tab and is gone when the tab closes.',
  wrongToken: 'This is not the collector’s token.',
  updated: 'Updated at {time}',
  unreachable: 'The collector cannot be reached. Trying again every few seconds.',
  loading: 'Loading…',
  views: 'Page views',
  visitors: 'Visitors',
  engaged: 'Engaged time',
  engagedEach: 'Time per view',
  impressions: 'Impressions',
  clicks: 'Clicks',
  dismissals: 'Dismissed',
  conversions: 'Conversions',
  clickRate: 'Click rate',
  conversionRate: 'Conversion rate',
  hours: 'Views by hour',
  hoursAbout: 'When pages were viewed, in your time zone.',
  hour: 'Hour',
  pages: 'Pages',
  pagesAbout: 'Engaged time counts while a page is visible, focused and used.',
  page: 'Page',
  entries: 'Entries',
  exits: 'Exits',
  pageTypes: 'Page types',
  pageTypesAbout: 'The same by the types that pages state.',
  pageType: 'Type',
  sources: 'Sources',
  sourcesAbout: 'What brought the visitors, once a session.',
  source: 'Source',
  medium: 'Medium',
  campaignName: 'Campaign tag',
  referrer: 'Referrer',
  sessions: 'Sessions',
  emptySources: 'No session has begun yet.',
  paths: 'Paths',
  pathsAbout: 'From one page view to the next of the same session.',
  from: 'From',
  to: 'To',
  count: 'Times',
  segments: 'Segments',
  segmentsAbout:
    'Visitors of the last {days} days by the segments that they were in when last heard of. The decision is made on their own devices.',
  segment: 'Segment',
  campaigns: 'Campaigns',
  campaignsAbout: 'A conversion is a goal event within 7 days after an impression.',
  campaign: 'Campaign',
  variant: 'Variant',
  asTable: 'Show as a table',
  hiddenRows: '{n} hidden: too few visitors to show without showing someone.',
  truncatedRows: '{n} more rows are not listed.',
  ofPages: 'of the {n} pages shown',
  ofVariants: 'of the {n} variants shown',
  emptyHours: 'No views yet. They appear here within seconds.',
  emptyPages: 'No page has been viewed yet by visitors who agreed to measurement.',
  emptyPaths: 'No path yet: it takes a visitor with two page views.',
  emptySegments: 'No visitor of these days was in a segment.',
  emptyCampaigns: 'No campaign has been shown yet.',
  allHidden: 'There is something, but about too few visitors to show it without showing someone.',
  flowLabel: 'Flow between pages: {n} steps. The table below has the same numbers.',
  plotLabel: 'Bars: page views by hour. Line: visitors by hour. The table below has the same numbers.',
  '(search)': 'Search',
  '(entry)': 'Entry',
  '(exit)': 'Exit',
  '(not set)': 'No address',
  '(other)': 'Other pages',
};

const ja: typeof en = {
  title: 'おもてなし – ダッシュボード',
  otherLanguage: 'English',
  signIn: 'サインイン',
  signOut: 'サインアウト',
  token: '管理トークン',
  tokenHint: 'コレクターの起動時に指定したものです。このタブだけに保持され、タブを閉じると消えます。',
  wrongToken: 'トークンがコレクターのものと一致しません。',
  updated: '{time} 更新',
  unreachable: 'コレクターに接続できません。数秒ごとに再試行しています。',
  loading: '読み込み中…',
  views: 'ページビュー',
  visitors: '訪問者',
  engaged: '閲覧時間',
  engagedEach: '1ビューあたり',
  impressions: '表示',
  clicks: 'クリック',
  dismissals: '閉じた回数',
  conversions: 'コンバージョン',
  clickRate: 'クリック率',
  conversionRate: 'コンバージョン率',
  hours: '時間帯別ページビュー',
  hoursAbout: 'ページが見られた時刻（お使いのタイムゾーン）。',
  hour: '時刻',
  pages: 'ページ',
  pagesAbout: '閲覧時間は、ページが表示され、フォーカスがあり、操作されている間だけ数えます。',
  page: 'ページ',
  entries: '入口',
  exits: '出口',
  pageTypes: 'ページの種類',
  pageTypesAbout: 'ページが示す種類ごとの集計です。',
  pageType: '種類',
  sources: '流入元',
  sourcesAbout: 'セッションごとの流入元です。',
  source: '参照元',
  medium: 'メディア',
  campaignName: 'キャンペーンタグ',
  referrer: 'リファラー',
  sessions: 'セッション',
  emptySources: 'まだセッションはありません。',
  paths: '経路',
  pathsAbout: '同じセッションの、あるページから次のページへの移動。',
  from: '移動元',
  to: '移動先',
  count: '回数',
  segments: 'セグメント',
  segmentsAbout:
    '直近 {days} 日間の訪問者を、最後に届いた報告の時点のセグメントで数えます。判定は訪問者自身の端末で行われます。',
  segment: 'セグメント',
  campaigns: 'キャンペーン',
  campaignsAbout: '表示から7日以内のゴールイベントをコンバージョンとして数えます。',
  campaign: 'キャンペーン',
  variant: 'バリエーション',
  asTable: '表で見る',
  hiddenRows: '{n} 件は訪問者が少なく、個人が分かるおそれがあるため表示していません。',
  truncatedRows: 'ほかに {n} 件あります。',
  ofPages: '表示中の {n} ページの合計',
  ofVariants: '表示中の {n} バリエーションの合計',
  emptyHours: 'まだページビューはありません。数秒でここに表示されます。',
  emptyPages: '計測に同意した訪問者によるページビューは、まだありません。',
  emptyPaths: 'まだ経路はありません。2ページ以上見た訪問者が必要です。',
  emptySegments: 'この期間にセグメントに入っていた訪問者は、いません。',
  emptyCampaigns: '表示されたキャンペーンは、まだありません。',
  allHidden: 'データはありますが、訪問者が少なく個人が分かるおそれがあるため、表示していません。',
  flowLabel: 'ページ間の流れ（{n} 経路）。下の表に同じ数値があります。',
  plotLabel: '棒は時間ごとのページビュー、線は訪問者数です。下の表に同じ数値があります。',
  '(search)': '検索',
  '(entry)': '入口',
  '(exit)': '出口',
  '(not set)': 'アドレスなし',
  '(other)': 'その他のページ',
};

const texts = { en, ja };
export type TextKey = keyof typeof en;

/** The words and number formats of one language. */
export interface Texts {
  language: Language;
  say(key: TextKey, values?: Record<string, string | number>): string;
  /** A page's own path, or the words for a place that is no page. */
  place(path: string): string;
  number(value: number): string;
  percent(part: number, whole: number): string;
  duration(ms: number): string;
  time(ms: number): string;
  hour(ms: number): string;
}

export function textsOf(language: Language): Texts {
  const words = texts[language];
  const numbers = new Intl.NumberFormat(language);
  const percents = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  const times = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });
  const hours = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', hour: 'numeric' });
  const units = language === 'ja' ? ['時間', '分', '秒'] : [' h', ' min', ' s'];
  return {
    language,
    say: (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name: string) => `${values[name] ?? ''}`),
    place: (path) => (path.startsWith('(') && path in words ? words[path as TextKey] : path),
    number: (value) => numbers.format(value),
    percent: (part, whole) => (whole > 0 ? percents.format(part / whole) : '–'),
    duration(ms) {
      const seconds = Math.round(ms / 1000);
      if (seconds >= 3600)
        return `${numbers.format(Math.floor(seconds / 3600))}${units[0]} ${Math.floor((seconds % 3600) / 60)}${units[1]}`;
      if (seconds >= 60) return `${Math.floor(seconds / 60)}${units[1]} ${seconds % 60}${units[2]}`;
      return `${seconds}${units[2]}`;
    },
    time: (ms) => times.format(ms),
    hour: (ms) => hours.format(ms),
  };
}
