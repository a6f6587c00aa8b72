// SPDX-License-Identifier: Apache-2.0
// Writes the whole shop as static files: `node demo-site/generate.mjs --out build/demo`. Pages come from templates/ in
// Japanese (at the root) and English (below /en), pictures from art/, both from catalog.json. The same sources give the
// same bytes.

import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawMarket, drawStory, storyNames } from './art/banners.mjs';
import { Canvas, group } from './art/paint.mjs';
import { camellia } from './art/flowers.mjs';
import { drawProduct } from './art/scenes.mjs';
import { feedOf, relatedOf } from './feed.mjs';
import { accountPage, missingPage, privacyPage } from './templates/about.mjs';
import { category, home, item, search } from './templates/browse.mjs';
import { categories, languages, link } from './templates/html.mjs';
import { document } from './templates/layout.mjs';
import { cart, checkout, thanks } from './templates/order.mjs';

const source = dirname(fileURLToPath(import.meta.url));

function outFolder(words) {
  const at = words.indexOf('--out');
  if (at < 0 || !words[at + 1] || words.length !== 2) {
    console.error('usage: node demo-site/generate.mjs --out FOLDER');
    process.exit(2);
  }
  return resolve(words[at + 1]);
}

/** Empties the folder, but only one that this script filled before: a mistyped --out must not cost anybody's files. */
async function empty(out) {
  const names = await readdir(out).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.length && !(names.includes('img') && names.includes('data') && names.includes('vendor'))) {
    throw new Error(`${out} holds other files: name an empty folder, or one that this script wrote`);
  }
  await rm(out, { recursive: true, force: true });
}

/** The mark of the shop: a camellia in a round. */
function drawMark() {
  const canvas = new Canvas(240, 240, 'mark');
  canvas.add(group('translate(120 120)', camellia(canvas, '#b53a4a')));
  return canvas.toString();
}

const pagesOf = (language, catalog) => [
  home(language, catalog),
  ...Object.keys(categories).map((key) => category(language, key, catalog)),
  ...catalog.map((product) => item(language, product, catalog)),
  search(language, catalog),
  cart(language),
  checkout(language),
  thanks(language),
  accountPage(language),
  privacyPage(language),
  missingPage(language),
];

/** What the pages' scripts need of the catalog: no drawing instructions. */
function catalogModule(catalog) {
  const rows = catalog.map(({ art, ...row }) => row);
  return `// SPDX-License-Identifier: Apache-2.0\nexport const catalog = ${JSON.stringify(rows)};\n`;
}

async function generate(out) {
  const catalog = JSON.parse(await readFile(join(source, 'catalog.json'), 'utf8'));
  await empty(out);
  const put = async (path, text) => {
    const file = join(out, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  let pages = 0;
  for (const language of languages) {
    for (const page of pagesOf(language, catalog)) {
      const path = link(language, page.path);
      await put(path.endsWith('/') ? path + 'index.html' : path, document(language, page));
      pages++;
    }
  }
  for (const product of catalog) await put(`img/${product.id}.svg`, drawProduct(product));
  for (const name of storyNames) await put(`img/${name}.svg`, drawStory(name, catalog));
  await put('img/market.svg', drawMarket());
  await put('img/mark.svg', drawMark());
  await put('data/catalog.js', catalogModule(catalog));
  await put('data/products.json', JSON.stringify(feedOf(catalog), null, 1) + '\n');
  await put('data/related.csv', relatedOf(catalog));
  for (const folder of ['css', 'js']) await cp(join(source, folder), join(out, folder), { recursive: true });
  const consentManager = dirname(createRequire(import.meta.url).resolve('vanilla-cookieconsent'));
  for (const name of ['cookieconsent.umd.js', 'cookieconsent.css']) {
    await mkdir(join(out, 'vendor'), { recursive: true });
    await cp(join(consentManager, name), join(out, 'vendor', name));
  }
  console.log(`Hanaichi: ${pages} pages, ${catalog.length + storyNames.length + 2} pictures in ${out}`);
}

try {
  await generate(outFolder(process.argv.slice(2)));
} catch (error) {
  console.error(`generate: ${error.message}`);
  process.exit(1);
}
