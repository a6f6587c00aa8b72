// SPDX-License-Identifier: Apache-2.0
// The GA4 adapter: reads `dataLayer`, both gtag() calls and GTM-style objects, those pushed before load too.
import type { Params } from '../types';

/** What an entry says: a command of gtag(), or the event of an object. Null for anything else. */
export type Entry = { _command: string; _name: string; _params: Params } | null;

const isObject = (value: unknown): value is Params => !!value && typeof value == 'object';

/**
 * gtag() pushes its `arguments`: ('event', name, params), ('consent', 'default' | 'update', state). GTM pushes
 * {event: name, ...}, with the parameters of GA4's ecommerce events under `ecommerce`.
 */
export function normalise(entry: unknown): Entry {
  if (!isObject(entry)) return null;
  const call = 'length' in entry && (entry as unknown as ArrayLike<unknown>);
  const [command, name, values] = call
    ? Array.from(call)
    : ['event', entry.event, isObject(entry.ecommerce) ? { ...entry, ...entry.ecommerce } : entry];
  return typeof command == 'string' && typeof name == 'string'
    ? { _command: command, _name: name, _params: isObject(values) ? values : {} }
    : null;
}

/** Calls back with every entry, past and future. The page's own push goes first, and decides what is answered. */
export function watchDataLayer(seen: (entry: NonNullable<Entry>) => void): void {
  const scope = window as unknown as { dataLayer?: unknown[] };
  const layer = (scope.dataLayer ||= []);
  const take = (entry: unknown) => {
    const normal = normalise(entry);
    if (normal) seen(normal);
  };
  layer.slice().forEach(take);
  const push = layer.push;
  layer.push = (...entries) => {
    const result = push.apply(layer, entries);
    entries.forEach(take);
    return result;
  };
}
