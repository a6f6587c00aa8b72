// SPDX-License-Identifier: Apache-2.0
// WebKitGTK's MiniBrowser on a display of its own. setpriv ties both programs to this process, so that they end with it
// however it ends; the browser ends with its display. Nothing here waits without end: a browser that hangs is an error
// that names what it was asked.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Builder } from 'selenium-webdriver';

/** A port that nobody listens on. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const answerMs = 60_000;

/** What `promise` answers, or after `ms` an error that says what did not come to an end. */
export function bounded(promise, what, ms = answerMs) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not end within ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Runs a program in a process group of its own; `log()` is what it has written, `stop()` ends it and all it started. */
function run(command, args, options) {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], { ...options, detached: true });
  let text = '';
  child.stderr.on('data', (chunk) => (text += chunk));
  child.on('error', (error) => (text += error.message));
  // Not `close`: what the program started may hold its output open.
  const ended = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  const stop = async () => {
    try {
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
    await ended;
    child.stderr.destroy();
  };
  return { child, log: () => `${command}: ${text}`, stop };
}

/** The display that Xvfb has chosen and tells on its descriptor 3. */
async function startDisplay() {
  const display = run('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const told = new Promise((resolve) => {
    display.child.stdio[3].once('data', (chunk) => resolve(`${chunk}`.trim()));
    display.child.once('exit', () => resolve('')).once('error', () => resolve(''));
  });
  const number = await bounded(told, 'Starting Xvfb').catch(async (error) => {
    await display.stop();
    throw error;
  });
  if (!number) throw new Error(display.log());
  return { ...display, name: `:${number}` };
}

async function startDriver(env) {
  const port = await freePort();
  const driver = run('WebKitWebDriver', ['--host=127.0.0.1', `--port=${port}`], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const address = `http://127.0.0.1:${port}`;
  const until = performance.now() + answerMs;
  while (!(await fetch(`${address}/status`, { signal: AbortSignal.timeout(answerMs) }).catch(() => null))) {
    if ((driver.child.exitCode ?? driver.child.signalCode) !== null || performance.now() > until) {
      await driver.stop();
      throw new Error(`No answer. ${driver.log()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { ...driver, address };
}

/** Starts the browser; answers its WebDriver and `stop()`, which ends and removes everything. */
export async function startBrowser() {
  const home = mkdtempSync(join(tmpdir(), 'omo-webkit-'));
  let display;
  let server;
  let driver;
  const stop = async () => {
    try {
      await driver?.quit();
    } finally {
      // The driver's group holds the browser.
      await server?.stop();
      await display?.stop();
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    }
  };
  try {
    display = await startDisplay();
    server = await startDriver({
      PATH: process.env.PATH,
      HOME: home,
      DISPLAY: display.name,
      TZ: 'Asia/Tokyo',
      // There is no graphics card to ask.
      LIBGL_ALWAYS_SOFTWARE: '1',
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      WEBKIT_DISABLE_DMABUF_RENDERER: '1',
    });
    const capabilities = { browserName: 'MiniBrowser' };
    const building = new Builder().usingServer(server.address).withCapabilities(capabilities).build();
    const built = await bounded(building, 'Starting the browser');
    const execute = built.execute.bind(built);
    built.execute = (command) => bounded(execute(command), `WebDriver's '${command.getName()}'`);
    driver = built;
    return { driver, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
