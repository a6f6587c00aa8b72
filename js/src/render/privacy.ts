// SPDX-License-Identifier: Apache-2.0
// <omo-privacy>: the visitor's own view of what is known of them, why, since when and until when; to switch off, to download,
// to erase. A chunk of its own, loaded only where the page has the element or asks for it. Built node by node, in a closed
// shadow root: the page's styles do not reach it, and a script that comes after ours cannot read it (THREATS.md).
import type { Parts } from '../consent/record';
import type { Atom, Client, Explanation, Export } from '../types';
import { purposes } from '../vocabulary';
import { ENGLISH, JAPANESE, createFormat } from './privacyTexts';
import { createStyle } from './style';

/** What the core gives: the client as the site's own code has it, and the visitor's record. */
export interface PanelHost extends Pick<Client, 'consent' | 'erase' | 'explain' | 'gpc' | 'on'> {
  export(): Export;
  /** Texts of creatives, and of notes, by name (wasm/wire/program.md). */
  creatives(): Record<string, Record<string, string>>;
  /** The consent record; empty = nothing was decided, or nothing that counts. */
  record(): Parts;
  /** Of the page. */
  language(): string;
}

const adoptStyle = createStyle(
  ':host{display:block;text-align:start}' +
    ':host([hidden]){display:none}' +
    'dialog{width:min(44rem,100% - 2rem);max-height:calc(100dvh - 2rem);box-sizing:border-box;padding:1.5rem;border:1px solid #8886;border-radius:1rem;color:CanvasText;background:Canvas;font:1rem/1.6 system-ui,sans-serif;overflow:auto}' +
    'dialog::backdrop{background:#0008}' +
    'h2{margin:0 2.5rem .5rem 0;font-size:1.35em}h3{margin:0;font-size:1.05em}h4{margin:.75rem 0 .25rem;font-size:.95em}p{margin:.25rem 0}' +
    '.purpose{padding:1rem 0;border-top:1px solid #8884}' +
    '.head{display:flex;gap:1rem;align-items:center;justify-content:space-between}' +
    '.small{font-size:.875em;opacity:.8}' +
    'label{display:flex;gap:.5rem;align-items:center;min-height:2.75rem;flex:none;cursor:pointer}' +
    'input{appearance:none;width:2.75rem;height:1.5rem;margin:0;border:1px solid currentColor;border-radius:1rem;position:relative;cursor:inherit}' +
    "input::before{content:'';position:absolute;inset-block:.15rem;inset-inline-start:.15rem;width:1.1rem;border-radius:50%;background:currentColor}" +
    'input:checked{background:#3a7d44;border-color:#3a7d44}input:checked::before{inset-inline-start:1.4rem;background:#fff}' +
    'input:disabled{opacity:.5;cursor:not-allowed}' +
    ':is(input,button,summary):focus-visible{outline:3px solid #4a90d9;outline-offset:2px}' +
    'dl{display:grid;grid-template-columns:minmax(8rem,auto) 1fr;gap:.25rem 1rem;margin:0}dt{font-weight:600;overflow-wrap:anywhere}dd{margin:0;overflow-wrap:anywhere}' +
    'summary{cursor:pointer;min-height:1.75rem}details[open]{padding-bottom:1rem}' +
    'button{min-height:2.75rem;padding:.4rem 1rem;border:1px solid currentColor;border-radius:.75rem;background:none;color:inherit;font:inherit;cursor:pointer}' +
    '.danger{border-color:#b3261e;color:#b3261e}@media(prefers-color-scheme:dark){.danger{border-color:#f2b8b5;color:#f2b8b5}}' +
    '.actions{display:flex;flex-wrap:wrap;gap:.75rem;padding-top:1rem;border-top:1px solid #8884}' +
    '.close{position:absolute;inset-block-start:.75rem;inset-inline-end:.75rem;width:2.75rem;padding:0;border:0;font-size:1.5rem}' +
    '@media(max-width:30rem){dl{grid-template-columns:1fr;gap:0 0}dd{margin-bottom:.5rem}}' +
    '@media(forced-colors:active){input{appearance:auto}input::before{content:none}}',
);

let host: PanelHost;

const recorded = () => {
  const record = host.record();
  return record.time ? record : null;
};

/** A name as words: `bouquet_views` → `bouquet views`. */
const words = (name: string) => name.replace(/_/g, ' ');

function createPanel(root: ShadowRoot, isDialog: boolean, close: () => void) {
  const isJapanese = /^ja/.test(host.language());
  const texts = isJapanese ? JAPANESE : ENGLISH;
  const locale = isJapanese ? 'ja' : 'en';
  const { date, duration, moment, value: show } = createFormat(locale, texts);
  const creatives = Object.entries(host.creatives());
  const notes = (kind: string): Record<string, string> =>
    Object.assign(
      Object.create(null),
      ...creatives.filter(([name]) => name.startsWith(kind)).map(([, texts]) => texts),
    );
  const titles = notes('.titles');
  const durations = notes('.durations');
  const isDuration = (name: string) => name in durations;
  const title = (name: string, kind?: string) => titles[kind == 'context' ? 'context.' + name : name] ?? words(name);
  /** From when on a fact says something else though nothing happens. */
  const lasts = ({ window, expiresAt }: Atom) =>
    [window && texts.within(duration(window)), expiresAt && texts.oldest(moment(expiresAt))]
      .filter(Boolean)
      .join(' · ');
  const make = <Tag extends keyof HTMLElementTagNameMap>(
    parent: ParentNode,
    tag: Tag,
    textContent = '',
    properties: object = {},
  ): HTMLElementTagNameMap[Tag] => {
    const element = Object.assign(document.createElement(tag), { textContent, ...properties });
    parent.append(element);
    return element;
  };

  const box = isDialog ? make(root, 'dialog') : make(root, 'section');
  box.lang = locale;
  box.setAttribute('aria-labelledby', 'title');
  make(box, 'h2', texts.title, { id: 'title' });
  if (isDialog)
    make(box, 'button', '×', { type: 'button', className: 'close', ariaLabel: texts.close, onclick: close });
  make(box, 'p', texts.intro);
  const status = make(box, 'p', '', { className: 'small' });
  if (host.gpc() == 'honoured') make(box, 'p', texts.gpc);

  const parts = purposes.map((purpose) => {
    const [title, what] = texts.purposes[purpose];
    const section = make(box, 'section', '', { className: 'purpose' });
    const head = make(section, 'div', '', { className: 'head' });
    const text = make(head, 'div');
    make(text, 'h3', title, { id: purpose });
    make(text, 'p', what, { id: purpose + '-what', className: 'small' });
    const label = make(head, 'label');
    const input = make(label, 'input', '', {
      type: 'checkbox',
      role: 'switch',
      onchange: () => host.consent({ [purpose]: input.checked ? 'granted' : 'denied' }),
    });
    input.setAttribute('aria-labelledby', purpose);
    input.setAttribute('aria-describedby', purpose + '-what');
    const state = make(label, 'span', '', { className: 'small' });
    return {
      purpose,
      section,
      input,
      state,
      since: make(section, 'p', '', { className: 'small' }),
      kept: make(section, 'div', '', { className: 'kept' }),
    };
  });
  const groupsTitle = make(box, 'h3', texts.groups, { className: 'purpose' });
  const groups = make(box, 'div');
  const waiting = make(box, 'p', '', { className: 'small' });
  const actions = make(box, 'div', '', { className: 'actions' });
  const said = make(box, 'p', '', { role: 'status' });

  const download = () => {
    const json = JSON.stringify({ record: recorded(), ...host.export() }, null, 2);
    const href = URL.createObjectURL(new Blob([json], { type: 'application/json' }));
    make(root, 'a', '', { href, download: `privacy-${location.hostname}.json`, hidden: true }).click();
    root.lastElementChild!.remove();
    // The browser has begun to read it by then.
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  };
  const offer = () => {
    actions.replaceChildren();
    make(actions, 'button', texts.download, { type: 'button', onclick: download });
    return make(actions, 'button', texts.erase, { type: 'button', className: 'danger', onclick: confirm });
  };
  function confirm() {
    said.textContent = '';
    actions.replaceChildren();
    make(actions, 'p', texts.eraseSure, { id: 'sure' }).style.flexBasis = '100%';
    const erase = () => {
      let isEverywhere = true;
      const stop = host.on('error', ({ message }) => (isEverywhere &&= !/not erased/.test(message)));
      void host.erase().then(() => {
        stop();
        said.textContent = isEverywhere ? texts.erased : texts.erasedHere;
        offer().focus();
        update();
      });
    };
    make(actions, 'button', texts.eraseYes, { type: 'button', className: 'danger', onclick: erase });
    const keep = make(actions, 'button', texts.eraseNo, { type: 'button', onclick: () => offer().focus() });
    keep.setAttribute('aria-describedby', 'sure');
    keep.focus();
  }

  /** What a group rests on: the facts among the atoms of its explanation. */
  const reasons = (explanation: Explanation) =>
    (explanation.atoms ?? []).filter(
      ({ kind, name }) => name && /^(signal|trait|context|size|member|days_until|score)$/.test(kind),
    );

  let shownGroups = '';
  function update() {
    const { consent, traits, signals, segments, queue } = host.export();
    const record = recorded();
    const isAnyOn = Object.values(consent).includes('granted');
    status.textContent = record
      ? texts.decided(date(record.time!), record.version ?? '')
      : isAnyOn
        ? texts.undecidedOn
        : texts.undecided;
    const of = (kind: 'trait' | 'signal', values: Export['traits']) =>
      Object.entries(values).map(([name, value]) => [name, value, kind] as const);
    const facts = [...of('trait', traits), ...of('signal', signals)].filter(
      ([, value]) => value !== null && value !== 0 && !(Array.isArray(value) && !value.length),
    );
    const isStrict = host.gpc() == 'honoured';
    for (const { purpose, input, state, since, kept } of parts) {
      const isOn = consent[purpose] == 'granted';
      input.checked = isOn;
      input.disabled = isStrict && !isOn && (purpose == 'marketing' || purpose == 'sharing');
      state.textContent = isOn ? texts.on : texts.off;
      const begun = record?.since?.[purpose] ?? record?.first ?? record?.time;
      since.textContent = isOn && begun ? texts.since(date(begun)) : '';
      const own = facts.filter(([name, , kind]) => host.explain(name, kind)?.purposes.includes(purpose));
      kept.replaceChildren();
      if (!isOn || purpose == 'storage') continue;
      if (!own.length) {
        if (purpose == 'personalization') make(kept, 'p', texts.nothing, { className: 'small' });
        continue;
      }
      make(kept, 'h4', texts.facts);
      const list = make(kept, 'dl');
      for (const [name, value, kind] of own) {
        make(list, 'dt', title(name));
        const told = make(list, 'dd', show(value, isDuration(name)));
        const until = host.explain(name, kind)!.atoms.map(lasts)[0];
        if (until) make(told, 'div', until, { className: 'small' });
      }
      make(kept, 'p', texts.until, { className: 'small' });
    }
    const names = Object.keys(segments);
    groupsTitle.hidden = !names.length;
    // Only where something changed: an opened reason stays open.
    const explained = names.map((name) => host.explain(name, 'segment'));
    const now = JSON.stringify(explained);
    if (now != shownGroups) {
      shownGroups = now;
      const open = new Set([...groups.querySelectorAll('details[open]')].map(({ id }) => id));
      groups.replaceChildren();
      for (const explanation of explained) {
        if (!explanation) continue;
        const { name, state, missing } = explanation;
        const details = make(groups, 'details', '', { id: 'group-' + name, open: open.has('group-' + name) });
        const answer = missing.length || state == null ? texts.unknownGroup : state ? texts.inGroup : texts.notInGroup;
        make(details, 'summary', `${title(name)}: ${answer}`);
        const because = reasons(explanation);
        make(details, 'p', because.length ? texts.restsOn : texts.restsOnNothing, { className: 'small' });
        if (!because.length) continue;
        const list = make(details, 'dl');
        for (const { kind, name: fact, value, op, need } of because) {
          const called = title(fact!, kind);
          make(list, 'dt', kind == 'days_until' ? texts.daysUntil(called) : called);
          const isTime = kind == 'signal' && isDuration(fact!);
          const asked =
            need === null ? { '==': texts.isNever, '!=': texts.isSet }[op] : texts.needs[op]?.(show(need, isTime));
          make(list, 'dd', show(value, isTime) + (asked ? ` (${asked})` : ''));
        }
      }
    }
    waiting.textContent = queue ? texts.waiting(queue) : '';
  }
  offer();
  update();
  return { box, update };
}

/** The element of the page, or one that opens as a dialog. */
function defineElement(): void {
  if (customElements.get('omo-privacy')) return;
  customElements.define(
    'omo-privacy',
    class extends HTMLElement {
      private stop: (() => void)[] = [];
      private panel: ReturnType<typeof createPanel> | undefined;
      connectedCallback(): void {
        const isDialog = this.hasAttribute('dialog');
        const { box, update } = (this.panel ||= createPanel(this.attachShadow({ mode: 'closed' }), isDialog, () =>
          this.remove(),
        ));
        adoptStyle(box);
        let isDue = false;
        const later = () => {
          if (isDue) return;
          isDue = true;
          setTimeout(() => {
            isDue = false;
            if (this.isConnected) update();
          });
        };
        this.stop = (['consent', 'segment', 'decision', 'event'] as const).map((type) => host.on(type, later));
        if (box instanceof HTMLDialogElement && !box.open) {
          box.onclose = () => this.remove();
          box.showModal();
        }
      }
      disconnectedCallback(): void {
        for (const stop of this.stop) stop();
      }
    },
  );
}

/** Defines the element, so that those of the page come to life; answers how to open it as a dialog. */
export const start = (given: PanelHost) => {
  host = given;
  defineElement();
  return {
    open(): void {
      if (document.querySelector('omo-privacy[dialog]')) return;
      const element = document.createElement('omo-privacy');
      element.setAttribute('dialog', '');
      document.body.append(element);
    },
  };
};
