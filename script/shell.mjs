// SPDX-License-Identifier: Apache-2.0
// The shell's bundles: the script tag, the npm entry, and what is loaded only where it is needed.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { minify } from 'terser';
import { shortNames } from './abi.mjs';

/** What both entries share. Members that begin with `_` are internal, and are renamed; so are the engine's exports, as in the module. */
const shell = {
  bundle: true,
  minify: true,
  target: 'es2021',
  mangleProps: /^(_|omo_)/,
  mangleCache: shortNames,
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
  /** What esbuild has made small, Terser makes some four per cent smaller still. */
  const one = async (entry, format, file) => {
    const outfile = join(out, file);
    const plugins = [...(format == 'esm' ? [chunks] : []), ...(more.plugins ?? [])];
    await build({ ...shell, ...more, entryPoints: [join(source, `${entry}.ts`)], format, outfile, plugins });
    const { code } = await minify(readFileSync(outfile, 'utf8'), {
      module: format == 'esm',
      ecma: 2020,
      compress: { passes: 3, inline: 1 },
      // Whatever encoding the page has.
      format: { ascii_only: true },
    });
    writeFileSync(outfile, code);
  };
  await one('tag', 'iife', 'omotenashi.js');
  await one('index', 'esm', 'omotenashi.mjs');
  for (const chunk of CHUNKS) await one(chunk, 'esm', `${basename(chunk)}.mjs`);
}
