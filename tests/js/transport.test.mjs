// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import fc from 'fast-check';
import { shell } from './lib/bundle.mjs';
import { setNavigator } from './lib/consent.mjs';

const { answerOf, retryDelay, post, erase, load } = await shell('transport');
const [STORED, REFUSED, LATER, UNREACHABLE, STOP, NONE] = [0, 1, 2, 3, 4, 5];
const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
});

test('each answer of the collector means one thing', () => {
  const table = [
    [204, STORED],
    [200, LATER],
    [302, LATER],
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
    assert.deepEqual(await post(collector, batch, true, true), [STORED, 0, 0]);
    assert.equal(calls.length, 1);
    const [[asked, { body, method, credentials, keepalive }]] = calls;
    assert.deepEqual([asked, body, method, credentials, keepalive], [url, batch, 'POST', 'omit', true]);
  }
});

test('where there is no keepalive, a page that leaves sends a beacon, and nobody takes it for an answer', async () => {
  const { Request } = globalThis;
  const beacons = [];
  setNavigator({ sendBeacon: (...call) => beacons.push(call) });
  globalThis.Request = class {};
  globalThis.fetch = async () => new Response(null, { status: 204 });
  try {
    const batch = Uint8Array.of(0xb7, 1, 2);
    assert.deepEqual(await post('/', batch, true, true), [NONE, 0, 0]);
    assert.deepEqual(beacons, [['/v1/events', batch]]);
    assert.deepEqual(await post('/', batch, false, true), [STORED, 0, 0], 'a page that stays asks');
    assert.equal(beacons.length, 1);
  } finally {
    globalThis.Request = Request;
  }
});

test('a page that goes, and is not only hidden, asks fetchLater where there is one; where that refuses, it sends as ever', async () => {
  const later = [];
  let asked = 0;
  globalThis.document = { hidden: false };
  globalThis.fetch = async () => ((asked += 1), new Response(null, { status: 204 }));
  globalThis.fetchLater = (...call) => (later.push(call), {});
  try {
    const body = Uint8Array.of(0xb7, 1, 2);
    assert.deepEqual(await post('/', body, true, true), [NONE, 0, 0]);
    assert.deepEqual(later, [['/v1/events', { method: 'POST', keepalive: true, body, credentials: 'omit' }]]);
    assert.equal(asked, 0);
    assert.deepEqual(await post('/', body, false, true), [STORED, 0, 0], 'a page that stays hears the answer');
    globalThis.document.hidden = true;
    assert.deepEqual(await post('/', body, true, true), [STORED, 0, 0], 'a page that is hidden may come back');
    assert.equal(later.length, 1);
    globalThis.document.hidden = false;
    globalThis.fetchLater = () => {
      throw new DOMException('no room', 'QuotaExceededError');
    };
    assert.deepEqual(await post('/', body, true, true), [STORED, 0, 0]);
    assert.equal(asked, 3);
  } finally {
    delete globalThis.document;
    delete globalThis.fetchLater;
  }
});

test('tracking 23: Retry-After is told in seconds, or as a date by the clock of the collector; nonsense counts as nothing', async () => {
  for (const [header, seconds] of [
    ['7', 7],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 90],
    ['Wed, 21 Oct 2026 07:00:00 GMT', -1590],
    ['soon', 0],
    ['', 0],
  ]) {
    const headers = { 'Retry-After': header, Date: 'Wed, 21 Oct 2026 07:26:30 GMT' };
    globalThis.fetch = async () => new Response(null, { status: 429, headers });
    const [answer, retryAfter] = await post('/', new Uint8Array(), false, false);
    assert.deepEqual([answer, retryAfter], [LATER, seconds]);
    assert.ok(retryDelay(1, false, 0, retryAfter) >= 1000);
  }
});

test('tracking 10: an answer says how far the clock of the collector is ahead; without a date, or with nonsense, it is not', async () => {
  const day = 24 * 3600 * 1000;
  for (const jump of [day, -day]) {
    const headers = { Date: new Date(Date.now() + jump).toUTCString() };
    globalThis.fetch = async () => new Response(null, { status: 204, headers });
    const [answer, , ahead] = await post('/', new Uint8Array(), false, false);
    assert.equal(answer, STORED);
    assert.ok(Math.abs(ahead - jump) < 60_000);
  }
  for (const headers of [{}, { Date: 'yesterday' }]) {
    globalThis.fetch = async () => new Response(null, { status: 204, headers });
    assert.deepEqual(await post('/', new Uint8Array(), false, false), [STORED, 0, 0]);
  }
});

test('a request that gets no answer is unreachable, and does not throw, whatever the page has made of fetch', async () => {
  for (const broken of [
    async () => {
      throw new TypeError('Failed to fetch');
    },
    () => {
      throw new Error('replaced by the page');
    },
    () => undefined,
    null,
  ]) {
    globalThis.fetch = broken;
    assert.deepEqual(await post('/', new Uint8Array(), false, false), [UNREACHABLE, 0, 0]);
    assert.equal(await erase('/', '0011223344556677'), false);
  }
});

test('a file that is not there is an error that names it', async () => {
  globalThis.fetch = async () => new Response('', { status: 404 });
  await assert.rejects(load('playbook.omo'), /playbook\.omo: 404/);
});

test('bytes are taken as they are', async () => {
  assert.deepEqual(await load(Uint8Array.of(1, 2)), Uint8Array.of(1, 2));
  assert.deepEqual(await load(Uint8Array.of(1, 2).buffer), Uint8Array.of(1, 2));
});
