// SPDX-License-Identifier: Apache-2.0
// The default look of creatives: the page's own font and colours (so dark pages stay dark), logical sides (so
// right-to-left works), in a layer, so that any rule of the site for the same classes wins. A constructed sheet needs
// no 'unsafe-inline'.
const CSS =
  '@layer{[data-omo-shown]>:not(.omo){display:none!important}omo-slot{display:block}' +
  '.omo{position:relative;display:flex;flex-wrap:wrap;gap:1em;align-items:center;box-sizing:border-box;min-height:inherit;padding:1em 3em;border-radius:1em;background:#8881}' +
  '.omo>div{flex:14em}' +
  '.omo img{width:12em}' +
  '.omo code{padding:.6em 1em;border:1px dashed}' +
  '.omo :is(a,button){padding:.6em 1em;border:0;border-radius:1em;background:CanvasText;color:Canvas;font:inherit;text-decoration:none}' +
  '.omo>.omo-dismiss{position:absolute;top:0;inset-inline-end:0;background:0;color:inherit}}';

/** Answers what puts a sheet into the document, or shadow root, that an element is in. */
export const createStyle = (css: string) => {
  let sheet: CSSStyleSheet | undefined;
  return (element: Element): void => {
    const { adoptedStyleSheets } = element.getRootNode() as Document | ShadowRoot;
    if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(css);
    if (!adoptedStyleSheets.includes(sheet)) adoptedStyleSheets.push(sheet);
  };
};
export const adoptStyle = createStyle(CSS);
