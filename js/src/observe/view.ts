// SPDX-License-Identifier: Apache-2.0
// Elements in view (docs/attention.md). Views of elements follow the Media Rating Council's rule: half of the pixels
// (30 % from 242,500 pixels on) for one continuous second in a visible tab.
import { Limit } from '../vocabulary';

const enum Large {
  Pixels = 242_500,
}

type Size = Pick<DOMRectReadOnly, 'width' | 'height'>;

/**
 * The share of its pixels that an element must show, 0 to 1; of one that the viewport cannot hold, half of what fits. NaN
 * where it has no pixels.
 */
export const shareNeeded = ({ width, height }: Size, viewport: Size, least: number) =>
  Math.min(least, (Math.min(width, viewport.width) * Math.min(height, viewport.height)) / (width * height) / 2);

/** The least share of a view by the Media Rating Council's rule. */
export const leastOf = ({ width, height }: Size) => (width * height < Large.Pixels ? 0.5 : 0.3);

/** Calls back whenever the element has come into view, or has left it. Answers a function that stops watching. */
export const watchInView = (element: Element, changed: (inView: boolean) => void, least = (_: Size) => 0.5) => {
  let inView = false;
  let share = 0.5;
  let stop: () => void;
  const observe = () => {
    const observer = new IntersectionObserver(
      (entries) => {
        const { intersectionRatio, boundingClientRect: box, rootBounds } = entries.pop()!;
        // In a frame of another origin the browser does not tell the viewport.
        const needed = shareNeeded(box, rootBounds || box, least(box));
        if (inView != (inView = intersectionRatio >= needed)) changed(inView);
        // Another size: from now on the browser calls back at its very share.
        if (needed && needed != share) {
          share = needed;
          stop();
          observe();
        }
      },
      { threshold: [0, share] },
    );
    stop = () => observer.disconnect();
    observer.observe(element);
  };
  observe();
  return () => stop();
};

/** Calls back once, when the element has been viewed. Answers a function that stops watching. */
export const whenViewed = (element: Element, viewed: () => void): (() => void) => {
  let inView = false;
  let timer = 0;
  // Transparency changes without a word: it is looked at when the second begins and when it ends. Browsers that cannot
  // tell are believed.
  const look = (wasSeen?: boolean) => {
    const isSeen = element.checkVisibility?.({ opacityProperty: true, visibilityProperty: true }) !== false;
    if (wasSeen && isSeen) {
      stop();
      viewed();
    } else timer = setTimeout(look, Limit.ViewableMs, isSeen);
  };
  const update = () => {
    clearTimeout(timer);
    if (inView && !document.hidden) look();
  };
  const stopWatching = watchInView(
    element,
    (now) => {
      inView = now;
      update();
    },
    leastOf,
  );
  const stop = () => {
    clearTimeout(timer);
    stopWatching();
    document.removeEventListener('visibilitychange', update);
  };
  document.addEventListener('visibilitychange', update);
  return stop;
};
