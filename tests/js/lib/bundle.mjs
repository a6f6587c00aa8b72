// SPDX-License-Identifier: Apache-2.0
// The shell's own modules for tests under Node: bundled from js/src, with internal names kept.
import { build } from 'esbuild';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = join(fileURLToPath(import.meta.url), '../../../..');

/** Imports a module of js/src, by its path there without the extension. */
export async function shell(path) {
  const outfile = join(root, 'build/tests-js', `${path}.mjs`);
  await build({
    entryPoints: [join(root, 'js/src', `${path}.ts`)],
    bundle: true,
    format: 'esm',
    target: 'node20',
    outfile,
  });
  return import(pathToFileURL(outfile).href);
}
