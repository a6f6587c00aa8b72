// SPDX-License-Identifier: Apache-2.0
// The shell's own modules for tests under Node: bundled from js/src, with internal names kept but those of the engine's exports.
import { build } from 'esbuild';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { shortNames } from '../../../script/abi.mjs';

export const root = join(fileURLToPath(import.meta.url), '../../../..');

/** The shell's sources; script/mutate names a copy, and which of its mutants is chosen. */
export const sources = process.env.OMO_JS ?? join(root, 'js/src');
export const mutant = { define: { omoMutant: process.env.OMO_MUTANT ?? '-1' } };

/** Imports a module of js/src, by its path there without the extension. */
export async function shell(path) {
  const outfile = join(root, 'build/tests-js', process.env.OMO_JS ? String(process.pid) : '', `${path}.mjs`);
  await build({
    entryPoints: [join(sources, `${path}.ts`)],
    bundle: true,
    format: 'esm',
    target: 'node20',
    mangleProps: /^omo_/,
    mangleCache: shortNames,
    ...mutant,
    outfile,
  });
  return import(pathToFileURL(outfile).href);
}
