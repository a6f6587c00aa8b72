// SPDX-License-Identifier: Apache-2.0
// Creatives as elements. Built node by node: no text of a playbook is ever parsed as HTML.
import { attempt } from '../attempt';

/** An address as it may be linked to, never a script; '' for anything else. */
export const safeLink = (link: string | undefined, base = document.baseURI): string =>
  attempt(() => {
    const { href } = new URL(link!, base);
    return link && /^(https?|mailto|tel):/.test(href) ? href : '';
  }, '');

/**
 * The element of a banner (title, body, image, alt, href, cta, theme) or coupon (title, body, code, cta, href, theme);
 * undefined for a type that this version does not know.
 * @param language of the page: our own words are Japanese or English
 * @param acted the visitor did something with it: `select` or `dismiss`
 */
export const createCreative = (
  { type, title, body, image, alt = '', href, code, cta, theme }: Record<string, string | undefined>,
  language: string,
  acted: (action: string) => void,
): HTMLElement | undefined => {
  if (type != 'banner' && type != 'coupon') return;
  const create = (tag: string, properties: object) => Object.assign(document.createElement(tag), properties);
  const root = create('section', { className: 'omo omo-' + type, ariaLabel: title || type });
  const isJapanese = /^ja/.test(language);
  const make = (parent: Element, tag: string, name: string, textContent = '', properties = {}) => {
    const element = create(tag, { className: 'omo-' + name, textContent, ...properties });
    parent.append(element);
    return element;
  };

  if (theme) root.dataset.theme = theme;
  const src = safeLink(image);
  if (src) make(root, 'img', 'image', '', { alt, src });
  const text = make(root, 'div', 'text');
  if (title) make(text, 'strong', 'title', title);
  if (body) make(text, 'div', 'body', body);
  const url = safeLink(href);
  if (code) {
    const shown = make(root, 'code', 'code', code);
    const label = cta || (isJapanese ? 'コピー' : 'Copy');
    const button = make(root, 'button', 'cta', label, {
      type: 'button',
      ariaLive: 'polite',
      onclick() {
        acted('select');
        // Where the clipboard is closed, the code is selected for copying by hand.
        const select = () => getSelection()!.selectAllChildren(shown);
        navigator.clipboard?.writeText(code).then(() => {
          button.textContent = label + ' ✓';
        }, select) || select();
      },
    });
  } else if (url) make(root, 'a', 'cta', cta || title, { href: url, onclick: () => acted('select') });
  make(root, 'button', 'dismiss', '×', {
    type: 'button',
    ariaLabel: isJapanese ? '閉じる' : 'Close',
    onclick: () => acted('dismiss'),
  });
  return root;
};
