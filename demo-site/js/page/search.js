// SPDX-License-Identifier: Apache-2.0
import { catalog } from '/data/catalog.js';
import { say } from '../locale.js';
import { search } from '../shop.js';
import { byId } from '../show.js';

const term = (new URLSearchParams(location.search).get('q') ?? '').trim().slice(0, 60);

/** Katakana, full-width letters and case make no difference. */
const plain = (text) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u30a1-\u30f6]/g, (character) => String.fromCharCode(character.charCodeAt(0) - 0x60));

const colours = {
  pink: '桃 ピンク pink',
  red: '赤 レッド red',
  orange: '橙 オレンジ orange',
  yellow: '黄 イエロー yellow',
  white: '白 ホワイト white',
  purple: '紫 パープル purple violet',
  blue: '青 ブルー blue',
  green: '緑 グリーン green',
};
const kinds = {
  bouquet: '花束 ブーケ bouquet',
  arrangement: 'アレンジメント arrangement',
  plant: '鉢植え 観葉植物 plant pot',
  dried: 'ドライ プリザーブド リース dried preserved',
};
const seasons = {
  winter: '冬 winter',
  christmas: 'クリスマス christmas 冬 winter',
  newyear: '正月 新年 迎春 new year',
  autumn: '秋 autumn',
  all: '',
};
const alike = { バラ: '薔薇', ばら: '薔薇', アジサイ: '紫陽花', ユリ: '百合', シャクヤク: '芍薬', キク: '菊' };

function textOf({ name, line, text, stems, colours: shades, category, season, id }) {
  const parts = [id, kinds[category], seasons[season], ...shades.map((shade) => colours[shade])];
  for (const words of [name, line, text, stems]) parts.push(words.ja, words.en);
  return plain(parts.join(' '));
}

function matches(product, words) {
  const text = textOf(product);
  return words.every((word) => [word, plain(alike[word] ?? word)].some((form) => text.includes(plain(form))));
}

if (term) {
  for (const field of document.querySelectorAll('input[name="q"]')) field.value = term;
  const words = term.split(/[\s\u3000]+/).map((word) => alike[word.normalize('NFKC')] ?? word);
  const found = new Set(catalog.filter((product) => matches(product, words)).map(({ id }) => id));
  for (const card of byId('cards').children) card.hidden = !found.has(card.dataset.item);
  byId('cards').hidden = found.size === 0;
  byId('none').hidden = found.size > 0;
  byId('search-summary').textContent = say(
    `「${term}」の検索結果：${found.size}件`,
    `${found.size} ${found.size === 1 ? 'result' : 'results'} for “${term}”`,
  );
  // An address is no search term; nothing that looks like one is tracked.
  if (!term.includes('@')) search(term);
}
