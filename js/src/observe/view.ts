// SPDX-License-Identifier: Apache-2.0
// Views of elements by the Media Rating Council's rule: half of the pixels (30 % from 242,500 pixels on) for one
// continuous second in a visible tab.
import { Limit } from '../vocabulary';

const enum Large {
  Pixels = 242_500,
}

export const isViewable = (ratio: number, pixels: number) => pixels > 0 && ratio >= (pixels < Large.Pixels ? 0.5 : 0.3);

/** Calls back once, when the element has been viewed. Answers a function that stops watching. */
export const whenViewed = (element: Element, viewed: () => void): (() => void) => {
  let inView = false;
  let timer = 0;
  const update = () => {
    clearTimeout(timer);
    if (inView && !document.hidden)
      timer = setTimeout(() => {
        // Browsers that cannot tell whether it is transparent are believed.
        if (element.checkVisibility?.({ opacityProperty: true }) === false) return;
        stop();
        viewed();
      }, Limit.ViewableMs);
  };
  const observer = new IntersectionObserver(
    (entries) => {
      const { intersectionRatio, boundingClientRect: box } = entries.pop()!;
      const now = isViewable(intersectionRatio, box.width * box.height);
      if (now != inView) {
        inView = now;
        update();
      }
    },
    { threshold: [0, 0.3, 0.5] },
  );
  const stop = () => {
    clearTimeout(timer);
    observer.disconnect();
    document.removeEventListener('visibilitychange', update);
  };
  observer.observe(element);
  document.addEventListener('visibilitychange', update);
  return stop;
};

/** Calls back once a view for every `[data-omo-view=id]` in the document that is viewed. Answers a stop. */
export const watchElements = (viewed: (id: string) => void): (() => void) => {
  const stops = Array.from(document.querySelectorAll<HTMLElement>('[data-omo-view]'), (element) =>
    whenViewed(element, () => viewed(element.dataset.omoView!)),
  );
  return () => stops.forEach((stop) => stop());
};
