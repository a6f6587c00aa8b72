// SPDX-License-Identifier: Apache-2.0
// Node has no localStorage: this is the browser's, as far as the shell asks it.

/**
 * Runs `test` with an empty localStorage, and takes it away again.
 * @param test gets the names and texts that are kept
 */
export const withStorage = (test) => {
  const kept = new Map();
  globalThis.localStorage = {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, text) => kept.set(name, String(text)),
    removeItem: (name) => kept.delete(name),
  };
  try {
    return test(kept);
  } finally {
    delete globalThis.localStorage;
  }
};
