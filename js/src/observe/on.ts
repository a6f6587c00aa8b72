// SPDX-License-Identifier: Apache-2.0
/** Listens on the window to events of it and of what is in it, by their types, separated by blanks; no error gets out. */
export type On = <E extends Event>(types: string, action: (event: E) => void) => void;
