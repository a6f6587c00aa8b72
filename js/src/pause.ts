// SPDX-License-Identifier: Apache-2.0
/** Resolves after some milliseconds. */
export const pause = (ms?: number) => new Promise((resolve) => setTimeout(resolve, ms));
