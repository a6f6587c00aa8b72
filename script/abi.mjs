// SPDX-License-Identifier: Apache-2.0
// Names of the Wasm modules' exports. The lists of wasm/abi/ have them; in engine.wasm they are short, since each visitor loads
// them twice, in the module and in the shell: a letter each, in the order of the list.
import { readFileSync } from 'node:fs';

/** Names of a list of wasm/abi/, in its order. */
export const exportsIn = (list) =>
  readFileSync(new URL(`../wasm/abi/${list}`, import.meta.url), 'utf8').match(/^[a-z]\w*/gm);

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Of each export of engine.wasm but its memory: {name of the list: name in the module}. */
export const shortNames = Object.fromEntries(exportsIn('engine_exports.txt').map((name, i) => [name, letters[i]]));

/** Exports by the names of the list, whether they have these (engine-host.wasm) or the short ones. */
export const byName = (exports) =>
  Object.assign(
    { ...exports },
    Object.fromEntries(Object.entries(shortNames).map(([name, short]) => [name, exports[short] ?? exports[name]])),
  );
