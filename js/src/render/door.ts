// SPDX-License-Identifier: Apache-2.0
// The little that the core knows of the visitor's panel.
import { partsOf, recordIn } from '../consent/record';
import { pageLanguage } from '../observe/page';
import type { Report } from '../report';
import type { Client } from '../types';
import type { start } from './privacy';

/** Loads the panel's chunk. */
export type LoadPanel = () => Promise<{ start: typeof start }>;

/** @param report tells everything: the panel is the visitor's own */
export const createDoor = (load: LoadPanel, client: Client, report: Report, fail: (reason: unknown) => void) => {
  let panel: Promise<ReturnType<typeof start>> | undefined;
  const enter = () =>
    (panel ||= load().then(({ start }) =>
      start({
        ...client,
        export: report._export,
        explain: report._explain,
        creatives: report._creatives,
        record: () => partsOf(recordIn()),
        language: pageLanguage,
      }),
    ));
  return {
    /** Loads the panel where the page has its element. */
    _scan() {
      if (document.querySelector('omo-privacy')) enter().catch(fail);
    },
    /** Opens it as a dialog, for a visitor who has just done something: no script may look into it by itself. */
    _open() {
      if (navigator.userActivation?.isActive === false) return;
      enter()
        .then((entered) => entered.open())
        .catch(fail);
    },
  };
};
