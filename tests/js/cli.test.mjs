// SPDX-License-Identifier: Apache-2.0
// What `omo` answers to scripts and people: exit codes and messages. OMO is the command (default build/native/omo).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const omo = process.env.OMO ?? join(root, 'build/native/omo');
const fixture = join(root, 'tests/fixtures/replay/cap');
const good = join(fixture, 'playbook.json');
const events = join(fixture, 'events.ndjson');
const expected = readFileSync(join(fixture, 'expected.ndjson'), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'omo-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name, text) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const bad = file('bad.json', '{\n  "omotenashi": 1,\n  "site": 3\n}\n');
const badAt = /bad\.json:3:11: error: site must be a string, not an integer\n {2}"site": 3\n {10}\^\n/;
const unfinished = file('unfinished.json', '{ "omotenashi": 1,');
const garbage = file('garbage.ndjson', '{"seed": 1}\nnonsense\n');
const lines = file(
  'lines.ndjson',
  ['a', 'b']
    .map((visitor) => JSON.stringify({ visitor, time: 1_795_338_000_000, type: 'event', name: 'page_view' }))
    .join('\n') + '\n',
);
const notRecorded = file('not.omor', 'OMOX'.repeat(20));
const recording = join(folder, 'recording.omor');
const program = join(folder, 'playbook.omo');
const missing = join(folder, 'none.json');
const nowhere = join(folder, 'none/out');

const run = (args, { input = '', stdout = 'pipe' } = {}) => {
  const {
    status,
    stdout: out,
    stderr: err,
  } = spawnSync(omo, args, { input, encoding: 'utf8', stdio: ['pipe', stdout, 'pipe'] });
  return { status, out, err };
};
const none = /^$/;

describe('omo', () => {
  for (const [claim, args, status, out, err] of [
    ['check of a good playbook: 0', ['check', good], 0, /playbook\.json: no errors, \d+ bytes compiled\n$/, none],
    ['check of a bad one: 1, and the place', ['check', bad], 1, none, badAt],
    [
      'check of JSON that ends too soon: 1, and the place',
      ['check', unfinished],
      1,
      none,
      /unfinished\.json:1:\d+: error: /,
    ],
    ['check of a missing one: 2, and why', ['check', missing], 2, none, /cannot read .*none\.json: No such file/],
    ['check of a folder: 2, and why', ['check', folder], 2, none, /cannot read .*: Is a directory/],
    ['compile of a good playbook: 0', ['compile', good, '-o', program], 0, none, none],
    ['compile of a bad one: 1, and the place', ['compile', bad, '-o', program], 1, none, badAt],
    ['compile of a missing one: 2, and why', ['compile', missing, '-o', program], 2, none, /cannot read .*none\.json/],
    [
      'compile to where it cannot write: 2, and why',
      ['compile', good, '-o', nowhere],
      2,
      none,
      /cannot write .*out: No such/,
    ],
    ['compile without an output: 2, and what is missing', ['compile', good], 2, none, /--output is required/],
    ['manifest of a good playbook: 0', ['manifest', good], 0, /^\{[^]*\}\n?$/, none],
    ['manifest of a bad one: 1, and the place', ['manifest', bad], 1, none, badAt],
    ['manifest of a missing one: 2, and why', ['manifest', missing], 2, none, /cannot read .*none\.json/],
    ['manifest as something unknown: 2, and what there is', ['manifest', good, '--as', 'poem'], 2, none, /page/],
    ['manifest in an unknown language: 2', ['manifest', good, '--as', 'page', '--lang', 'tlh'], 2, none, /--lang/],
    ['record of good lines: 0', ['record', lines, '-o', recording], 0, none, /2 visitors, 2 inputs/],
    [
      'record of a line without a visitor: 1, and the line',
      ['record', events, '-o', recording],
      1,
      none,
      /:1: error: /,
    ],
    ['record of a missing file: 2, and why', ['record', missing, '-o', recording], 2, none, /cannot read .*none\.json/],
    ['backtest of lines: 0', ['backtest', good, lines], 0, /2 visitors/, null],
    ['backtest of a bad playbook: 1, and the place', ['backtest', bad, lines], 1, none, badAt],
    ['backtest of a recording that is none: 1, and why', ['backtest', good, notRecorded], 1, none, /no recording/],
    ['backtest of a missing folder: 2, and why', ['backtest', good, missing], 2, none, /none\.json/],
    ['backtest with an unknown purpose: 2', ['backtest', good, lines, '--granted', 'all'], 2, none, /--granted/],
    ['replay of good events: 0', ['replay', good, events], 0, null, none],
    ['replay with a bad playbook: 1, and the place', ['replay', bad, events], 1, none, badAt],
    [
      'replay of bad events: 1, and the line',
      ['replay', good, garbage],
      1,
      none,
      /garbage\.ndjson:2: error: this is not JSON/,
    ],
    ['replay of missing events: 2, and why', ['replay', good, missing], 2, none, /cannot read .*none\.json/],
    ['replay with a missing playbook: 2, and why', ['replay', missing, events], 2, none, /cannot read .*none\.json/],
    ['no command: 2, and how to ask for help', [], 2, none, /subcommand is required[^]*--help/],
    ['an unknown command: 2', ['bake', good], 2, none, /--help/],
    ['an unknown option: 2', ['check', '--loud', good], 2, none, /--loud/],
    ['--help: 0, with the exit codes', ['--help'], 0, /Exit codes: 0 done, 1 /, none],
    ['--version: 0', ['--version'], 0, /^omo \d+\.\d+\.\d+\n$/, none],
  ]) {
    test(claim, () => {
      const result = run(args);
      assert.equal(result.status, status, result.err);
      if (out) assert.match(result.out, out);
      if (err) assert.match(result.err, err);
    });
  }

  test('check --json tells tools the place, and nothing else', () => {
    const { status, out, err } = run(['check', '--json', bad]);
    assert.deepEqual([status, err], [1, '']);
    const [{ line, column, severity }] = JSON.parse(out);
    assert.deepEqual({ line, column, severity }, { line: 3, column: 11, severity: 'error' });
  });

  test('manifest as external-transmission: each with what is sent, to whom and what for', () => {
    const { external_transmissions: rows } = JSON.parse(run(['manifest', good, '--as', 'external-transmission']).out);
    assert.ok(rows.length);
    for (const row of rows) {
      assert.deepEqual(Object.keys(row), ['information', 'recipient', 'purpose_of_use']);
      assert.ok(row.information.length && row.recipient && row.purpose_of_use);
    }
    assert.match(rows[0].information.join(), /ページの表示（page_path/);
  });

  test('manifest as page: everything of the manifest, in either language, and nothing is loaded or run', () => {
    const { sent, kept } = JSON.parse(run(['manifest', good]).out);
    for (const [lang, heading] of [
      ['ja', '送信先の名称'],
      ['en', 'Recipient'],
    ]) {
      const page = run(['manifest', good, '--as', 'page', '--lang', lang, '--recipient', '<Hana & Co>']).out;
      assert.match(page, new RegExp(`<html lang="${lang}">`));
      assert.match(page, new RegExp(heading));
      assert.match(page, /&lt;Hana &amp; Co&gt;/);
      for (const { params } of sent.events) for (const { name } of params) assert.ok(page.includes(name), name);
      for (const { name } of [...kept.signals, ...kept.traits]) assert.ok(page.includes(`<code>${name}</code>`), name);
      assert.doesNotMatch(page, /<script|<link|<img|https?:/);
    }
  });

  test('privacy 14: the page and the list say what is sent without consent, apart from all else', () => {
    const exempt = file('exempt.json', '{"omotenashi": 1, "site": "t", "sync": {"exempt": true}}');
    for (const [lang, exception, number] of [
      ['ja', '同意がなくても', 'ページごとに変わる無作為な番号'],
      ['en', 'without consent', 'a random number that changes with every page'],
    ]) {
      const how = ['--lang', lang];
      const list = JSON.parse(run(['manifest', exempt, '--as', 'external-transmission', ...how]).out);
      const [first, ...others] = list.external_transmissions;
      assert.ok(first.purpose_of_use.includes(exception) && first.information[0].includes(number));
      assert.ok(first.information.join().includes('page_path') && !first.information.join().includes('transaction_id'));
      assert.ok(others.length);
      for (const row of others) assert.ok(!row.purpose_of_use.includes(exception));
      const page = run(['manifest', exempt, '--as', 'page', ...how]).out;
      assert.match(page, lang == 'ja' ? /ただし、ページの利用状況は/ : /One exception: how its pages are used/);
      assert.doesNotMatch(run(['manifest', good, '--as', 'page', ...how]).out, /ただし、ページ|One exception/);
    }
  });

  test('replay prints what changed', () => assert.equal(run(['replay', good, events]).out, expected));

  test('- is standard input', () => {
    assert.equal(run(['check', '-'], { input: readFileSync(good) }).status, 0);
    assert.equal(run(['replay', good, '-'], { input: readFileSync(events) }).out, expected);
    assert.match(run(['check', '-'], { input: readFileSync(bad) }).err, /^-:3:11: error: /);
  });

  test('a file that could not be written is not there, nor is a part of it', () => {
    run(['compile', bad, '-o', join(folder, 'never.omo')]);
    run(['compile', good, '-o', join(folder, 'none/never.omo')]);
    assert.deepEqual(
      readdirSync(folder).filter((name) => /never|part/.test(name)),
      [],
    );
  });

  for (const args of [
    ['check', good],
    ['compile', good, '-o', '-'],
    ['manifest', good],
    ['replay', good, events],
  ]) {
    test(`${args[0]} to a full disk: 2, and why`, () => {
      const { status, err } = run(args, { stdout: openSync('/dev/full', 'w') });
      assert.equal(status, 2);
      assert.match(err, /cannot write to standard output/);
    });
  }
});

describe('omo eval', () => {
  const evaluate = (...words) => spawnSync(omo, ['eval', ...words], { encoding: 'utf8' });
  for (const [words, stdout, status] of [
    [['1 + 2 * 3'], '7\n', 0],
    [['--bind', 'views=3', '--bind', 'rank="gold"', "views > 2 && rank == 'gold'"], 'true\n', 0],
    [['--bind', 'x=unknown', 'x || false'], 'unknown\n', 0],
    [["duration('90m')"], '"5400s"\n', 0],
  ]) {
    test(`prints ${stdout.trim()} for ${words.at(-1)}`, () => {
      const result = evaluate(...words);
      assert.equal(result.stdout, stdout);
      assert.equal(result.status, status);
    });
  }
  test('an evaluation error is printed and exits with 1', () => {
    const result = evaluate('1 / 0');
    assert.match(result.stdout, /^error: /);
    assert.equal(result.status, 1);
  });
  test('what is no expression is told with its column', () => {
    const result = evaluate('views > 1');
    assert.equal(result.stderr, "error: column 1: nothing is bound to 'views'\n");
    assert.equal(result.status, 1);
  });
  test('a binding without a value exits with 2', () => assert.equal(evaluate('--bind', 'x', 'x').status, 2));
});
