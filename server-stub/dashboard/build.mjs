// SPDX-License-Identifier: Apache-2.0
// Bundles the dashboard into build/dashboard/ (or the folder given as the only argument): one page, one script, one style
// sheet, nothing inline, nothing from elsewhere.
import { build } from 'esbuild';
import { cp, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = dirname(fileURLToPath(import.meta.url));
const output = resolve(process.argv[2] ?? join(source, '../../build/dashboard'));

await mkdir(output, { recursive: true });
await build({
  entryPoints: { dashboard: join(source, 'src/main.ts'), style: join(source, 'dashboard.css') },
  outdir: output,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2020',
  legalComments: 'eof',
  logLevel: 'warning',
});
await cp(join(source, 'index.html'), join(output, 'index.html'));
console.log(`built the dashboard in ${output}`);
