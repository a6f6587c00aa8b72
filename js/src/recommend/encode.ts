// SPDX-License-Identifier: Apache-2.0
// A small catalog (wasm/wire/catalog.md), made on the device of the items that it has seen: so there is one way to choose.
import { Version } from '../vocabulary';

/** What a page says of an item. */
export interface SeenItem {
  id: string;
  title: string;
  link: string;
  image: string;
  price: number;
  currency: string;
  category: string;
  inStock: boolean;
}

const enum Size {
  Header = 48,
  Checked = 16,
}
/** In words of four bytes. */
const enum Column {
  ItemWords = 10,
  Id = 2,
  Image = 4,
  FirstText = 6,
  FirstRelated = 7,
  TextWords = 3,
  Text = 2,
}
const NONE = 0xffffffff;

/** FNV-1a, 32 bit. */
const fnv32 = (bytes: Uint8Array) => bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 16777619), -2128831035);

/** @param items with different ids */
export const encodeCatalog = (items: readonly SeenItem[]): Uint8Array => {
  const encoder = new TextEncoder();
  const numbers = new Map<string, number>();
  const number = (text: string) => {
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    return numbers.get(text)!;
  };
  const categories = [...new Set(items.map(({ category }) => category).filter(Boolean))];
  const rows: number[] = [];
  const texts: number[] = [];
  items.forEach(({ id, title, link, image, price, currency, category, inStock }, index) => {
    rows.push(
      ...new Uint32Array(Float64Array.of(price).buffer),
      number(id),
      number(currency),
      image ? number(image) : NONE,
      category ? categories.indexOf(category) : NONE,
      index * 2,
      0,
      2,
      +inStock,
    );
    texts.push(0, NONE, number(title), 1, NONE, number(link));
  });
  const categoryStrings = categories.map(number);
  // By bytes, as the reader searches: not by the units of UTF-16.
  const ids = items.map(({ id }) => encoder.encode(id));
  const byId = ids
    .map((_, row) => row)
    .sort((a, b) => {
      const at = ids[a]!.findIndex((byte, i) => byte != ids[b]![i]);
      return at < 0 ? ids[a]!.length - ids[b]!.length : ids[a]![at]! - (ids[b]![at] ?? -1);
    });
  const strings = [...numbers.keys()].map((text) => encoder.encode(text));
  const offsets = [0];
  strings.forEach(({ length }) => offsets.push(offsets.at(-1)! + length));
  // These columns are stored as the difference to the row before.
  const differ = (words: number[], stride: number, column: number) => {
    for (let at = words.length - stride + column; at >= stride; at -= stride)
      words[at] = (words[at]! - words[at - stride]!) >>> 0;
  };
  [Column.Id, Column.Image, Column.FirstText, Column.FirstRelated].forEach((column) =>
    differ(rows, Column.ItemWords, column),
  );
  differ(texts, Column.TextWords, Column.Text);
  differ(byId, 1, 0);
  const poolBytes = offsets.at(-1)!;
  const starts = [...offsets];
  differ(offsets, 1, 0);
  const words = [...rows, ...texts, ...byId, ...categoryStrings, ...offsets];
  const bytes = new Uint8Array(Size.Header + words.length * 4 + poolBytes);
  const header = new Uint32Array(bytes.buffer, 0, Size.Header / 4);
  header.set([
    0x434f4d4f,
    Version.Catalog,
    bytes.length,
    0,
    items.length,
    items.length * 2,
    0,
    categories.length,
    strings.length,
    poolBytes,
  ]);
  bytes.set(new Uint8Array(Uint32Array.from(words).buffer), Size.Header);
  strings.forEach((text, index) => bytes.set(text, Size.Header + words.length * 4 + starts[index]!));
  header[3] = fnv32(bytes.subarray(Size.Checked));
  return bytes;
};
