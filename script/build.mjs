// SPDX-License-Identifier: Apache-2.0
// Builds dist/ from js/src and the Wasm modules of build/wasm (or --wasm DIR). The same sources give the same bytes.
// `node script/build.mjs [--wasm DIR] [--out DIR]`
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import binaryen from 'binaryen';
import { exportsIn, shortNames } from './abi.mjs';
import { CHUNKS, bundleShell } from './shell.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values: options } = parseArgs({
  options: {
    wasm: { type: 'string', default: join(root, 'build/wasm') },
    out: { type: 'string', default: join(root, 'dist') },
  },
});

function need(file, hint) {
  if (existsSync(file)) return file;
  console.error(`build: ${relative(process.cwd(), file)} is missing: ${hint}`);
  process.exit(1);
}
const tool = (name) => need(join(root, 'node_modules/.bin', name), 'run npm ci');

async function buildShell() {
  await bundleShell(join(root, 'js/src'), options.out);
  const types = join(options.out, 'types');
  rmSync(types, { recursive: true, force: true });
  execFileSync(
    tool('tsc'),
    ['-p', root, '--noEmit', 'false', '--emitDeclarationOnly', '--declaration', '--outDir', types],
    { stdio: 'inherit' },
  );
  // Only what the public entry reaches is public.
  for (const name of readdirSync(types, { recursive: true, withFileTypes: true }))
    if (name.isFile() && !['index.d.ts', 'types.d.ts', 'vocabulary.d.ts'].includes(name.name))
      rmSync(join(name.parentPath, name.name));
  for (const name of readdirSync(types, { withFileTypes: true }))
    if (name.isDirectory()) rmSync(join(types, name.name), { recursive: true });
}

/** Gives the exports of a module their short names. */
function shorten(file) {
  const module = binaryen.readBinary(readFileSync(file));
  for (const [name, short] of Object.entries(shortNames)) {
    const { value } = binaryen.getExportInfo(module.getExport(name));
    module.removeExport(name);
    module.addFunctionExport(value, short);
  }
  writeFileSync(file, module.emitBinary());
  module.dispose();
}

/**
 * Binaryen of npm takes what Emscripten's older optimiser left, and everything that only the toolchain's own exports
 * reach: the module exports its memory and the names of the list, nothing else.
 */
function buildWasm(name, lists) {
  const source = need(
    join(options.wasm, name),
    'run cmake --preset wasm && cmake --build --preset wasm (or say --wasm DIR)',
  );
  const names = lists.flatMap(exportsIn);
  // The engine and the catalog have nothing to initialise; the compiler's standard library may.
  const own = name != 'compiler.wasm' ? ['memory'] : ['memory', '_initialize'];
  const graph = [...own, ...names].map((exported) => ({ name: exported, export: exported, root: true }));
  const graphFile = join(options.wasm, name + '.graph.json');
  const reduced = join(options.wasm, name + '.reduced');
  writeFileSync(graphFile, JSON.stringify(graph));
  const features = ['--enable-bulk-memory', '--enable-nontrapping-float-to-int'];
  execFileSync(tool('wasm-metadce'), [source, ...features, '--graph-file', graphFile, '-o', reduced], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (name == 'engine.wasm') shorten(reduced);
  execFileSync(tool('wasm-opt'), [
    reduced,
    ...features,
    // Data begins at 1,024 (Emscripten's default), so that an address and a small number are one operand.
    '--low-memory-unused',
    ...(name == 'engine-host.wasm' ? ['-O3'] : smallest(name)),
    '--strip-debug',
    '--strip-producers',
    '--strip-target-features',
    '-o',
    join(options.out, name),
  ]);
}

/** Passes for the fewest bytes of brotli. */
const smallest = (name) => [
  // Control flow laid out anew takes another hundredth off the engine; the compiler would take half a minute for it.
  ...(name != 'compiler.wasm' ? ['--flatten', '--rereloop', '-Os'] : []),
  // Accessors are as small inlined as called, and an event is a seventh faster.
  ...(name == 'engine.wasm' ? ['--always-inline-max-function-size=12'] : []),
  '-Oz',
  '--converge',
  // Once more after all else, and functions in the order of their use: 120 bytes of the engine's brotli.
  '--optimize-instructions',
  '--reorder-functions',
];

/** Bytes as sent: gzip and brotli at their highest levels. */
function sizesOf(file) {
  const bytes = readFileSync(join(options.out, file));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params }).length,
    integrity: 'sha384-' + createHash('sha384').update(bytes).digest('base64'),
  };
}

mkdirSync(options.out, { recursive: true });
await buildShell();
buildWasm('engine.wasm', ['engine_exports.txt']);
buildWasm('engine-host.wasm', ['engine_exports.txt', 'engine_host_exports.txt']);
buildWasm('catalog.wasm', ['catalog_exports.txt']);
buildWasm('compiler.wasm', ['compiler_exports.txt']);
copyFileSync(
  need(join(root, 'wasm/compiler/playbook.schema.json'), 'it belongs to the sources'),
  join(options.out, 'playbook.schema.json'),
);
const files = [
  'omotenashi.js',
  'omotenashi.mjs',
  ...CHUNKS.map((chunk) => `${basename(chunk)}.mjs`),
  'engine.wasm',
  'engine-host.wasm',
  'catalog.wasm',
  'compiler.wasm',
  'playbook.schema.json',
];
const sizes = Object.fromEntries(files.map((file) => [file, sizesOf(file)]));
writeFileSync(join(options.out, 'sizes.json'), JSON.stringify(sizes, null, 2) + '\n');
for (const [file, { raw, gzip, brotli }] of Object.entries(sizes))
  console.log(
    `${file.padEnd(22)} ${String(raw).padStart(8)} raw ${String(gzip).padStart(7)} gzip ${String(brotli).padStart(7)} brotli`,
  );
