// SPDX-License-Identifier: Apache-2.0
// Every wall of the house: which file alone may touch a thing. OMO_DIST is the folder of the built files (default dist).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exportsIn, shortNames } from '../../script/abi.mjs';
import { loadCompiler } from '../lib/compiler.mjs';
import { instantiateEngine, loadProgram, recordOf, seedRecord } from '../lib/engine.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dist = process.env.OMO_DIST ?? join(root, 'dist');
const read = (file) => readFileSync(join(root, file), 'utf8');

/** Files that git knows or would add, so that build folders and dependencies stay out. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && !file.startsWith('.'));
const sources = files.filter((file) => /\.(cpp|h|ts|tsx|mjs|js|css)$/.test(file));
const cpp = sources.filter((file) => /\.(cpp|h)$/.test(file));

/** The text without comments and, for what looks at code only, without string literals. */
const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');

/** No file of `among` has the pattern but those that `allowed` names. */
function onlyIn(among, allowed, pattern, clean = withoutComments) {
  assert.ok(among.length > 0, 'there are files to look at');
  const breakers = among.filter((file) => !allowed(file) && pattern.test(clean(read(file))));
  assert.deepEqual(breakers, []);
}

const within = (folder) => (file) => file.startsWith(folder);
const nobody = () => false;
const shell = sources.filter((file) => file.startsWith('js/src/'));
const engineFiles = cpp.filter((file) => /^wasm\/(wire|expression|engine|catalog)\//.test(file));

describe('engine.wasm', () => {
  const bytes = readFileSync(join(dist, 'engine.wasm'));
  const module = new WebAssembly.Module(bytes);

  test('imports nothing', () => assert.deepEqual(WebAssembly.Module.imports(module), []));

  const exportsOf = (wasm) => WebAssembly.Module.exports(wasm).map(({ name }) => name);

  test('exports its list, by a letter each in the order of the list, and the memory, and nothing else', () => {
    const letters = exportsIn('engine_exports.txt').map((_, i) => String.fromCharCode((i < 26 ? 97 : 39) + i));
    assert.deepEqual(Object.values(shortNames), letters);
    assert.deepEqual(exportsOf(module).sort(), [...letters, 'memory'].sort());
  });

  test('a letter means something else only under another version of the ABI', () => {
    const { abi } = JSON.parse(read('wasm/wire/vocabulary.json')).versions;
    const names = exportsIn('engine_exports.txt');
    // Of another version not even this letter may mean something else.
    assert.equal(names[0], 'omo_abi');
    // Fails? Count the version up, and then write its number and digest here.
    assert.deepEqual(
      [abi, createHash('sha256').update(names.join()).digest('hex').slice(0, 16)],
      [1, '4620cfd7791fd047'],
    );
  });

  test('exports nothing that the shell does not call', () => {
    const called = new Set(shell.flatMap((file) => read(file).match(/\bomo_\w+/g) ?? []));
    assert.deepEqual(
      exportsIn('engine_exports.txt').filter((name) => !called.has(name)),
      [],
    );
  });

  test('is, with the exports by row, engine-host.wasm', () => {
    const host = new WebAssembly.Module(readFileSync(join(dist, 'engine-host.wasm')));
    assert.deepEqual(
      exportsOf(host).sort(),
      [...exportsIn('engine_exports.txt'), ...exportsIn('engine_host_exports.txt'), 'memory'].sort(),
    );
    assert.deepEqual(WebAssembly.Module.imports(host), []);
  });

  test('has no i64 in a signature: every export answers numbers', async () => {
    const exports = await instantiateEngine(bytes);
    assert.equal(typeof exports.omo_abi(), 'number');
    for (const [name, value] of Object.entries(exports)) {
      if (typeof value !== 'function') continue;
      // A parameter of type i64 refuses a number.
      assert.doesNotThrow(() => value(...Array.from({ length: value.length }, () => 0)), name);
    }
  });

  test('allocates nothing after a program is loaded: its memory does not grow in a long and hostile life', async () => {
    const compiler = await loadCompiler(join(dist, 'compiler.wasm'));
    const { program } = compiler.compile(readFileSync(join(root, 'tests/fixtures/playbooks/hanaichi.json')));
    const exports = await instantiateEngine(bytes);
    const engine = loadProgram(exports, program);
    const size = exports.memory.buffer.byteLength;
    const { memory } = exports;
    const time = Date.UTC(2026, 10, 22);
    const granted = Object.fromEntries(
      JSON.parse(read('wasm/wire/vocabulary.json')).purposes.map((purpose) => [purpose, 'granted']),
    );
    engine.apply(recordOf({ time, type: 'consent', params: granted }));
    engine.apply(seedRecord(5));
    let state = 12345;
    const below = (n) => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) % n;
    for (let i = 0; i < 4000; i += 1) {
      const record = recordOf({
        time: time + i * 1000,
        type: 'event',
        name: ['view_item', 'purchase', 'search', 'no_such_event'][below(4)],
        params: {
          transaction_id: `t${i}`,
          search_term: 'x'.repeat(below(300)),
          items: [{ item_id: `花${below(40)}` }],
        },
      });
      // Every third record is damaged.
      if (i % 3 === 0) record[7 + below(record.length - 7)] ^= 1 << below(8);
      engine.apply(record);
      if (i % 50 === 0) engine.batch();
      if (i % 70 === 0) engine.loadSnapshot(engine.snapshot());
      if (i % 90 === 0) exports.omo_state_clear();
      exports.omo_journal();
      exports.omo_creative(below(9), 2);
      engine.value(below(10), below(20));
    }
    assert.ok(engine.snapshot().length > 0);
    assert.equal(memory.buffer.byteLength, size);
  });

  test('with the script tag it stays within the budget', (t) => {
    const sizes = JSON.parse(readFileSync(join(dist, 'sizes.json'), 'utf8'));
    for (const [names, { target, at_most: atMost }] of Object.entries(JSON.parse(read('tests/budget.json')))) {
      const parts = names.split(' + ').map((name) => [name, sizes[name].brotli]);
      const total = parts.reduce((sum, [, size]) => sum + size, 0);
      const said = `${names}: ${total} bytes of brotli (${JSON.stringify(parts)})`;
      assert.ok(target <= atMost, 'a line that was reached is never below the target');
      assert.ok(total <= atMost, `${said}, at most ${atMost}`);
      if (total > target) t.diagnostic(`NOT REACHED: ${said} of ${target}`);
    }
  });

  test('docs/figures.md states the sizes as they are: script/bench --write', () => {
    const figures = read('docs/figures.md');
    const sizes = JSON.parse(readFileSync(join(dist, 'sizes.json'), 'utf8'));
    const count = (bytes) => bytes.toLocaleString('en');
    for (const [name, { raw, gzip, brotli }] of Object.entries(sizes)) {
      const row = `| ${name} | ${count(brotli)} bytes of brotli | – | ${count(raw)} raw, ${count(gzip)} gzip |`;
      assert.ok(figures.includes(row), `not there: ${row}`);
    }
    const head = count(sizes['engine.wasm'].brotli + sizes['omotenashi.js'].brotli);
    assert.ok(figures.includes(`| engine.wasm + omotenashi.js | ${head} bytes of brotli |`), head);
  });
});

describe('catalog.wasm', () => {
  const module = new WebAssembly.Module(readFileSync(join(dist, 'catalog.wasm')));

  test('imports nothing', () => assert.deepEqual(WebAssembly.Module.imports(module), []));

  test('exports its list and the memory, and nothing else', () => {
    const list = read('wasm/abi/catalog_exports.txt').match(/^[a-z]\w*/gm);
    const exported = WebAssembly.Module.exports(module).map(({ name }) => name);
    assert.deepEqual(exported.sort(), [...list, 'memory'].sort());
  });

  test('nothing of it is in the engine, the script tag or the npm entry: they do not name it', () => {
    const texts = ['engine.wasm', 'omotenashi.js', 'omotenashi.mjs'].map((name) =>
      readFileSync(join(dist, name), 'latin1'),
    );
    for (const text of texts) assert.doesNotMatch(text, /catalog_query|omo-recommendations|ld\+json/);
  });
});

test('no consent adapter is in the script tag or the npm entry, nor any in another: each is a chunk of its own', () => {
  const owners = { __tcfapi: 'tcf.mjs', __gpp: 'gpp.mjs', doNotTrack: 'dnt.mjs' };
  for (const file of ['omotenashi.js', 'omotenashi.mjs', 'consent.mjs', ...Object.values(owners)]) {
    const text = readFileSync(join(dist, file), 'utf8');
    for (const [word, owner] of Object.entries(owners))
      assert.equal(text.includes(word), file === owner, `${word}: ${file}`);
  }
});

describe('the C++ core', () => {
  const jsonRooms = /^(wasm\/(compiler|cli)|server-stub|tests)\//;
  test('only compiler, command line, collector and tests know nlohmann_json', () =>
    onlyIn(
      cpp,
      (file) => jsonRooms.test(file),
      /nlohmann/,
      (text) => text,
    ));

  test('the wire does not know the engine, and neither knows compiler, command line or ABI', () => {
    onlyIn(
      engineFiles.filter(within('wasm/wire/')),
      nobody,
      /#include ["<](expression|engine|catalog|compiler|cli|abi)\//,
    );
    onlyIn(engineFiles.filter(within('wasm/expression/')), nobody, /#include ["<](engine|catalog|compiler|cli|abi)\//);
    onlyIn(engineFiles, nobody, /#include ["<](compiler|cli|abi)\//);
    onlyIn(cpp.filter(within('wasm/compiler/')), nobody, /#include ["<](engine|catalog|cli|abi)\//);
    onlyIn(cpp.filter(within('wasm/catalog/')), nobody, /#include ["<](engine|compiler|cli|abi)\//);
    onlyIn(cpp.filter(within('wasm/engine/')), nobody, /#include ["<](catalog\/|wire\/catalog\.h)/);
  });

  test('only wasm/abi knows Wasm', () =>
    onlyIn(
      cpp.filter((file) => !file.startsWith('tests/')),
      within('wasm/abi/'),
      /__builtin_wasm|emscripten|extern "C"|__wasm/i,
    ));

  test('the engine has no clock, no chance, no input or output, no threads', () =>
    onlyIn(
      engineFiles,
      nobody,
      /#include <(c?time(\.h)?|chrono|random|c?stdio(\.h)?|iostream|fstream|sstream|filesystem|thread|mutex|atomic|unistd\.h|c?stdlib(\.h)?)>|\brand\s*\(|\bgetenv\b/,
    ));

  test('the engine calls no function of libm: bits agree on every platform', () =>
    onlyIn(
      engineFiles,
      nobody,
      /#include <(cmath|math\.h|complex|numeric|valarray)>|\b(pow|exp2?|log(2|10)?|sin|cos|tan|atan2?|sqrt|cbrt|f(ma|mod|loor))\s*\(/,
    ));

  test('the engine allocates nothing: neither new nor containers', () => {
    const decoder = (file) => file.startsWith('wasm/wire/batch_decode');
    const tables = (file) => file === 'wasm/wire/vocabulary_tables.h'; // not for the engine
    onlyIn(
      engineFiles,
      (file) => decoder(file) || tables(file),
      /#include <(vector|string|map|unordered_map|deque|list|set|memory|functional)>|\bmalloc\b|\bnew\s+[A-Za-z]|\bthrow\b|\bdynamic_cast\b/,
    );
    onlyIn(engineFiles, decoder, /batch_decode\.h/);
    onlyIn(engineFiles, tables, /vocabulary_tables\.h/);
  });
});

describe('the shell', () => {
  const only =
    (...names) =>
    (file) =>
      names.includes(file);
  test('only engine.ts, and catalog.ts of recommendations, touch Wasm and its memory', () =>
    onlyIn(
      shell,
      only('js/src/engine.ts', 'js/src/recommend/catalog.ts'),
      /WebAssembly\.|memory\.buffer|\.exports\b|omo_(apply|buffer|outcome|snapshot|batch)/,
    ));

  test('only storage.ts touches storage', () =>
    onlyIn(shell, only('js/src/storage.ts'), /\b(localStorage|sessionStorage|indexedDB|document\.cookie|caches\.)/));

  test("privacy 27: randomness is crypto.getRandomValues alone, and no option of the client's takes a seed", () => {
    onlyIn(shell, only('js/src/vocabulary.ts'), /Math\.random|randomUUID|\bseed\b/);
    for (const name of ['omotenashi.js', 'omotenashi.mjs', 'recommend.mjs', 'consent.mjs', 'privacy.mjs'])
      assert.doesNotMatch(readFileSync(join(dist, name), 'utf8'), /Math\.random|randomUUID/, name);
    assert.match(readFileSync(join(dist, 'omotenashi.js'), 'utf8'), /crypto\.getRandomValues/);
  });

  test('only transport.ts touches the network', () =>
    onlyIn(
      shell,
      only('js/src/transport.ts'),
      /\bfetch\s*\(|fetchLater|sendBeacon|XMLHttpRequest|WebSocket|EventSource|new Image\b/,
    ));

  test('only render/ changes the page', () =>
    onlyIn(
      shell,
      within('js/src/render/'),
      /createElement|createTextNode|textContent|attachShadow|appendChild|\.append\(|\.prepend\(|replaceChildren|replaceWith|insertBefore|setAttribute|adoptedStyleSheets|customElements/,
    ));

  test('nothing turns a string into markup or code', () =>
    onlyIn(
      sources.filter((file) => /^(js|server-stub|demo-site)\/.*\.(ts|js|mjs)$/.test(file)),
      nobody,
      /\b(innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|srcdoc|setHTMLUnsafe)\b|document\.write|\beval\s*\(|\bnew Function\b|setTimeout\(\s*['"`]/,
    ));
});

describe('the house', () => {
  test('each line of the privacy requirements that this version holds has a test of its number', () => {
    const texts = files
      .filter(
        (file) =>
          (/^tests\/.*\.(cpp|mjs)$/.test(file) && !within('tests/mutations/')(file)) || file === 'script/mutate.mjs',
      )
      .map(read);
    const held = new Set(
      texts.flatMap((text) =>
        [...text.matchAll(/['"`]privacy ([^:'"`]+):/g)].flatMap(([, lines]) => lines.match(/\d+[a-z]?/g) ?? []),
      ),
    );
    const lines = [...Array.from({ length: 24 }, (_, i) => String(i + 1)), '27', '59b', '59c'];
    assert.deepEqual(
      lines.filter((line) => !held.has(line)),
      [],
    );
  });

  test('every source file begins with its licence', () => {
    const line = 'SPDX-License-Identifier: Apache-2.0';
    const scripts = files.filter((file) => /^script\/[a-z-]+$/.test(file));
    const missing = [...sources, ...scripts].filter(
      (file) => !read(file).split('\n').slice(0, 2).join('\n').includes(line),
    );
    assert.deepEqual(missing, []);
  });

  test('no file holds two ideas: 400 lines at most, generated ones excepted', () => {
    const long = sources
      .filter((file) => !/generated|vocabulary/.test(file))
      .map((file) => [file, read(file).split('\n').length - 1])
      .filter(([, lines]) => lines > 400);
    assert.deepEqual(long, []);
  });

  test('what is generated from the vocabulary is current', () => {
    execFileSync('node', [join(root, 'script/generate.mjs'), '--check'], { stdio: 'pipe' });
  });
});
