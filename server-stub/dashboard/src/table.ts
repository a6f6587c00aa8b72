// SPDX-License-Identifier: Apache-2.0
import { element } from './dom';

export interface Column<Row> {
  title: string;
  cell(row: Row): string;
  /** Right-aligned figures. The first column is the row's heading. */
  number?: boolean;
  /** From 0 to 1: draws a bar under the cell. */
  share?(row: Row): number;
}

export function table<Row>(caption: string, columns: Column<Row>[], rows: Row[]): HTMLElement {
  const head = columns.map((column) =>
    element('th', { scope: 'col', class: column.number ? 'number' : null }, column.title),
  );
  const body = rows.map((row) =>
    element(
      'tr',
      {},
      ...columns.map((column, index) => {
        const attributes = { class: column.number ? 'number' : null };
        const cell =
          index === 0
            ? element('th', { ...attributes, scope: 'row' }, column.cell(row))
            : element('td', attributes, column.cell(row));
        if (column.share) cell.append(bar(column.share(row)));
        return cell;
      }),
    ),
  );
  // Focusable, so that the keyboard can scroll it.
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    element(
      'table',
      { 'aria-label': caption },
      element('thead', {}, element('tr', {}, ...head)),
      element('tbody', {}, ...body),
    ),
  );
}

function bar(share: number): HTMLElement {
  const made = element('span', { class: 'bar', 'aria-hidden': 'true' });
  // By the style object: the page's policy forbids style attributes.
  made.style.setProperty('--share', share.toFixed(4));
  return made;
}
