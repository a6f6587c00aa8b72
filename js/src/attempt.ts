// SPDX-License-Identifier: Apache-2.0
/** What an action answers; `otherwise` where it throws. */
export const attempt = <T, U = T>(action: () => T, otherwise?: U) => {
  try {
    return action();
  } catch {
    return otherwise as U;
  }
};
