// SPDX-License-Identifier: Apache-2.0
// Attention edges. The engine makes engaged time of them (requirements: visible and focused and not idle).
import { Edge } from '../vocabulary';
import type { On } from './on';

/** Activity is told at most this often: far below the idle window, far above the rate of pointer events. */
const enum Activity {
  Ms = 200,
}

/** Tells the edges as they are now, then every change. Answers a function that tells those of now again. */
export const watchAttention = (on: On, tell: (edge: Edge) => void): (() => void) => {
  let last = 0;
  const visibility = () => tell(document.hidden ? Edge.Hidden : Edge.Visible);
  // Focus moves between elements too: what counts is whether this document has it.
  const focus = () => tell(document.hasFocus() ? Edge.Focused : Edge.Blurred);
  const now = () => {
    visibility();
    focus();
  };
  now();
  on('visibilitychange', visibility);
  on('focus blur', ({ target }) => target == window && focus());
  on('pagehide', () => tell(Edge.Leave));
  on('freeze', () => tell(Edge.Frozen));
  on('scroll resize pointermove pointerdown keydown', ({ timeStamp }) => {
    if (timeStamp - last > Activity.Ms) {
      last = timeStamp;
      tell(Edge.Activity);
    }
  });
  return now;
};
