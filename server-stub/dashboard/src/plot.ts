// SPDX-License-Identifier: Apache-2.0
import uPlot from 'uplot';
import { element } from './dom';
import type { HourRow } from './reports';
import type { Texts } from './text';

const HEIGHT = 240;
const HOUR_S = 3600;
/** Fewer hours than this would be drawn as bars as wide as the card. */
const LEAST_HOURS = 12;

const color = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Views and visitors by hour. Hours without a row are gaps: nobody came, or too few to show. */
export function plot(latestFirst: HourRow[], texts: Texts): HTMLElement {
  const rows = [...latestFirst].reverse();
  const byHour = new Map(rows.map((row) => [row.time_ms / 1000, row]));
  const last = (rows[rows.length - 1]?.time_ms ?? 0) / 1000;
  const first = Math.min((rows[0]?.time_ms ?? 0) / 1000, last - (LEAST_HOURS - 1) * HOUR_S);
  const hours: number[] = [];
  for (let hour = first; hour <= last; hour += HOUR_S) hours.push(hour);
  const values = (of: (row: HourRow) => number) =>
    hours.map((hour) => {
      const row = byHour.get(hour);
      return row ? of(row) : null;
    });

  const holder = element('div', { class: 'plot', role: 'img', 'aria-label': texts.say('plotLabel') });
  const axis = { stroke: color('--soft'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false } };
  const chart = new uPlot(
    {
      width: 600,
      height: HEIGHT,
      cursor: { y: false },
      scales: {
        x: { range: (_, low, high) => [low - HOUR_S / 2, high + HOUR_S / 2] },
        y: { range: (_, __, high) => [0, Math.max(1, high * 1.1)] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          values: (_, ticks) => ticks.map((tick) => texts.hour(tick * 1000)),
          space: 110,
        },
        { ...axis, values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? texts.number(tick) : '')) },
      ],
      series: [
        { label: texts.say('hour'), value: (_, hour) => (hour === null ? '–' : texts.hour(hour * 1000)) },
        {
          label: texts.say('views'),
          fill: color('--indigo-soft'),
          stroke: color('--indigo'),
          width: 1,
          paths: uPlot.paths.bars?.({ size: [0.7, 48] }),
          points: { show: false },
        },
        {
          label: texts.say('visitors'),
          stroke: color('--vermilion'),
          width: 2,
          points: { show: true, size: 6, fill: color('--card') },
        },
      ],
    },
    [hours, values((row) => row.views), values((row) => row.visitors)],
    holder,
  );
  new ResizeObserver(() => {
    if (holder.clientWidth > 0) chart.setSize({ width: holder.clientWidth, height: HEIGHT });
  }).observe(holder);
  return holder;
}
