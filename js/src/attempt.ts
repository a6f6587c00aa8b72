// SPDX-License-Identifier: Apache-2.0
/** What an action answers; `otherwise` where it throws. */
export const attempt = <T>(action: () => T, otherwise: T): T => {
  try {
    return action();
  } catch {
    return otherwise;
  }
};
