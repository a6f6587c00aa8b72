// SPDX-License-Identifier: Apache-2.0
// Programs that drive a browser: those that say so, known agents, and hands faster than any. They are marked, not dropped.
import type { On } from './on';

/** So many presses of a pointer within so long: people reach fifteen a second. */
const enum Inhuman {
  Presses = 20,
  Ms = 1000,
}

/** A maker of phones is called Cubot. */
const AGENTS = /(^|[^u])bot|crawl|spider|slurp|headless|lighthouse|phantom|inspect|preview|externalhit/i;

/** Answers whether a program seems to drive the page, by what was seen until then. */
export const watchBot = (on: On): (() => boolean) => {
  let isBot = navigator.webdriver || AGENTS.test(navigator.userAgent);
  let since = 0;
  let presses = 0;
  on('pointerdown', ({ timeStamp }) => {
    if (timeStamp - since > Inhuman.Ms) {
      since = timeStamp;
      presses = 0;
    }
    isBot ||= ++presses >= Inhuman.Presses;
  });
  return () => isBot;
};
