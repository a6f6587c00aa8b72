// SPDX-License-Identifier: Apache-2.0
// A server in front of the real collector that passes everything on, but for batches, with which it does what a test
// wants: a network with its faults, over real sockets.
import { createServer, request } from 'node:http';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Starts a front. Answers its origin and:
 *   target       the collector's origin
 *   headers      added to every answer
 *   batches      of every batch that arrived: {time, body}
 *   faults       what happens to the next batches, one after the other; then `always`, then they are passed on:
 *                {status, headers, body} answers itself · {lose: 'request' | 'answer'} ends the connection before or after the
 *                collector has it · {delay} passes on later · {hold: promise} passes on when it resolves
 *   /hang        takes a POST and never answers
 */
export async function startFront() {
  const front = { target: '', headers: {}, batches: [], faults: [], always: null };

  const pass = (incoming, outgoing, body, lose) =>
    request(
      front.target + incoming.url,
      { method: incoming.method, headers: { ...incoming.headers, connection: 'close' } },
      (answer) => {
        answer.resume();
        if (lose) return outgoing.destroy();
        outgoing.writeHead(answer.statusCode, { ...answer.headers, ...front.headers, connection: 'close' });
        answer.pipe(outgoing);
      },
    )
      .on('error', () => outgoing.destroy())
      .end(body);

  const server = createServer(async (incoming, outgoing) => {
    const chunks = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk);
    } catch {
      return; // The browser has gone before it said all.
    }
    const body = Buffer.concat(chunks);
    if (incoming.url === '/hang') return;
    if (incoming.method !== 'POST') return pass(incoming, outgoing, body);
    front.batches.push({ time: performance.now(), body });
    const fault = front.faults.shift() ?? front.always ?? {};
    if (fault.lose === 'request') return outgoing.destroy();
    if (fault.delay) await wait(fault.delay);
    if (fault.hold) await fault.hold;
    if (!fault.status) return pass(incoming, outgoing, body, fault.lose);
    outgoing.writeHead(fault.status, { ...fault.headers, connection: 'close' });
    outgoing.end(fault.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  front.origin = `http://127.0.0.1:${server.address().port}`;
  front.stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return front;
}
