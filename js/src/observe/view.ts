// SPDX-License-Identifier: Apache-2.0
// Elements in view (docs/attention.md). Views of elements follow the Media Rating Council's rule: half of the pixels
// (30 % from 242,500 pixels on) for one continuous second in a visible tab.
import { Limit } from '../vocabulary';

const enum Large {
  Pixels = 242_500,
}

type Size = Pick<DOMRectReadOnly, 'width' | 'height'>;

/**
 * The share of its pixels that an element must show, 0 to 1: half of them (30 % of a large one, for a view), or half of what
 * fits where the viewport cannot hold it. NaN where it has no pixels.
 */
export const shareNeeded = ({ width, height }: Size, viewport: Size, isView: boolean) =>
  Math.min(
    isView && width * height >= Large.Pixels ? 0.3 : 0.5,
    (Math.min(width, viewport.width) * Math.min(height, viewport.height)) / (width * height) / 2,
  );

type Seen = (entry: IntersectionObserverEntry) => void;
/** One observer for all elements that need the same share: hundreds of observers would be a long task. */
const pools = new Map<string, [observer: IntersectionObserver, seen: Map<Element, Seen>]>();

const observe = (element: Element, isView: boolean, share: number, seen: Seen) => {
  // An element may be watched for both.
  const key = isView + ' ' + share;
  if (!pools.has(key)) {
    const watched = new Map<Element, Seen>();
    const observer = new IntersectionObserver(
      (entries) => entries.forEach((entry) => watched.get(entry.target)?.(entry)),
      { threshold: [0, share] },
    );
    pools.set(key, [observer, watched]);
  }
  const [observer, watched] = pools.get(key)!;
  watched.set(element, seen);
  observer.observe(element);
  return () => {
    observer.unobserve(element);
    watched.delete(element);
    if (!watched.size) pools.delete(key);
  };
};

/** Calls back whenever the element has come into view, or has left it: at the latest when the watching is stopped. */
export const watchInView = (element: Element, isView: boolean, changed: (inView: boolean) => void) => {
  let inView = false;
  let share = 0.5;
  const seen: Seen = ({ intersectionRatio, boundingClientRect: box, rootBounds }) => {
    // In a frame of another origin the browser does not tell the viewport.
    const needed = shareNeeded(box, rootBounds || box, isView);
    if (inView != (inView = intersectionRatio >= needed)) changed(inView);
    // Another size: from now on the browser calls back at its very share.
    if (needed && needed != share) {
      share = needed;
      stop();
      stop = observe(element, isView, share, seen);
    }
  };
  let stop = observe(element, isView, share, seen);
  return () => {
    stop();
    if (inView) changed(false);
  };
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
  const stopWatching = watchInView(element, true, (now) => {
    inView = now;
    update();
  });
  const stop = () => {
    stopWatching();
    document.removeEventListener('visibilitychange', update);
  };
  document.addEventListener('visibilitychange', update);
  return stop;
};
