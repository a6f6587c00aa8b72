// SPDX-License-Identifier: Apache-2.0
// The default look of creatives: system colours (so dark pages stay dark), logical sides (so right-to-left works), and
// low weight, so that a site's own rules for the same classes win. A constructed sheet needs no 'unsafe-inline'.
const CSS = `
[data-omo-shown]>:not(.omo){display:none!important}
:where(omo-slot){display:block}
:where(.omo){position:relative;box-sizing:border-box;display:flex;flex-wrap:wrap;gap:1em 1.5em;align-items:center;height:100%;padding:1.25em 3em 1.25em 1.5em;border:1px solid color-mix(in srgb,currentColor 18%,transparent);border-radius:1em;background:color-mix(in srgb,currentColor 4%,transparent);line-height:1.6;overflow-wrap:anywhere}
:where(.omo-image){flex:0 1 12em;min-width:0;max-width:100%;max-height:14em;border-radius:.6em;object-fit:cover}
:where(.omo-text){flex:1 1 14em}
:where(.omo-title){display:block;font-size:1.25em;line-height:1.4}
:where(.omo-body){margin:.3em 0 0}
:where(.omo-code){padding:.4em .8em;border:1px dashed;border-radius:.5em;font-size:1.15em;letter-spacing:.08em;user-select:all}
:where(.omo-cta){font:inherit;font-weight:600;padding:.6em 1.4em;border:0;border-radius:9em;background:var(--omo-accent,CanvasText);color:var(--omo-accent-text,Canvas);text-decoration:none;cursor:pointer}
:where(.omo-dismiss){position:absolute;inset-block-start:.4em;inset-inline-end:.4em;width:2.2em;height:2.2em;border:0;border-radius:50%;background:none;color:inherit;font:inherit;cursor:pointer}
:where(.omo :focus-visible){outline:2px solid;outline-offset:2px}
`;

let sheet: CSSStyleSheet | undefined;

/** Puts the sheet into the document, or shadow root, that an element is in; first, so that the page's own rules win. */
export function adoptStyle(element: Element): void {
  const root = element.getRootNode() as Document | ShadowRoot;
  if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(CSS);
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [sheet, ...root.adoptedStyleSheets];
}
