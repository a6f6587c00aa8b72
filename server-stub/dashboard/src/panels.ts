// SPDX-License-Identifier: Apache-2.0
// The cards of the dashboard: each is a picture and a table of the same numbers, or says why there is nothing.
import { element } from './dom';
import { flow } from './flow';
import { plot } from './plot';
import {
  SEGMENT_DAYS,
  type CampaignRow,
  type HourRow,
  type PageRow,
  type PageTypeRow,
  type PathRow,
  type Report,
  type Reports,
  type SegmentRow,
  type SourceRow,
} from './reports';
import { table, type Column } from './table';
import type { TextKey, Texts } from './text';

const sum = <Row>(rows: Row[], of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
const largest = <Row>(rows: Row[], of: (row: Row) => number) => rows.reduce((most, row) => Math.max(most, of(row)), 1);

interface Panel<Row> {
  name: TextKey;
  about: TextKey;
  empty: TextKey;
  width: string;
  draw(rows: Row[]): Node[];
}

function card<Row>(panel: Panel<Row>, report: Report<Row>, texts: Texts): HTMLElement {
  const made = element(
    'section',
    { class: `card ${panel.width}`, 'aria-labelledby': `card-${panel.name}`, 'data-report': panel.name },
    element('h2', { id: `card-${panel.name}` }, texts.say(panel.name)),
    element('p', { class: 'about' }, texts.say(panel.about, { days: SEGMENT_DAYS })),
  );
  if (report.rows.length > 0) {
    made.append(...panel.draw(report.rows));
  } else {
    made.append(element('p', { class: 'empty' }, texts.say(report.hidden > 0 ? 'allHidden' : panel.empty)));
  }
  const notes: [TextKey, number][] = [
    ['hiddenRows', report.hidden],
    ['truncatedRows', report.truncated],
  ];
  for (const [key, n] of notes) {
    if (n > 0 && report.rows.length > 0) {
      made.append(element('p', { class: 'hidden-rows' }, texts.say(key, { n: texts.number(n) })));
    }
  }
  return made;
}

const detailsTable = (texts: Texts, shown: HTMLElement) =>
  element('details', {}, element('summary', {}, texts.say('asTable')), shown);

/**
 * What the rows add up to. Rows that are hidden or not listed are in no sum: a total of all would tell, by what it has
 * more, what is hidden. So where there are such rows each figure says of how many it is.
 */
export function figures(reports: Reports, texts: Texts): HTMLElement {
  const { pages, campaigns } = reports;
  const total = <Row>(report: Report<Row>, of: (row: Row) => number, say = texts.number): string =>
    report.rows.length === 0 && report.hidden > 0 ? '–' : say(sum(report.rows, of));
  const part = (report: Report<unknown>, key: TextKey): string | null =>
    report.hidden + report.truncated > 0 ? texts.say(key, { n: texts.number(report.rows.length) }) : null;
  const ofPages = part(pages, 'ofPages');
  const ofVariants = part(campaigns, 'ofVariants');
  const list: [TextKey, string, string | null][] = [
    ['views', total(pages, (row) => row.views), ofPages],
    ['engaged', total(pages, (row) => row.engaged_ms_total, texts.duration), ofPages],
    ['impressions', total(campaigns, (row) => row.impressions), ofVariants],
    ['clicks', total(campaigns, (row) => row.clicks), ofVariants],
    ['conversions', total(campaigns, (row) => row.conversions), ofVariants],
  ];
  return element(
    'dl',
    { class: 'figures' },
    ...list.map(([key, value, of]) =>
      element(
        'div',
        { class: 'figure', 'data-figure': key },
        element('dt', {}, texts.say(key)),
        element('dd', {}, value),
        of === null ? null : element('dd', { class: 'of' }, of),
      ),
    ),
  );
}

export function hoursCard(report: Report<HourRow>, texts: Texts): HTMLElement {
  const columns: Column<HourRow>[] = [
    { title: texts.say('hour'), cell: (row) => texts.hour(row.time_ms) },
    { title: texts.say('views'), cell: (row) => texts.number(row.views), number: true },
    { title: texts.say('visitors'), cell: (row) => texts.number(row.visitors), number: true },
    { title: texts.say('engaged'), cell: (row) => texts.duration(row.engaged_ms_total), number: true },
  ];
  const draw = (rows: HourRow[]) => [plot(rows, texts), detailsTable(texts, table(texts.say('hours'), columns, rows))];
  return card({ name: 'hours', about: 'hoursAbout', empty: 'emptyHours', width: '', draw }, report, texts);
}

/** Columns of pages or page types, whose first one says which. */
function viewColumns<Row extends Omit<PageRow, 'path'>>(
  title: TextKey,
  nameOf: (row: Row) => string,
  rows: Row[],
  texts: Texts,
): Column<Row>[] {
  const most = largest(rows, (row) => row.views);
  const number = (key: TextKey, of: (row: Row) => number): Column<Row> => ({
    title: texts.say(key),
    cell: (row) => texts.number(of(row)),
    number: true,
  });
  return [
    { title: texts.say(title), cell: (row) => texts.place(nameOf(row)), share: (row) => row.views / most },
    number('views', (row) => row.views),
    number('visitors', (row) => row.visitors),
    { title: texts.say('engaged'), cell: (row) => texts.duration(row.engaged_ms_total), number: true },
    {
      title: texts.say('engagedEach'),
      cell: (row) => (row.views > 0 ? texts.duration(row.engaged_ms_total / row.views) : '–'),
      number: true,
    },
    number('entries', (row) => row.entries),
    number('exits', (row) => row.exits),
  ];
}

export function pagesCard(report: Report<PageRow>, texts: Texts): HTMLElement {
  const columns = viewColumns('page', (row: PageRow) => row.path, report.rows, texts);
  const draw = (rows: PageRow[]) => [table(texts.say('pages'), columns, rows)];
  return card({ name: 'pages', about: 'pagesAbout', empty: 'emptyPages', width: 'wide', draw }, report, texts);
}

export function pageTypesCard(report: Report<PageTypeRow>, texts: Texts): HTMLElement {
  const columns = viewColumns('pageType', (row: PageTypeRow) => row.page_type, report.rows, texts);
  const draw = (rows: PageTypeRow[]) => [table(texts.say('pageTypes'), columns, rows)];
  return card({ name: 'pageTypes', about: 'pageTypesAbout', empty: 'emptyPages', width: 'full', draw }, report, texts);
}

export function sourcesCard(report: Report<SourceRow>, texts: Texts): HTMLElement {
  const most = largest(report.rows, (row) => row.sessions);
  const text = (key: TextKey, of: (row: SourceRow) => string): Column<SourceRow> => ({
    title: texts.say(key),
    cell: (row) => (of(row) === '(not set)' ? '–' : texts.place(of(row))),
  });
  const columns: Column<SourceRow>[] = [
    { ...text('source', (row) => row.source), share: (row) => row.sessions / most },
    text('medium', (row) => row.medium),
    text('campaignName', (row) => row.campaign),
    text('referrer', (row) => row.referrer),
    { title: texts.say('sessions'), cell: (row) => texts.number(row.sessions), number: true },
    { title: texts.say('visitors'), cell: (row) => texts.number(row.visitors), number: true },
  ];
  const draw = (rows: SourceRow[]) => [table(texts.say('sources'), columns, rows)];
  return card({ name: 'sources', about: 'sourcesAbout', empty: 'emptySources', width: 'full', draw }, report, texts);
}

export function segmentsCard(report: Report<SegmentRow>, texts: Texts): HTMLElement {
  const most = largest(report.rows, (row) => row.visitors);
  const columns: Column<SegmentRow>[] = [
    { title: texts.say('segment'), cell: (row) => row.segment, share: (row) => row.visitors / most },
    { title: texts.say('visitors'), cell: (row) => texts.number(row.visitors), number: true },
  ];
  const draw = (rows: SegmentRow[]) => [table(texts.say('segments'), columns, rows)];
  return card(
    { name: 'segments', about: 'segmentsAbout', empty: 'emptySegments', width: 'narrow', draw },
    report,
    texts,
  );
}

export function pathsCard(report: Report<PathRow>, texts: Texts): HTMLElement {
  const columns: Column<PathRow>[] = [
    { title: texts.say('from'), cell: (row) => texts.place(row.from) },
    { title: texts.say('to'), cell: (row) => texts.place(row.to) },
    { title: texts.say('count'), cell: (row) => texts.number(row.count), number: true },
    { title: texts.say('visitors'), cell: (row) => texts.number(row.visitors), number: true },
  ];
  const draw = (rows: PathRow[]) => [flow(rows, texts), detailsTable(texts, table(texts.say('paths'), columns, rows))];
  return card({ name: 'paths', about: 'pathsAbout', empty: 'emptyPaths', width: 'full', draw }, report, texts);
}

export function campaignsCard(report: Report<CampaignRow>, texts: Texts): HTMLElement {
  const number = (title: TextKey, of: (row: CampaignRow) => number): Column<CampaignRow> => ({
    title: texts.say(title),
    cell: (row) => texts.number(of(row)),
    number: true,
  });
  const columns: Column<CampaignRow>[] = [
    { title: texts.say('campaign'), cell: (row) => row.campaign },
    { title: texts.say('variant'), cell: (row) => row.variant },
    number('impressions', (row) => row.impressions),
    number('clicks', (row) => row.clicks),
    { title: texts.say('clickRate'), cell: (row) => texts.percent(row.clicks, row.impressions), number: true },
    number('dismissals', (row) => row.dismissals),
    number('conversions', (row) => row.conversions),
    {
      title: texts.say('conversionRate'),
      cell: (row) => texts.percent(row.conversions, row.impressions),
      number: true,
    },
  ];
  const draw = (rows: CampaignRow[]) => [table(texts.say('campaigns'), columns, rows)];
  return card(
    { name: 'campaigns', about: 'campaignsAbout', empty: 'emptyCampaigns', width: 'full', draw },
    report,
    texts,
  );
}
