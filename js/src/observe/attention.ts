// SPDX-License-Identifier: Apache-2.0
// Attention edges. The engine makes engaged time of them (requirements: visible and focused and not idle).
import { Edge } from '../vocabulary';

/** Activity is told at most this often: far below the idle window, far above the rate of pointer events. */
const ACTIVITY_MS = 200;

const visibility = () => (document.visibilityState == 'visible' ? Edge.Visible : Edge.Hidden);
const focus = () => (document.hasFocus() ? Edge.Focused : Edge.Blurred);

/** Tells the edges as they are now, then every change. */
export function watchAttention(told: (edge: Edge) => void): void {
  let last = 0;
  const on = (target: EventTarget, type: string, edge: () => Edge) =>
    target.addEventListener(type, () => told(edge()), { capture: true, passive: true });
  const tellAll = () => {
    told(visibility());
    told(focus());
  };
  tellAll();
  on(document, 'visibilitychange', visibility);
  // Focus moves between elements too: what counts is whether this document has it.
  on(window, 'focus', focus);
  on(window, 'blur', focus);
  on(window, 'pagehide', () => Edge.Leave);
  on(document, 'freeze', () => Edge.Frozen);
  addEventListener('pageshow', (event) => event.persisted && tellAll());
  for (const type of ['scroll', 'resize', 'pointermove', 'pointerdown', 'keydown'])
    addEventListener(
      type,
      ({ timeStamp }) => {
        if (timeStamp - last < ACTIVITY_MS) return;
        last = timeStamp;
        told(Edge.Activity);
      },
      { capture: true, passive: true },
    );
}
