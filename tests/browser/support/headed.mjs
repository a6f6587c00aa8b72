// SPDX-License-Identifier: Apache-2.0
// A headed Chromium under Xvfb over a bare pipe. Playwright tells every page that it is visible and focused; here a tab that
// is behind another one is hidden, as on a desk.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ended = (child) =>
  new Promise((resolve) => ((child.exitCode ?? child.signalCode) !== null ? resolve() : child.once('exit', resolve)));

/** Answers open(url), which opens a tab in front and answers {evaluate, activate}, openAlone(url), and stop(). */
export async function startHeaded() {
  const folder = mkdtempSync(join(tmpdir(), 'omo-headed-'));
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const display = await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.stdio[3].once('data', (line) => resolve(`:${line.toString().trim()}`));
  });
  const browser = spawn(
    '/usr/bin/chromium',
    [
      ...['--no-sandbox', '--disable-gpu', '--no-first-run', '--no-default-browser-check', '--disable-sync'],
      ...['--disable-background-networking', '--disable-component-update', '--password-store=basic'],
      ...[
        '--disable-blink-features=AutomationControlled',
        '--remote-debugging-pipe',
        `--user-data-dir=${folder}`,
        'about:blank',
      ],
    ],
    { env: { ...process.env, DISPLAY: display }, stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const waiting = new Map();
  let number = 0;
  let rest = '';
  browser.stdio[4].on('data', (chunk) => {
    const messages = (rest + chunk).split('\0');
    rest = messages.pop();
    for (const { id, result, error } of messages.map((message) => JSON.parse(message))) {
      const answer = waiting.get(id);
      waiting.delete(id);
      if (error) answer?.reject(new Error(error.message));
      else answer?.resolve(result);
    }
  });
  const send = (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      waiting.set((number += 1), { resolve, reject });
      browser.stdio[3].write(`${JSON.stringify({ id: number, method, params, sessionId })}\0`);
    });
  return {
    /** Chromium prerenders nothing for a page that a debugger is attached to. */
    openAlone: (url) => send('Target.createTarget', { url }),
    async open(url) {
      const { targetId } = await send('Target.createTarget', { url });
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
      return {
        activate: () => send('Target.activateTarget', { targetId }),
        async evaluate(expression) {
          const params = { expression, awaitPromise: true, returnByValue: true };
          const { result, exceptionDetails } = await send('Runtime.evaluate', params, sessionId);
          if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
          return result.value;
        },
      };
    },
    async stop() {
      browser.kill('SIGTERM');
      await ended(browser);
      server.kill('SIGTERM');
      await ended(server);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
