// SPDX-License-Identifier: Apache-2.0
// Creatives as elements. Built node by node: no text of a playbook is ever parsed as HTML.

/** What a visitor did with a creative. */
export interface Actions {
  _select: () => void;
  _dismiss: () => void;
}

/** Addresses that a creative may link to: never a script. */
export function isSafeLink(href: string, base: string): boolean {
  try {
    return /^(https?|mailto|tel):$/.test(new URL(href, base).protocol);
  } catch {
    return false;
  }
}

type Fields = Record<string, string | undefined>;

const make = <T extends keyof HTMLElementTagNameMap>(parent: Element, tag: T, name: string, text?: string) => {
  const element = document.createElement(tag);
  element.className = 'omo-' + name;
  if (text) element.textContent = text;
  parent.append(element);
  return element;
};

/** Copies the code and says so; where the clipboard is closed, it selects the code for copying by hand. */
async function copy(code: Element, button: Element, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(code.textContent!);
    button.textContent = done;
  } catch {
    getSelection()!.selectAllChildren(code);
  }
}

/**
 * The element of a banner (title, body, image, alt, href, cta, theme) or coupon (title, body, code, cta, href, theme);
 * null for a type that this version does not know.
 */
export function createCreative(fields: Fields, language: string, { _select, _dismiss }: Actions): HTMLElement | null {
  const { type, title, body, image, href, code, theme } = fields;
  const base = document.baseURI;
  const japanese = /^ja/.test(language);
  if (type != 'banner' && type != 'coupon') return null;
  const root = document.createElement('section');
  root.className = 'omo omo-' + type;
  root.ariaLabel = title || null;
  if (theme) root.dataset.theme = theme;
  if (image && isSafeLink(image, base)) {
    const picture = make(root, 'img', 'image');
    picture.alt = fields.alt || '';
    picture.src = image;
  }
  const text = make(root, 'div', 'text');
  if (title) make(text, 'strong', 'title', title);
  if (body) make(text, 'p', 'body', body);
  if (code) {
    const shown = make(root, 'code', 'code', code);
    const button = make(root, 'button', 'cta', fields.cta || (japanese ? 'コードをコピー' : 'Copy code'));
    button.type = 'button';
    button.ariaLive = 'polite';
    button.onclick = () => {
      _select();
      copy(shown, button, japanese ? 'コピーしました ✓' : 'Copied ✓');
    };
  } else if (href && isSafeLink(href, base)) {
    const link = make(root, 'a', 'cta', fields.cta || title);
    link.href = href;
    link.onclick = _select;
  }
  const dismiss = make(root, 'button', 'dismiss', '×');
  dismiss.type = 'button';
  dismiss.ariaLabel = japanese ? '閉じる' : 'Close';
  dismiss.onclick = _dismiss;
  return root;
}
