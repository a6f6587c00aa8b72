// SPDX-License-Identifier: Apache-2.0
// Attention edges. The engine makes visible and engaged time of them (docs/attention.md).
import { Edge, Limit } from '../vocabulary';
import type { On } from './on';

/** Activity is told at most this often: far below the idle window, far above the rate of pointer events. */
const enum Activity {
  Ms = 200,
}

/**
 * Tells the edges as they are now, then every change. Answers a function that tells those of now again.
 * @param tell takes an edge, and whether with it the visitor leaves: a page that is hidden first leaves once
 * @param live takes a sign of life every few seconds while the page is visible
 */
export const watchAttention = (on: On, tell: (edge: Edge, leaves: boolean) => void, live: () => void): (() => void) => {
  let left = false;
  const change = (edge: Edge) => {
    const leaves = edge == Edge.Leave || edge == Edge.Hidden;
    tell(edge, leaves && !left);
    if (leaves || edge == Edge.Visible) left = leaves;
  };
  let last = 0;
  const visibility = () => change(document.hidden ? Edge.Hidden : Edge.Visible);
  // Focus moves between elements too: what counts is whether this document has it.
  const focus = () => change(document.hasFocus() ? Edge.Focused : Edge.Blurred);
  const now = () => {
    visibility();
    focus();
  };
  now();
  on('visibilitychange resume', visibility);
  on('focus blur', ({ target }) => target == window && focus());
  on('pagehide', () => change(Edge.Leave));
  on('freeze', () => change(Edge.Frozen));
  // Media that play aloud are listened to; muted ones may be nothing but decoration.
  on('scroll resize pointermove pointerdown keydown timeupdate', ({ timeStamp, target }) => {
    if (timeStamp - last > Activity.Ms && !(target as HTMLMediaElement).muted) {
      last = timeStamp;
      change(Edge.Activity);
    }
  });
  setInterval(() => document.hidden || live(), Limit.IdleMs);
  return now;
};
