// SPDX-License-Identifier: Apache-2.0
// Items that pages describe by schema.org (JSON-LD), so that they are known without a feed: kept on the device under storage
// and personalization, the latest 64.
import { attempt } from '../attempt';
import { ITEMS, read, write } from '../storage';
import { Limit } from '../vocabulary';
import type { SeenItem } from './encode';

type Thing = { readonly [name: string]: unknown };

const enum Most {
  /** Nesting of what is looked at. */
  Depth = 8,
  /** Characters of a text; an item with a longer one is left out. */
  Text = 500,
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
const thing = (value: unknown): Thing => {
  const first = list(value)[0];
  return first && typeof first == 'object' ? (first as Thing) : {};
};
/** The text of a value: of the first of several, of what an object calls so. */
const text = (value: unknown, inside: string): string => {
  const first = list(value)[0];
  return typeof first == 'string'
    ? first
    : typeof first == 'number'
      ? '' + first
      : first
        ? text(thing(first)[inside], '')
        : '';
};
const is = (node: Thing, type: string) => list(node['@type']).some((name) => ('' + name).split('/').pop() == type);
const address = (link: string, base: string) => attempt(() => (link ? new URL(link, base).href : ''), '');

const itemOf = (node: Thing, base: string): SeenItem => {
  const offer = thing(node.offers);
  return {
    id: text(node.sku, '') || text(node.productID, ''),
    title: text(node.name, '@value'),
    link: address(text(node.url, '@id') || text(offer.url, '@id') || base, base),
    image: address(text(node.image, 'url') || text(thing(node.image).contentUrl, ''), base),
    price: Number(text(offer.price, '') || text(offer.lowPrice, '') || NaN),
    currency: text(offer.priceCurrency, ''),
    category: text(node.category, 'name'),
    inStock: /^(|InStock|LimitedAvailability|OnlineOnly|InStoreOnly|MadeToOrder)$/.test(
      text(offer.availability, '@id').split('/').pop()!,
    ),
  };
};

/** Can it be shown? What storage holds may have been edited, so the types are asked too. */
const isWhole = (item: SeenItem): boolean =>
  [item.id, item.title, item.link, item.image, item.currency, item.category].every(
    (value) => typeof value == 'string' && value.length <= Most.Text,
  ) &&
  !!(item.id && item.title && item.link) &&
  /^[A-Z]{3}$/.test(item.currency) &&
  typeof item.price == 'number' &&
  item.price >= 0 &&
  item.price < 1e15;

/**
 * Products in texts of JSON-LD. `own`: those that the page itself is about, not those of its lists.
 * @param base address of the page
 */
export const productsIn = (texts: readonly string[], base: string): { all: SeenItem[]; own: string[] } => {
  const all = new Map<string, SeenItem>();
  const own: string[] = [];
  const walk = (value: unknown, depth: number, isOwn: boolean): void => {
    if (depth > Most.Depth || !value || typeof value != 'object') return;
    if (Array.isArray(value)) return value.forEach((one) => walk(one, depth + 1, isOwn));
    const node = value as Thing;
    if (is(node, 'Product')) {
      const item = itemOf(node, base);
      if (isOwn && item.id) own.push(item.id);
      if (isWhole(item) && !all.has(item.id)) all.set(item.id, item);
    }
    for (const [name, inner] of Object.entries(node))
      walk(inner, depth + 1, isOwn && /^(@graph|mainEntity|hasVariant)$/.test(name));
  };
  texts.forEach((json) =>
    walk(
      attempt(() => JSON.parse(json) as unknown),
      0,
      true,
    ),
  );
  return { all: [...all.values()], own };
};

/** What the present page says. */
export const productsOfPage = () =>
  productsIn(
    [...document.querySelectorAll<HTMLScriptElement>('script[type="application/ld+json"]')].map(
      (script) => script.text,
    ),
    document.baseURI,
  );

/** Items that were seen, the latest first. */
export const seenItems = (): SeenItem[] => {
  const stored = attempt(() => JSON.parse(read(ITEMS)) as unknown);
  const ids = new Set<string>();
  return (Array.isArray(stored) ? (stored as SeenItem[]) : [])
    .filter((item) => item && isWhole(item) && ids.size < ids.add(item.id).size)
    .slice(0, Limit.MaxSeenItems);
};

/** Keeps items; only with storage and personalization granted. */
export const remember = (items: readonly SeenItem[]): void => {
  if (!items.length) return;
  const ids = new Set(items.map(({ id }) => id));
  const all = [...items, ...seenItems().filter(({ id }) => !ids.has(id))];
  write(ITEMS, JSON.stringify(all.slice(0, Limit.MaxSeenItems)));
};
