// SPDX-License-Identifier: Apache-2.0
// What a busy machine and its network do, and what must change nothing: processes of browsers stop at random moments for a
// while, and bytes are late.
import { readFileSync, readdirSync } from 'node:fs';
import { createRandom } from './random.mjs';

/** Processes that this one has started, and those that these have: pid and name. */
function descendants() {
  const children = new Map();
  const names = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      const [, name, parent] = /^\d+ \((.*)\) \S+ (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'));
      names.set(Number(pid), name);
      children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(pid)]);
    } catch {
      // It has ended meanwhile.
    }
  const below = (pid) => (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(process.pid).map((pid) => ({ pid, name: names.get(pid) }));
}

const signal = (pid, what) => {
  try {
    process.kill(pid, what);
    return true;
  } catch {
    return false; // It has ended meanwhile.
  }
};

/** Milliseconds that a request, or an answer, is on its way: mostly few, now and then so many that others overtake it. */
export const late = () => Math.random() * (Math.random() < 0.2 ? 200 : 5);

/** Begins; answers a function that ends it, and answers how many pauses there were. */
export function pauseBrowsers(seed) {
  const random = createRandom(seed);
  let stopped;
  let pauses = 0;
  let timer;
  const go = () => {
    if (stopped) signal(stopped, 'SIGCONT');
    stopped = undefined;
  };
  const turn = () => {
    go();
    if (pauses % 2 === 0 || !random.oneIn(3)) {
      const browsers = descendants().filter(({ name }) => /chrom|firefox|Web|Isolated|Socket|Privileged/i.test(name));
      const { pid } = browsers.length ? random.pick(browsers) : {};
      if (pid && signal(pid, 'SIGSTOP')) {
        stopped = pid;
        pauses++;
        timer = setTimeout(turn, random.pick([5, 20, 60, 250]));
        return;
      }
    }
    timer = setTimeout(turn, random.below(60));
  };
  turn();
  return () => {
    clearTimeout(timer);
    go();
    return pauses;
  };
}
