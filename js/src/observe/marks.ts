// SPDX-License-Identifier: Apache-2.0
// Elements that the page marks with an attribute, as they come, go and are used again for something else; in open shadow
// roots too.

/** Begins to watch an element that is marked with this id; answers a function that stops. */
export type Watch = (element: Element, id: string) => () => void;

const enum Rest {
  Ms = 200,
}

/**
 * @param looked is called after each look
 * @returns a function that looks now; in a new page view, every element is a new one
 */
export const watchMarks = (watches: Record<string, Watch>, looked: () => void): ((isNewView?: boolean) => void) => {
  const names = Object.keys(watches);
  const watched = names.map(() => new Map<Element, [id: string, stop: () => void]>());
  let timer = 0;
  const look = (isNewView?: boolean) => {
    timer = 0;
    const elements: Element[] = [];
    const visit = (root: Document | ShadowRoot) => {
      observer.observe(root, { subtree: true, childList: true, attributeFilter: names });
      root.querySelectorAll('*').forEach((element) => {
        elements.push(element);
        if (element.shadowRoot) visit(element.shadowRoot);
      });
    };
    visit(document);
    names.forEach((name, i) => {
      const marks = watched[i]!;
      marks.forEach(([id, stop], element) => {
        if (isNewView || !element.isConnected || element.getAttribute(name) != id) {
          stop();
          marks.delete(element);
        }
      });
      elements.forEach((element) => {
        const id = element.getAttribute(name);
        if (id && !marks.has(element)) marks.set(element, [id, watches[name]!(element, id)]);
      });
    });
    looked();
  };
  const observer = new MutationObserver(() => (timer ||= setTimeout(look, Rest.Ms)));
  return look;
};
