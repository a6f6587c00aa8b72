// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shell } from './lib/bundle.mjs';

const { referrerClass } = await shell('observe/page');
const { isViewable } = await shell('observe/view');
const { safeLink } = await shell('render/creative');

test('a referrer is told by its class only', () => {
  const table = [
    ['', ''],
    ['https://shop.example/a?b=c', 'internal'],
    ['https://www.google.co.jp/', 'search'],
    ['https://search.yahoo.co.jp/search?p=x', 'search'],
    ['https://duckduckgo.com/', 'search'],
    ['https://t.co/abc', 'social'],
    ['https://www.instagram.com/', 'social'],
    ['https://line.me/', 'social'],
    ['https://notgoogle.example/', 'external'],
    ['https://xt.co/', 'external'],
    ['android-app://com.example/', 'external'],
  ];
  for (const [referrer, expected] of table) assert.equal(referrerClass(referrer, 'shop.example'), expected, referrer);
});

test('half of the pixels count as viewable, or 30 % of a large element', () => {
  const table = [
    [0.5, 1000, true],
    [0.49, 1000, false],
    [1, 0, false],
    [0.3, 242_500, true],
    [0.3, 242_499, false],
    [0.29, 1_000_000, false],
  ];
  for (const [ratio, pixels, expected] of table)
    assert.equal(isViewable(ratio, pixels), expected, `${ratio} ${pixels}`);
});

test('a creative links to the web, mail and telephone, and to nothing that runs', () => {
  const base = 'https://shop.example/en/';
  const safe = {
    '/item': 'https://shop.example/item',
    'item/1': 'https://shop.example/en/item/1',
    '#top': 'https://shop.example/en/#top',
    'https://other.example/': 'https://other.example/',
    'mailto:a@b.example': 'mailto:a@b.example',
    'tel:+81': 'tel:+81',
  };
  for (const [link, url] of Object.entries(safe)) assert.equal(safeLink(link, base), url);
  for (const link of [
    'javascript:alert(1)',
    ' JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'blob:x',
    'file:///',
    'http://[',
    '',
    undefined,
  ])
    assert.equal(safeLink(link, base), '', String(link));
});
