// SPDX-License-Identifier: Apache-2.0
// Elements that the page marks: `data-omo-view`, whose view is an event, once in a page view, and `data-omo-section`, whose
// time counts.
import { watchMarks } from './marks';
import { watchInView, whenViewed } from './view';

/** Answers what looks for them again. */
export const watchElements = (
  track: (name: string, params: unknown) => void,
  section: (inView: boolean, id: string) => void,
) => {
  // Ids of the elements that were viewed in this page view.
  const viewed = new Set<string>();
  const scan = watchMarks({
    'data-omo-view': (element, id) =>
      whenViewed(element, () => {
        if (viewed.size < viewed.add(id).size) track('view_element', { element_id: id, page_path: location.pathname });
      }),
    'data-omo-section': (element, id) => watchInView(element, false, (inView) => section(inView, id)),
  });
  return (isNewView: boolean) => {
    if (isNewView) viewed.clear();
    scan(isNewView);
  };
};
