// SPDX-License-Identifier: Apache-2.0
// The one timer of the engine.

const enum Longest {
  TimeoutMs = 0x7fffffff,
}

/**
 * Answers a function that sets the alarm to a time of the engine's, ms; 0 = none. The same time again changes nothing: were
 * the timer set anew, a fraction of a millisecond would tell that something came which was refused.
 * @param ring is called once the time has come, or earlier
 */
export const createAlarm = (now: () => number, ring: () => void) => {
  let timer = 0;
  let set = 0;
  return (at: number) => {
    if (at == set) return;
    clearTimeout(timer);
    set = at;
    if (at)
      timer = setTimeout(
        () => {
          set = 0;
          ring();
        },
        Math.min(at - now() + 1, Longest.TimeoutMs),
      );
  };
};
