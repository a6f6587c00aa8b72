// SPDX-License-Identifier: Apache-2.0
// Steps between pages as a flow. People go back and forth, and a flow must not have circles: so each page appears twice, on
// the left as where a step begins and on the right as where it ends.
import { sankey, sankeyLinkHorizontal } from 'd3-sankey';
import { drawing } from './dom';
import type { PathRow } from './reports';
import type { Texts } from './text';

const WIDTH = 1080;
const LABEL_WIDTH = 190;
const NODE_WIDTH = 10;
const MAX_STEPS = 24;
const MAX_LABEL = 26;

interface Place {
  path: string;
  left: boolean;
}

const shorten = (text: string) => (text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL - 1)}…` : text);

export function flow(rows: PathRow[], texts: Texts): SVGElement {
  const steps = rows.slice(0, MAX_STEPS);
  const places: Place[] = [];
  const indexes = new Map<string, number>();
  const indexOf = (path: string, left: boolean) => {
    const key = `${left ? '<' : '>'}${path}`;
    let index = indexes.get(key);
    if (index === undefined) {
      index = places.push({ path, left }) - 1;
      indexes.set(key, index);
    }
    return index;
  };
  const links = steps.map((row) => ({
    source: indexOf(row.from, true),
    target: indexOf(row.to, false),
    value: row.count,
    row,
  }));
  const rowsNeeded = Math.max(
    places.filter((place) => place.left).length,
    places.filter((place) => !place.left).length,
  );
  const height = Math.max(160, rowsNeeded * 34);
  const layout = sankey()
    .nodeWidth(NODE_WIDTH)
    .nodePadding(14)
    .extent([
      [LABEL_WIDTH, 8],
      [WIDTH - LABEL_WIDTH, height - 8],
    ]);
  const graph = layout({ nodes: places, links });
  const line = sankeyLinkHorizontal();
  const drawn = drawing('svg', {
    class: 'flow',
    viewBox: `0 0 ${WIDTH} ${height}`,
    role: 'img',
    'aria-label': texts.say('flowLabel', { n: steps.length }),
  });
  for (const link of graph.links) {
    const title = `${texts.place(link.row.from)} → ${texts.place(link.row.to)}: ${texts.number(link.row.count)}`;
    drawn.append(
      drawing(
        'path',
        { class: 'link', d: line(link) ?? '', 'stroke-width': `${Math.max(1, link.width)}` },
        drawing('title', {}, title),
      ),
    );
  }
  for (const place of graph.nodes) {
    drawn.append(
      drawing('rect', {
        class: place.path.startsWith('(') ? 'node edge' : 'node',
        x: `${place.x0}`,
        y: `${place.y0}`,
        width: `${place.x1 - place.x0}`,
        height: `${Math.max(1, place.y1 - place.y0)}`,
        rx: '2',
      }),
      drawing(
        'text',
        {
          x: `${place.left ? place.x0 - 8 : place.x1 + 8}`,
          y: `${(place.y0 + place.y1) / 2}`,
          'dominant-baseline': 'central',
          'text-anchor': place.left ? 'end' : 'start',
        },
        shorten(texts.place(place.path)),
      ),
    );
  }
  return drawn;
}
