// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shell } from './lib/bundle.mjs';

const { campaignTags } = await shell('observe/campaign');
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
