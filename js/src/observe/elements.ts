// SPDX-License-Identifier: Apache-2.0
// Elements that the page marks: `data-omo-view`, whose view is an event, once in a page view, `data-omo-section`, whose
// time counts, and `data-omo-slot`, which shows what is decided.
import { watchMarks, type Watch } from './marks';
import { watchInView, whenViewed } from './view';

/**
 * @param slot takes care of an element that is marked as one
 * @param looked is called when the page was looked at, and what is new in it has been found
 * @returns what looks at once, in a new page view
 */
export const watchElements = (
  track: (name: string, params: unknown) => void,
  section: (inView: boolean, id: string) => void,
  slot: Watch,
  looked: () => void,
) => {
  // Ids of the elements that were viewed in this page view.
  const viewed = new Set<string>();
  const look = watchMarks(
    {
      'data-omo-view': (element, id) =>
        whenViewed(element, () => {
          if (viewed.size < viewed.add(id).size)
            track('view_element', { element_id: id, page_path: location.pathname });
        }),
      'data-omo-section': (element, id) => watchInView(element, false, (inView) => section(inView, id)),
      'data-omo-slot': slot,
    },
    looked,
  );
  return () => {
    viewed.clear();
    look(true);
  };
};
