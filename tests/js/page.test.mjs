// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shell } from './lib/bundle.mjs';

const { campaignTags } = await shell('observe/campaign');
const { referrerClass } = await shell('observe/page');
const { shareNeeded } = await shell('observe/view');
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

test('tracking 17: half of the pixels are needed, 30 % of a large element, half of what fits of one that is too large', () => {
  const viewport = { width: 1000, height: 600 };
  const table = [
    [100, 100, 0.5],
    [500, 484, 0.5],
    [500, 485, 0.3],
    // Twice as high as the viewport: a quarter; a column as well as a whole page.
    [1000, 1200, 0.25],
    [100, 1200, 0.25],
    [100, 60_000, 0.005],
    // A strip that is ten times as wide.
    [10_000, 20, 0.05],
    [0, 100, NaN],
  ];
  for (const [width, height, expected] of table) {
    assert.equal(shareNeeded({ width, height }, viewport, true), expected, `${width} × ${height}`);
  }
  assert.equal(shareNeeded({ width: 500, height: 485 }, viewport, false), 0.5, 'a section');
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

test('campaign tags are source, medium and name, and a click id is reduced to the first two', () => {
  const table = [
    ['', null, null, null],
    ['?a=b', null, null, null],
    ['?utm_source=news&utm_medium=email&utm_campaign=%E6%98%A5', 'news', 'email', '春'],
    ['?utm_source=news', 'news', null, null],
    ['?gclid=secret', 'google', 'cpc', null],
    ['?gbraid=secret', 'google', 'cpc', null],
    ['?wbraid=secret', 'google', 'cpc', null],
    ['?dclid=secret', 'google', 'cpc', null],
    ['?msclkid=secret', 'bing', 'cpc', null],
    ['?yclid=YSS.secret', 'yahoo', 'cpc', null],
    ['?ldtag_cl=secret', 'line', 'cpc', null],
    ['?ttclid=secret', 'tiktok', 'cpc', null],
    ['?twclid=secret', 'twitter', 'cpc', null],
    ['?li_fat_id=secret', 'linkedin', 'cpc', null],
    ['?fbclid=secret', 'facebook', 'social', null],
    ['?gclid=', null, null, null],
    ['?constructor=x&__proto__=y', null, null, null],
    // What the site states goes first, field by field.
    ['?gclid=secret&utm_campaign=spring', 'google', 'cpc', 'spring'],
    ['?fbclid=secret&utm_source=ig&utm_medium=paid', 'ig', 'paid', null],
  ];
  for (const [search, source, medium, campaign] of table) {
    const tags = campaignTags(search);
    assert.deepEqual(tags, { source, medium, campaign }, search);
    assert.ok(!JSON.stringify(tags).includes('secret'), `${search}: the click id is let go`);
  }
});
