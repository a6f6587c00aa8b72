// SPDX-License-Identifier: Apache-2.0
// Scroll depth (docs/attention.md): how much of the page the lower edge of the viewport has reached, in steps. Sizes are
// read in the callback of an observer, after the frame's layout, where reading them makes the browser lay out nothing.
import type { On } from './on';

const enum Rest {
  Ms = 200,
  /** A page without anything to scroll has this long to grow. */
  FirstMs = 1000,
}

/** @returns a function that begins a page view */
export const watchScroll = (on: On, tell: (percent: number) => void): (() => void) => {
  let told = 0;
  let timer = 0;
  // What was scrolled last; none yet in this view.
  let scrolled: Node | null;
  const page = document.documentElement;
  /** Does it hold more than it shows, and cover half of the viewport at least? Then it counts as the page. */
  const scrolls = ({ scrollHeight, clientHeight, clientWidth }: Element) =>
    scrollHeight > clientHeight + 1 && 2 * clientHeight * clientWidth >= page.clientHeight * page.clientWidth;
  const look: IntersectionObserverCallback = (_, observer) => {
    observer.disconnect();
    const box = scrolled == document ? document.scrollingElement! : (scrolled as Element | null);
    const percent = box
      ? scrolls(box) && ((box.scrollTop + box.clientHeight + 1) / box.scrollHeight) * 100
      : ![...document.querySelectorAll('*')].some(scrolls) && 100;
    const step = [100, 90, 75, 50, 25].find((step) => +percent >= step)!;
    if (step > told) tell((told = step));
  };
  const measure = () => {
    timer = 0;
    if (scrolled || document.readyState == 'complete') new IntersectionObserver(look).observe(page);
    else begin();
  };
  const begin = () => {
    clearTimeout(timer);
    timer = setTimeout(measure, Rest.FirstMs);
  };
  on('scroll', ({ target }) => {
    scrolled = target as Node;
    timer ||= setTimeout(measure, Rest.Ms);
  });
  return () => {
    told = 0;
    scrolled = null;
    begin();
  };
};
