// SPDX-License-Identifier: Apache-2.0
// Slots: `<omo-slot name="hero">default content</omo-slot>`, or `data-omo-slot="hero"` on an element that exists. A
// decision hides the default content, which stays where it is, and adds a creative; without one it is back.
import { whenViewed } from '../observe/view';
import type { Decision, Params } from '../types';
import { createCreative } from './creative';
import { adoptStyle } from './style';

interface Slot {
  _host: HTMLElement;
  _name: string;
  /** What is shown now, as campaign and variant; '' = default content. */
  _key: string;
  _restore: () => void;
}

export type Slots = ReturnType<typeof createSlots>;

/**
 * @param decide what a slot shows now
 * @param language of the page
 * @param track takes the events of promotions
 */
export function createSlots(
  decide: (slot: string) => Decision | null,
  language: () => string,
  track: (name: string, params: Params) => void,
) {
  const slots = new Map<HTMLElement, Slot>();
  // Campaigns in slots that were viewed, or dismissed, in this page view.
  let viewed = new Set<string>();
  let dismissed = new Set<string>();

  const show = (slot: Slot, decision: Decision) => {
    const { _host: host, _name: name } = slot;
    const params = { promotion_id: decision.campaign, creative_name: decision.variant, creative_slot: name };
    const creative = createCreative(decision.creative, language(), {
      _select: () => track('select_promotion', params),
      _dismiss: () => {
        dismissed.add(name + slot._key);
        track('dismiss_promotion', params);
        render(slot);
      },
    });
    if (!creative) return;
    adoptStyle(host);
    // Text that is not in an element cannot be hidden by a style: it is emptied, and put back.
    const texts = Array.from(host.childNodes, (node) => [node, node.nodeType == 3 ? node.nodeValue : null] as const);
    for (const [node, text] of texts) if (text) node.nodeValue = '';
    host.append(creative);
    host.dataset.omoShown = decision.campaign;
    const key = name + slot._key;
    const stop = whenViewed(creative, () => {
      if (viewed.has(key)) return;
      viewed.add(key);
      track('view_promotion', params);
    });
    slot._restore = () => {
      stop();
      creative.remove();
      delete host.dataset.omoShown;
      for (const [node, text] of texts) if (text) node.nodeValue = text;
    };
  };

  const render = (slot: Slot) => {
    const decision = decide(slot._name);
    let key = decision ? '/' + decision.campaign + '/' + decision.variant : '';
    if (dismissed.has(slot._name + key)) key = '';
    if (key == slot._key) return;
    slot._key = key;
    slot._restore();
    slot._restore = () => {};
    if (key) show(slot, decision!);
  };

  const add = (host: HTMLElement, name: string | null | undefined) => {
    if (!name || slots.has(host)) return;
    const height = host.getAttribute('height');
    if (height) host.style.minHeight = /\D/.test(height) ? height : height + 'px';
    const slot = { _host: host, _name: name, _key: '', _restore: () => {} };
    slots.set(host, slot);
    render(slot);
  };
  const remove = (host: HTMLElement) => {
    slots.get(host)?._restore();
    slots.delete(host);
  };

  customElements.define(
    'omo-slot',
    class extends HTMLElement {
      connectedCallback() {
        add(this, this.getAttribute('name'));
      }
      disconnectedCallback() {
        remove(this);
      }
    },
  );

  const renderAll = () => slots.forEach(render);
  return {
    _render: renderAll,
    /** A new page view: elements with `data-omo-slot` are looked for, and those that have left are let go. */
    _newView() {
      viewed = new Set();
      dismissed = new Set();
      slots.forEach((_, host) => host.isConnected || remove(host));
      document.querySelectorAll<HTMLElement>('[data-omo-slot]').forEach((host) => add(host, host.dataset.omoSlot));
      // What stays shown is viewed anew.
      slots.forEach((slot) => {
        slot._restore();
        slot._key = '';
        render(slot);
      });
    },
  };
}
