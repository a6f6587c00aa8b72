// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import fc from 'fast-check';
import { shell } from './lib/bundle.mjs';

const { answerOf, retryDelay, post, erase, load } = await shell('transport');
const [STORED, REFUSED, LATER, UNREACHABLE, STOP] = [0, 1, 2, 3, 4];
const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
});

test('each answer of the collector means one thing', () => {
  const table = [
    [200, STORED],
    [204, STORED],
    [400, REFUSED],
    [410, REFUSED],
    [413, REFUSED],
    [415, REFUSED],
    [422, REFUSED],
    [401, STOP],
    [403, STOP],
    [404, STOP],
    [405, STOP],
    [429, LATER],
    [500, LATER],
    [502, LATER],
    [503, LATER],
    [599, LATER],
  ];
  for (const [status, answer] of table) assert.equal(answerOf(status), answer, String(status));
});

test('the wait doubles, is spread by half, and ends after six tries', () => {
  for (const random of [0, 0.5, 0.999]) {
    const waits = [1, 2, 3, 4, 5, 6].map((failures) => retryDelay(failures, false, random, 0));
    assert.equal(waits[5], -1);
    for (let i = 1; i < 5; i += 1) assert.equal(waits[i], 2 * waits[i - 1]);
    assert.ok(waits[0] >= 1000 && waits[0] <= 2000);
  }
});

test('what is blocked is asked three times at most', () => {
  assert.ok(retryDelay(1, true, 0, 0) > 0);
  assert.ok(retryDelay(2, true, 0, 0) > 0);
  assert.equal(retryDelay(3, true, 0, 0), -1);
});

test('no try is earlier than the collector asked for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.nat(3600),
      (failures, random, after) => {
        assert.ok(retryDelay(failures, false, random, after) >= after * 1000);
      },
    ),
  );
});

test('a batch goes to the collector as it is, without credentials', async () => {
  for (const [collector, url] of [
    ['https://stats.example', 'https://stats.example/v1/events'],
    ['https://stats.example/', 'https://stats.example/v1/events'],
    ['/', '/v1/events'],
  ]) {
    const calls = [];
    globalThis.fetch = async (...call) => {
      calls.push(call);
      return new Response(null, { status: 204 });
    };
    const batch = Uint8Array.of(0xb7, 1, 2);
    assert.deepEqual(await post(collector, batch, true), [STORED, 0]);
    assert.equal(calls.length, 1);
    const [[asked, { body, method, credentials, keepalive }]] = calls;
    assert.deepEqual([asked, body, method, credentials, keepalive], [url, batch, 'POST', 'omit', true]);
  }
});

test('Retry-After is told in seconds; a date or nonsense counts as nothing', async () => {
  for (const [header, seconds] of [
    ['7', 7],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 0],
    ['soon', 0],
  ]) {
    globalThis.fetch = async () => new Response(null, { status: 429, headers: { 'Retry-After': header } });
    assert.deepEqual(await post('/', new Uint8Array(), false), [LATER, seconds]);
  }
});

test('a request that gets no answer is unreachable, and does not throw', async () => {
  globalThis.fetch = async () => {
    throw new TypeError('Failed to fetch');
  };
  assert.deepEqual(await post('/', new Uint8Array(), false), [UNREACHABLE, 0]);
  assert.equal(await erase('/', '0011223344556677'), false);
});

test('a file that is not there is an error that names it', async () => {
  globalThis.fetch = async () => new Response('', { status: 404 });
  await assert.rejects(load('playbook.omo'), /playbook\.omo: 404/);
});

test('bytes are taken as they are', async () => {
  assert.deepEqual(await load(Uint8Array.of(1, 2)), Uint8Array.of(1, 2));
  assert.deepEqual(await load(Uint8Array.of(1, 2).buffer), Uint8Array.of(1, 2));
});
