// SPDX-License-Identifier: Apache-2.0
// The shell's bundles: the script tag, the npm entry, and what is loaded only where it is needed.
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** What both entries share. Members that begin with `_` are internal, and are renamed. */
const shell = {
  bundle: true,
  minify: true,
  target: 'es2021',
  mangleProps: /^_/,
  legalComments: 'none',
  // TypeScript checks strictly; the emitted files need no "use strict".
  tsconfigRaw: { compilerOptions: {} },
};

export const CHUNKS = [
  'recommend/recommend',
  'consent/consent',
  'consent/tcf',
  'consent/gpp',
  'consent/dnt',
  'render/privacy',
];

/** What is loaded only where it is needed stays a file of its own, beside the module that imports it. */
const chunks = {
  name: 'chunks',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\./ }, ({ kind, path }) =>
      kind == 'dynamic-import' ? { path: `./${basename(path)}.mjs`, external: true } : undefined,
    ),
};

/**
 * Bundles js/src, or a copy of it.
 * @param source the folder of tag.ts and index.ts
 * @param more options of esbuild, beside ours
 */
export async function bundleShell(source, out, more = {}) {
  const one = (entry, options) => build({ ...shell, ...more, entryPoints: [join(source, `${entry}.ts`)], ...options });
  await one('tag', { format: 'iife', outfile: join(out, 'omotenashi.js') });
  await one('index', { format: 'esm', outfile: join(out, 'omotenashi.mjs'), plugins: [chunks] });
  for (const chunk of CHUNKS)
    await one(chunk, { format: 'esm', outfile: join(out, `${basename(chunk)}.mjs`), plugins: [chunks] });
}
