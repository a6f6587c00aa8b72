// SPDX-License-Identifier: Apache-2.0
// The GA4 adapter: reads `dataLayer`, both gtag() calls and GTM-style objects, those pushed before load too.
import type { Params } from '../types';
import { objectOf } from '../values';

/**
 * What an entry says: command, name and values; null where it says nothing here. gtag() pushes its `arguments`: ('event',
 * name, params), ('consent', 'default' | 'update', state). GTM pushes {event: name, ...}, with the parameters of GA4's
 * ecommerce events under `ecommerce`.
 */
export const normalise = (entry: unknown): [command: string, name: string, values: Params] | null => {
  const object = objectOf(entry);
  const [command, name, values] =
    'length' in object
      ? Array.from(object as unknown as ArrayLike<unknown>)
      : ['event', object.event, { ...object, ...objectOf(object.ecommerce) }];
  return typeof command == 'string' && typeof name == 'string' ? [command, name, objectOf(values)] : null;
};

/** Calls back with every entry, past and future. The page's own push goes first, and decides what is answered. */
export const watchDataLayer = (seen: (command: string, name: string, values: Params) => void): void => {
  const scope = window as unknown as { dataLayer?: unknown[] };
  const layer = (scope.dataLayer ||= []);
  const take = (entry: unknown) => {
    const said = normalise(entry);
    if (said) seen(...said);
  };
  [...layer].forEach(take);
  const push = layer.push;
  layer.push = (...entries) => {
    const result = push.apply(layer, entries);
    entries.forEach(take);
    return result;
  };
};

type Take = (name: string, values: Params) => void;

/** Calls back with commands of Consent Mode and with events; page views, engaged time and scroll depth are our own. */
export const readDataLayer = (consent: Take, event: Take): void =>
  watchDataLayer((command, name, values) => {
    if (command == 'consent') consent(name, values);
    else if (command == 'event' && !/^(page_view|user_engagement|scroll)$/.test(name)) event(name, values);
  });
