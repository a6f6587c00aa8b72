// SPDX-License-Identifier: Apache-2.0
// The collector's stats as they come over the network. The only file that fetches.

export interface PageRow {
  path: string;
  views: number;
  visitors: number;
  engaged_ms_total: number;
  entries: number;
  exits: number;
}
export interface PageTypeRow extends Omit<PageRow, 'path'> {
  page_type: string;
}
export interface SourceRow {
  source: string;
  medium: string;
  campaign: string;
  referrer: string;
  sessions: number;
  visitors: number;
}
export interface PathRow {
  from: string;
  to: string;
  count: number;
  visitors: number;
}
export interface SegmentRow {
  segment: string;
  visitors: number;
}
export interface CampaignRow {
  campaign: string;
  variant: string;
  impressions: number;
  clicks: number;
  dismissals: number;
  conversions: number;
}
export interface HourRow {
  time_ms: number;
  views: number;
  visitors: number;
  engaged_ms_total: number;
}

export interface Report<Row> {
  rows: Row[];
  hidden: number;
  truncated: number;
}

export interface Reports {
  pages: Report<PageRow>;
  pageTypes: Report<PageTypeRow>;
  paths: Report<PathRow>;
  sources: Report<SourceRow>;
  segments: Report<SegmentRow>;
  campaigns: Report<CampaignRow>;
  hours: Report<HourRow>;
}

/** A visitor who has not come for longer may be in a segment or not: only the device knows. */
export const SEGMENT_DAYS = 30;

/** The token is not the collector's. */
export class Unauthorized extends Error {}

async function fetchReport<Row>(name: string, token: string): Promise<Report<Row>> {
  const response = await fetch(`/v1/stats/${name}`, {
    headers: { Authorization: `Bearer ${token}` },
    cache: 'no-store',
    credentials: 'omit',
  });
  if (response.status === 401) throw new Unauthorized();
  if (!response.ok) throw new Error(`${response.status}`);
  return (await response.json()) as Report<Row>;
}

export async function fetchReports(token: string): Promise<Reports> {
  const [pages, pageTypes, paths, sources, segments, campaigns, hours] = await Promise.all([
    fetchReport<PageRow>('pages', token),
    fetchReport<PageTypeRow>('pages?by=page_type', token),
    fetchReport<PathRow>('paths', token),
    fetchReport<SourceRow>('sources', token),
    fetchReport<SegmentRow>(`segments?seen_days=${SEGMENT_DAYS}`, token),
    fetchReport<CampaignRow>('campaigns', token),
    fetchReport<HourRow>('hours', token),
  ]);
  return { pages, pageTypes, paths, sources, segments, campaigns, hours };
}
