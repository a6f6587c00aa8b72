// SPDX-License-Identifier: Apache-2.0
// Slots: `<omo-slot name="hero">default content</omo-slot>`, or `data-omo-slot="hero"` on an element that exists. A
// decision hides the default content, which stays where it is, and adds a creative; without one it is back.
import { whenViewed } from '../observe/view';
import type { Put, Shown as Decision } from '../recommend/recommend';
import type { Params } from '../types';
import { createCreative } from './creative';
import { adoptStyle } from './style';

interface Shown {
  /** Campaign, variant and texts; 'null' = default content. */
  _key: string;
  /** Brings the default content back. */
  _restore: () => void;
}

const DEFAULT: Shown = { _key: 'null', _restore() {} };

export type Slots = ReturnType<typeof createSlots>;

/**
 * @param decide what each slot shows now, by name
 * @param language of the page
 * @param track takes the events of promotions
 */
export const createSlots = (
  decide: () => Record<string, Decision | null>,
  language: () => string,
  track: (name: string, params: Params) => void,
) => {
  const slots = new Map<HTMLElement, Shown>();
  // What was viewed, or dismissed, in this page view.
  const done = new Set<string>();

  /** Shows a creative in place of what is in the host; answers how to take it away again. */
  const show = (host: HTMLElement, name: string, key: string, { campaign, variant, creative, make }: Decision) => {
    const tell = (action: string) => {
      const mark = action + name + key;
      // A click counts each time, the rest once a view.
      if (action != 'select' && done.has(mark)) return;
      done.add(mark);
      track(action + '_promotion', { promotion_id: campaign, creative_name: variant, creative_slot: name });
      render();
    };
    const element = make ? make(tell) : createCreative(creative, language(), tell);
    if (!element) return DEFAULT._restore;
    // Text that is not in an element cannot be hidden by a style: it is emptied, and put back.
    const texts = [...host.childNodes]
      .filter((node) => node.nodeType == 3)
      .map((node) => [node, node.nodeValue] as const);
    texts.forEach(([node]) => (node.nodeValue = ''));
    host.append(element);
    host.dataset.omoShown = campaign;
    const stop = whenViewed(element, () => tell('view'));
    return () => {
      stop();
      element.remove();
      delete host.dataset.omoShown;
      texts.forEach(([node, text]) => (node.nodeValue = text));
    };
  };

  const reset = (host: HTMLElement) => {
    slots.get(host)?._restore();
    slots.set(host, DEFAULT);
  };
  let put: Put = (decisions) => decisions;
  /** @param next puts what is recommended into the decisions, from now on */
  const render = (next = put) => {
    const decisions = (put = next)(decide());
    slots.forEach((shown, host) => {
      const name = host.dataset.omoSlot || host.getAttribute('name')!;
      const decision = decisions[name] || null;
      let key = JSON.stringify(decision);
      if (done.has('dismiss' + name + key)) key = 'null';
      if (key != shown._key) {
        reset(host);
        if (key != 'null') slots.set(host, { _key: key, _restore: show(host, name, key, decision!) });
      }
    });
  };

  /** Takes care of an element from now on; answers how to leave it as it was. */
  const add = (host: HTMLElement) => {
    adoptStyle(host);
    const height = host.getAttribute('height');
    if (height) host.style.minHeight = +height ? height + 'px' : height;
    reset(host);
    return () => {
      reset(host);
      slots.delete(host);
    };
  };

  customElements.define(
    'omo-slot',
    class extends HTMLElement {
      connectedCallback() {
        add(this);
        render();
      }
    },
  );

  return {
    _render: render,
    _add: add,
    /** In a new page view, what stays shown is viewed anew, and what has gone is left. */
    _renew() {
      done.clear();
      slots.forEach((_, host) => {
        reset(host);
        if (!host.isConnected) slots.delete(host);
      });
    },
  };
};
