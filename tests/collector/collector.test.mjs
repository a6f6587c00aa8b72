// SPDX-License-Identifier: Apache-2.0
// The real collector over real sockets.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  batches,
  batchTool,
  binary,
  folder,
  newStore,
  pages,
  playbook,
  post,
  start,
  stop,
  TOKEN,
  views,
} from './support.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const MAX_BODY_BYTES = JSON.parse(readFileSync(join(root, 'wasm/wire/vocabulary.json'), 'utf8')).limits
  .max_body_bytes[0];

/** Sends raw text and gives back all that comes until the server closes or `timeoutMs` pass. */
async function raw(collector, text, timeoutMs = 3000) {
  const socket = net.connect(collector.port, '127.0.0.1');
  let answer = '';
  socket.on('data', (data) => (answer += data));
  socket.on('error', () => {}); // a reset after the answer; the assertions look at the answer
  socket.write(text);
  await Promise.race([once(socket, 'close'), new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())]);
  socket.destroy();
  return answer;
}

describe('a running collector', () => {
  let collector;
  before(async () => (collector = await start(newStore(), '--origins', 'https://shop.example,https://b.example')));
  after(async () => assert.equal(await stop(collector), 0));

  test('a batch is counted and a repetition is not', async () => {
    const [batch] = batches([[1, 0, 10]]);
    for (let i = 0; i < 3; i++) assert.equal((await post(collector, batch)).status, 204);
    assert.equal(await views(collector), 10);
    assert.equal((await fetch(`${collector.url}/v1/streams/0100000000000000`, { method: 'DELETE' })).status, 204);
    assert.equal(await views(collector), 0);
    assert.equal((await post(collector, batch)).status, 204);
    assert.equal(await views(collector), 0);
  });

  test('a page of another origin is refused, a listed one is not', async () => {
    const [batch] = batches([[2, 0, 1]]);
    const from = (origin) => post(collector, batch, { Origin: origin });
    assert.equal((await from('https://evil.example')).status, 403);
    assert.equal((await from('https://b.example')).status, 204);
    assert.equal((await from(collector.url)).status, 204);
  });

  test('the stats are closed without the token', async () => {
    for (const headers of [{}, { Authorization: 'Bearer wrong' }]) {
      const response = await fetch(`${collector.url}/v1/stats/pages`, { headers });
      assert.equal(response.status, 401);
      assert.match(response.headers.get('www-authenticate'), /^Bearer/);
    }
  });

  test('a body that is too large is refused while it streams, stated or not', async () => {
    const stated = await post(collector, Buffer.alloc(MAX_BODY_BYTES + 1));
    assert.equal(stated.status, 413);
    assert.equal((await stated.json()).error.status, 'too_large');
    const many = await post(collector, Buffer.alloc(MAX_BODY_BYTES * 40));
    assert.equal(many.status, 413);
    const chunk = `${(1000).toString(16)}\r\n${'x'.repeat(1000)}\r\n`;
    const head = 'POST /v1/events HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n';
    const answer = await raw(collector, head + chunk.repeat(Math.ceil(MAX_BODY_BYTES / 1000) + 2));
    assert.match(answer, /^HTTP\/1.1 413 /);
  });

  test('broken and odd HTTP gets an answer or is cut off, and the next client is served', async () => {
    const table = [
      ['nonsense\r\n\r\n', /^HTTP\/1.1 400 /],
      ['GET / HTTP/1.1\r\n\r\n', /^HTTP\/1.1 400 /],
      ['GET / HTTP/9.9\r\nHost: c\r\n\r\n', /^HTTP\/1.1 (400|505) /],
      ['GET /healthz HTTP/1.0\r\n\r\n', /^HTTP\/1.1 200 /],
      ['GET /healthz HTTP/1.1\r\nHost: c\r\nConnection: close\r\n\r\n', /^HTTP\/1.1 200 /],
      ['GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: c\r\n\r\n', /^HTTP\/1.1 400 /],
      [`GET / HTTP/1.1\r\nHost: c\r\nX: ${'x'.repeat(40000)}\r\n\r\n`, /^HTTP\/1.1 431 /],
      ['POST /v1/events HTTP/1.1\r\nHost: c\r\nContent-Length: -1\r\n\r\n', /^HTTP\/1.1 400 /],
      [
        'POST /v1/events HTTP/1.1\r\nHost: c\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc',
        /^HTTP\/1.1 400 /,
      ],
      [
        'POST /v1/events HTTP/1.1\r\nHost: c\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc',
        /^HTTP\/1.1 415 /,
      ],
      ['PROPFIND / HTTP/1.1\r\nHost: c\r\n\r\n', /^HTTP\/1.1 405 [^]*Allow: GET, HEAD/],
    ];
    for (const [text, expected] of table) assert.match(await raw(collector, text, 500), expected, text.slice(0, 60));
    assert.equal((await fetch(`${collector.url}/healthz`)).status, 200);
  });

  test('one connection serves many requests, also pipelined ones and HEAD', async () => {
    const get = 'GET /healthz HTTP/1.1\r\nHost: c\r\n\r\n';
    const answer = await raw(collector, `${get}${get}HEAD /healthz HTTP/1.1\r\nHost: c\r\nConnection: close\r\n\r\n`);
    assert.equal(answer.match(/HTTP\/1.1 200 OK/g).length, 3);
    assert.equal(answer.match(/ok\n/g).length, 2);
  });

  test('a client that expects 100-continue is told to go on, or that it need not', async () => {
    const [batch] = batches([[3, 0, 1]]);
    const head = (origin) =>
      `POST /v1/events HTTP/1.1\r\nHost: c\r\nOrigin: ${origin}\r\nExpect: 100-continue\r\nContent-Length: ${batch.length}\r\n\r\n`;
    assert.match(await raw(collector, head('https://b.example'), 300), /^HTTP\/1.1 100 Continue\r\n\r\n$/);
    assert.match(await raw(collector, head('https://evil.example'), 300), /^HTTP\/1.1 403 /);
  });

  test('a thousand slow clients do not keep a good one waiting', async () => {
    const sockets = [];
    for (let i = 0; i < 1000; i++) {
      const socket = net.connect(collector.port, '127.0.0.1');
      socket.on('error', () => {}); // the collector may cut a slow client off
      socket.write(i % 2 ? 'POST /v1/events HTTP/1.1\r\nHost: c\r\nContent-Length: 100\r\n\r\nx' : 'GET / HT');
      sockets.push(socket);
    }
    await Promise.all(sockets.map((socket) => (socket.connecting ? once(socket, 'connect') : null)));
    const [batch] = batches([[4, 0, 1]]);
    const begin = performance.now();
    assert.equal((await post(collector, batch)).status, 204);
    assert.ok(performance.now() - begin < 1000, `took ${performance.now() - begin} ms`);
    for (const socket of sockets) socket.destroy();
  });

  test('2,000 mutations of a batch are answered 204, 400, 410 or 422, and none ends the collector', async () => {
    const seed = Number(process.env.OMO_SEED ?? Date.now() % 2 ** 31);
    let state = seed;
    const random = (below) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % below;
    };
    const valid = batches(Array.from({ length: 8 }, (_, i) => [1000 + i, 0, 1 + i * 30]));
    const counts = {};
    for (let i = 0; i < 2000; i += 20) {
      const mutated = Array.from({ length: 20 }, () => mutate(valid[random(valid.length)], random));
      for (const status of await Promise.all(mutated.map(async (body) => (await post(collector, body)).status))) {
        counts[status] = (counts[status] ?? 0) + 1;
      }
    }
    const odd = Object.keys(counts).filter((status) => !['204', '400', '410', '422'].includes(status));
    assert.deepEqual(odd, [], `seed ${seed}: ${JSON.stringify(counts)}`);
    // Some pass the checksum, and their body decodes or does not.
    assert.ok(counts[204] + (counts[422] ?? 0) + (counts[410] ?? 0) > 100, `seed ${seed}: ${JSON.stringify(counts)}`);
    assert.ok(counts[400] > 500, `seed ${seed}: ${JSON.stringify(counts)}`);
    assert.equal(collector.child.exitCode, null, `seed ${seed}`);
    assert.equal((await fetch(`${collector.url}/readyz`)).status, 200);
  });

  test('/metrics counts what happened and names no visitor', async () => {
    const text = await (await fetch(`${collector.url}/metrics`)).text();
    assert.match(text, /omo_requests_total\{route="events",status="204"\} \d+/);
    assert.match(text, /omo_commit_seconds_bucket\{le="0.01"\} \d+/);
    assert.doesNotMatch(text, /127\.0\.0\.1|0100000000000000|\/page\//);
  });

  test('the log names no client address, no stream and no page', () => {
    assert.match(collector.log, /refused POST events: 403/);
    assert.doesNotMatch(collector.log, /127\.0\.0\.1|0100000000000000|\/page\//);
  });
});

/** Flips, cuts, repeats or inserts bytes; half of the time the checksum is made right again, so that the body is decoded. */
function mutate(batch, random) {
  let bytes = Buffer.from(batch);
  for (let n = 1 + random(4); n > 0; n--) {
    const at = random(bytes.length);
    const kind = random(4);
    if (kind === 0) bytes[at] ^= 1 << random(8);
    else if (kind === 1) bytes[at] = random(256);
    else if (kind === 2) bytes = bytes.subarray(0, Math.max(1, at));
    else bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([random(256)]), bytes.subarray(at)]);
  }
  // wasm/wire/batch.md
  if (random(2) && bytes.length > 24) {
    bytes[0] = 0xb7;
    bytes[1] = (bytes[1] & 0xf0) | 2;
    bytes.writeUInt16LE(bytes.length - 24, 19);
    let hash = 2166136261;
    for (const byte of [...bytes.subarray(0, 21), ...bytes.subarray(24)]) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
    bytes.writeUIntLE(hash & 0xffffff, 21, 3);
  }
  return bytes;
}

test('killed in the middle of a load and started again: nothing acknowledged is lost, nothing counts twice', async () => {
  const store = newStore();
  const STREAMS = 20;
  const PER_BATCH = 5;
  const all = batches(
    Array.from({ length: STREAMS * 60 }, (_, i) => [
      100 + (i % STREAMS),
      Math.floor(i / STREAMS) * PER_BATCH,
      PER_BATCH,
    ]),
  );
  const acknowledged = new Set();
  let next = 0;
  for (let life = 0; life < 3; life++) {
    const collector = await start(store);
    // A device that got no answer sends again: the workers of each life begin with what was not acknowledged.
    const pending = [...all.keys()].filter((index) => index < next && !acknowledged.has(index));
    const worker = async () => {
      for (;;) {
        const index = pending.shift() ?? (next < all.length ? next++ : undefined);
        if (index === undefined) return;
        const response = await post(collector, all[index]).catch(() => null);
        if (!response) return;
        assert.equal(response.status, 204);
        acknowledged.add(index);
      }
    };
    const workers = Array.from({ length: 16 }, worker);
    const target = Math.floor((all.length * (life + 1)) / 4);
    while (acknowledged.size < target) {
      assert.equal(collector.child.exitCode ?? collector.child.signalCode, null, collector.log);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    assert.equal(await stop(collector, 'SIGKILL'), 'SIGKILL');
    await Promise.all(workers);
  }
  const collector = await start(store);
  const kept = await views(collector);
  assert.ok(kept >= acknowledged.size * PER_BATCH, `${kept} of ${acknowledged.size * PER_BATCH}`);
  for (const body of all) assert.equal((await post(collector, body)).status, 204);
  assert.equal(await views(collector), all.length * PER_BATCH);
  const before = await pages(collector);
  assert.equal(await stop(collector), 0);
  const again = await start(store);
  assert.deepEqual(await pages(again), before);
  assert.equal(await stop(again, 'SIGINT'), 0);
});

test('a request under way is answered when the collector is told to stop', async () => {
  const collector = await start(newStore());
  const [batch] = batches([[1, 0, 3]]);
  const socket = net.connect(collector.port, '127.0.0.1');
  let answer = '';
  socket.on('data', (data) => (answer += data));
  socket.write(`POST /v1/events HTTP/1.1\r\nHost: c\r\nContent-Length: ${batch.length}\r\n\r\n`);
  socket.write(batch.subarray(0, 10));
  await new Promise((resolve) => setTimeout(resolve, 100));
  collector.child.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 100));
  await assert.rejects(fetch(`${collector.url}/healthz`));
  socket.write(batch.subarray(10));
  await once(socket, 'close');
  assert.match(answer, /^HTTP\/1.1 204 /);
  assert.match(answer, /Connection: close/i);
  assert.deepEqual(await collector.exited, [0, null]);
});

test('what cannot work is a clear message and a non-zero exit', async () => {
  const busy = await start(newStore());
  const broken = join(folder, 'broken.json');
  writeFileSync(broken, '{ "omotenashi": 1, "site": 3 }');
  const damaged = join(folder, 'damaged.omo');
  writeFileSync(damaged, 'OMOP but nothing more');
  const run = (...options) => {
    const defaults = ['--listen', '127.0.0.1:0', '--store', `sqlite:${newStore()}`, '--playbook', playbook];
    const given = Object.fromEntries([...pairs(defaults), ...pairs(options)]);
    try {
      execFileSync(binary, Object.entries(given).flat(), { stdio: 'pipe', timeout: 5000 });
    } catch (error) {
      return { status: error.status, message: `${error.stderr}` };
    }
    return { status: 0, message: '' };
  };
  const table = [
    [['--listen', `127.0.0.1:${busy.port}`], /another program uses this port/],
    [['--listen', 'nowhere'], /write ADDRESS:PORT/],
    [['--listen', '127.0.0.1:99999'], /write ADDRESS:PORT/],
    [['--store', 'sqlite:/nonexistent/folder/db'], /cannot open the store .*No such file or directory/],
    [['--store', 'sqlite:/proc/version'], /cannot open the store|refused/],
    [['--store', 'postgresql://localhost/x'], /PostgreSQL is not supported by this version/],
    [['--store', 'file.db'], /write sqlite:PATH/],
    [['--playbook', join(folder, 'none.json')], /cannot read the playbook/],
    [['--playbook', broken], /broken\.json:\d+:\d+: /],
    [['--playbook', damaged], /damaged\.omo: /],
    [['--origins', 'shop.example'], /is not an origin/],
    [['--static', 'none=/'], /there is no folder none/],
    [['--static', 'none'], /write DIR=URLPREFIX/],
  ];
  for (const [options, expected] of table) {
    const { status, message } = run(...options);
    assert.ok(status > 0, `${options}: status ${status}`);
    assert.match(message, expected);
  }
  assert.equal(await stop(busy), 0);
});

function pairs(list) {
  return list.flatMap((_, i) => (i % 2 ? [] : [[list[i], list[i + 1]]]));
}

test('--help shows how to start it', () => {
  const help = execFileSync(binary, ['--help']).toString();
  assert.match(help, /Examples:/);
  assert.match(help, /--store/);
});

test('the site, the runtime and the dashboard are served beside each other', async () => {
  const collector = await start(
    newStore(),
    '--static',
    `${join(root, 'tests/collector')}=/`,
    '--static',
    `${join(root, 'wasm/wire')}=/dist/`,
    '--dashboard',
    join(root, 'server-stub/dashboard'),
  );
  const get = (path) => fetch(`${collector.url}${path}`, { redirect: 'manual' });
  assert.equal(await (await get('/playbook.json')).text(), readFileSync(playbook, 'utf8'));
  assert.equal((await get('/dist/vocabulary.json')).headers.get('content-type'), 'application/json');
  const moved = await get('/dashboard');
  assert.equal(moved.status, 308);
  assert.equal(moved.headers.get('location'), '/dashboard/');
  const page = await get('/dashboard/');
  assert.match(page.headers.get('content-security-policy'), /default-src 'self'/);
  const program = await get('/playbook.omo');
  assert.equal(
    Buffer.from(await program.arrayBuffer()).toString('hex'),
    execFileSync(batchTool, [playbook, 'compile'], { maxBuffer: 1 << 28 })
      .toString()
      .trim(),
  );
  assert.equal(await stop(collector), 0);
});
