// SPDX-License-Identifier: Apache-2.0
// Recommendations, a chunk of its own: it and the catalog are loaded by every visitor of a page whose playbook has any, whatever
// was decided. It is built apart from the core, so what the two share has names without an underscore.
import { pageLanguage } from '../observe/page';
import { createRecommendations } from '../render/recommendations';
import { load } from '../transport';
import type { Client, Decision, Export } from '../types';
import { Limit, RecommendationKind } from '../vocabulary';
import { startCatalog, type Item } from './catalog';
import { encodeCatalog } from './encode';
import { productsOfPage, remember, seenItems } from './seen';

/** What the core gives. */
export interface Host {
  /** Address of the catalog; without it, items seen on pages are recommended. */
  catalog: string | URL | undefined;
  /** catalog.wasm: by default beside this module. */
  wasm?: string | URL;
  /** What is known of the visitor: signals and consent. */
  state(): Export;
  /** May anything be stored by now? */
  mayKeep(): boolean;
  on: Client['on'];
  /** Decisions are shown as `put` gives them, from now on; also called when they would be others. */
  show(put: Put): void;
  fail(reason: unknown): void;
}

/** A decision as slots show it; `make` builds its element. */
export type Shown = Decision & { make?: (acted: (action: string) => void) => HTMLElement };
/** Puts the items into decisions, and takes away those that have nothing to show. */
export type Put = (decisions: Record<string, Shown | null>) => Record<string, Shown | null>;

const KINDS: Record<string, RecommendationKind> = {
  recent: RecommendationKind.Recent,
  affinity: RecommendationKind.Affinity,
  related: RecommendationKind.Related,
};

/** Ids or tastes with their weights: of a list each the same, unless it holds pairs of value and weight. */
export const weighed = (value: unknown): [string, number][] =>
  (Array.isArray(value) ? (value as unknown[]) : [value]).flatMap((one): [string, number][] =>
    Array.isArray(one)
      ? typeof one[0] == 'string'
        ? [[one[0], Number(one[1])]]
        : []
      : typeof one == 'string' && one
        ? [[one, 1]]
        : [],
  );

/** The page, without what changes no content. */
const here = () => location.origin + location.pathname;
const isHere = (link: string) => {
  try {
    const { origin, pathname } = new URL(link, document.baseURI);
    return origin + pathname == here();
  } catch {
    return false;
  }
};

export const start = async (host: Host): Promise<void> => {
  const shelf = await startCatalog(host.wasm || new URL('./catalog.wasm', import.meta.url));
  // What a slot shows in this page view: once it is there it stays, as every decision.
  const held = new Map<string, Item[]>();
  let own: string[] = [];
  let view = '';
  let isOpen = false;
  // A refresh that was overtaken by another one has nothing to say.
  let latest = 0;

  /** What the page says, and what is left to recommend where consent has changed. */
  const arrange = () => {
    held.clear();
    const { all, own: ids } = productsOfPage();
    own = ids;
    if (host.catalog) return;
    const { storage, personalization } = host.state().consent;
    const mayKeep = storage == 'granted' && personalization == 'granted';
    if (mayKeep && host.mayKeep()) remember(all);
    shelf._open(encodeCatalog(mayKeep ? seenItems() : []));
  };
  const refresh = async () => {
    const number = ++latest;
    isOpen = false;
    view = here() + location.search;
    try {
      // Asked of the server in every view: what was sold out since must not be shown.
      const bytes = host.catalog && (await load(host.catalog, { cache: 'no-cache' }));
      if (document.readyState == 'loading')
        await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, { once: true }));
      if (number != latest) return;
      if (bytes) shelf._open(bytes);
      arrange();
      isOpen = true;
    } catch (reason) {
      host.fail(reason);
    }
    host.show(put);
  };
  host.on('consent', () => {
    if (isOpen) arrange();
    host.show(put);
  });
  addEventListener('pageshow', ({ persisted }) => persisted && void refresh());

  const itemsOf = ({ from, signal, exclude, in_stock, count }: Record<string, string | undefined>): Item[] => {
    const language = pageLanguage();
    const describe = (row: number) => shelf._item(row, language);
    const { signals } = host.state();
    const ids = (name: string) => weighed(signals[name]);
    const kind = KINDS[from!];
    if (!kind) return [];
    const values = signal ? ids(signal) : [];
    const wanted = Number(count) || 4;
    return shelf
      ._query({
        kind,
        values: from == 'related' && own.length ? own.map((id) => [id, 1] as const) : values,
        excluded: [...own, ...(exclude || '').split(' ').flatMap((name) => (name ? ids(name).map(([id]) => id) : []))],
        inStock: !!in_stock,
        // One more, since the page's own item may be among them.
        count: Math.min(wanted + 1, Limit.MaxRecommendations),
      })
      .map(describe)
      .filter(({ link }) => !isHere(link))
      .slice(0, wanted);
  };

  const fill = (slot: string, decision: Shown): Shown | null => {
    const { campaign, variant, creative } = decision;
    const key = [slot, campaign, variant].join('\n');
    const items = held.get(key) || itemsOf(creative);
    if (!items.length) return null;
    held.set(key, items);
    return {
      ...decision,
      creative: { ...creative, items: JSON.stringify(items) },
      make: (acted) => createRecommendations(creative, items, pageLanguage(), acted),
    };
  };

  const put: Put = (decisions) => {
    if (view != here() + location.search) void refresh();
    return Object.fromEntries(
      Object.entries(decisions).map(([slot, decision]) => [
        slot,
        decision?.creative.type == 'recommendations' ? (isOpen ? fill(slot, decision) : null) : decision,
      ]),
    );
  };
  await refresh();
};
