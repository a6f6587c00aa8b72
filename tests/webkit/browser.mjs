// SPDX-License-Identifier: Apache-2.0
// WebKitGTK's MiniBrowser on a display of its own. setpriv ties both programs to this process, so that they end with it
// however it ends; the browser ends with its display.
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

/** Runs a program; `log()` is what it has written. */
function run(command, args, options) {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], options);
  let text = '';
  child.stderr.on('data', (chunk) => (text += chunk));
  child.on('error', (error) => (text += error.message));
  const ended = new Promise((resolve) => child.once('close', resolve));
  return {
    child,
    log: () => `${command}: ${text}`,
    stop: () => (child.kill(), ended),
  };
}

/** The display that Xvfb has chosen and tells on its descriptor 3. */
async function startDisplay() {
  const display = run('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const number = await new Promise((resolve) => {
    display.child.stdio[3].once('data', (chunk) => resolve(`${chunk}`.trim()));
    display.child.once('close', () => resolve(''));
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
  while (!(await fetch(`${address}/status`).catch(() => null))) {
    if ((driver.child.exitCode ?? driver.child.signalCode) !== null) throw new Error(driver.log());
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
      await server?.stop();
      await display?.stop();
      rmSync(home, { recursive: true, force: true });
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
    driver = await new Builder().usingServer(server.address).withCapabilities(capabilities).build();
    return { driver, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
