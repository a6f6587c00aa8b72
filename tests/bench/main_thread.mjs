// SPDX-License-Identifier: Apache-2.0
// What a minute of scrolling and typing costs the main thread of a real Chromium, with the runtime and without it, and
// the longest stretch of our scripts on a processor four times slower.
import { openLongPage, scrollAndType } from '../browser/support/longPage.mjs';

const RUNS = 3;
const ROUNDS = 60;
const PACE_MS = 1000;
const LONG_TASK_MS = 50;
const SLOWDOWN = 4;

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const ms = (value) => `${value.toFixed(value < 100 ? 1 : 0)} ms`;

/** Runs `watch` around a scripted minute on a page of its own; answers what it answers. */
async function minute(browser, origin, withRuntime, watch) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  const answer = await watch(page, devtools, async () => {
    await openLongPage(page, origin, { withRuntime });
    await scrollAndType(page, ROUNDS, PACE_MS);
  });
  await context.close();
  return answer;
}

/** Processor time of the main thread in ms, from the navigation on: what else the machine does is not in it. */
async function processorTime(page, devtools, act) {
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  await act();
  const { metrics } = await devtools.send('Performance.getMetrics');
  const of = (wanted) => 1000 * metrics.find(({ name }) => name === wanted).value;
  return { task: of('TaskDuration'), script: of('ScriptDuration') };
}

/**
 * Tasks of the page's main thread in which a script ran: processor ms of each, and of its scripts. The page has no other
 * scripts than ours; what the test driver runs in it has no address.
 */
async function scriptTasks(page, devtools, act) {
  const browser = page.context().browser();
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  await browser.startTracing(page, {
    categories: ['-*', 'devtools.timeline', 'disabled-by-default-devtools.timeline'],
  });
  await act();
  const { traceEvents } = JSON.parse(await browser.stopTracing());
  const isOurs = ({ args }) => /\/omotenashi\.js/.test(args.data?.url);
  const ours = traceEvents.find((event) => event.name === 'EvaluateScript' && isOurs(event));
  const events = traceEvents
    .filter(({ ph, pid, tid }) => ph === 'X' && pid === ours.pid && tid === ours.tid)
    .sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  const tasks = [];
  let task;
  let scriptEnd = 0;
  for (const event of events) {
    if (event.name === 'RunTask') tasks.push((task = { end: event.ts + event.dur, all: event.tdur / 1000, script: 0 }));
    // Promises go on in microtasks, which have no address.
    const isScript =
      event.name === 'RunMicrotasks' || (/^(FunctionCall|EvaluateScript)$/.test(event.name) && isOurs(event));
    if (!isScript || !task || event.ts > task.end || event.ts < scriptEnd) continue;
    scriptEnd = event.ts + event.dur;
    task.script += event.tdur / 1000;
  }
  return tasks.filter(({ script }) => script > 0);
}

/**
 * Rows for the table of figures.
 * @param say takes a line of progress
 */
export async function mainThread(browser, origin, report, say) {
  const sides = { with: [], without: [] };
  const minutes = 2 * RUNS + 1;
  let done = 0;
  const next = (what) => say(`minute ${(done += 1)} of ${minutes}, ${what}`);
  for (let run = 0; run < RUNS; run += 1)
    for (const [side, list] of Object.entries(sides)) {
      next(`${side} the runtime`);
      list.push(await minute(browser, origin, side === 'with', processorTime));
    }
  const time = (side, key) => median(sides[side].map((one) => one[key]));
  next(`${SLOWDOWN} × slower`);
  const tasks = await minute(browser, origin, true, scriptTasks);
  const most = (key) => tasks.reduce((highest, one) => Math.max(highest, one[key]), 0);

  const note = `processor time, median of ${RUNS} alternating runs, loading included`;
  const all = [time('with', 'task'), time('without', 'task')];
  report('a minute of scrolling and typing, main thread, with the runtime', ms(all[0]), '–', note);
  report('beside it: the same page without the runtime', ms(all[1]), '–', `${ROUNDS} rounds, 200 watched elements`);
  report(
    'the difference',
    ms(all[0] - all[1]),
    '–',
    `${((all[0] - all[1]) / (10 * ROUNDS)).toFixed(2)} % of the minute`,
  );
  report(
    'scripts in it',
    ms(time('with', 'script') - time('without', 'script')),
    '–',
    'the rest is style, layout, paint',
  );
  report(
    `longest stretch of our scripts in one task, ${SLOWDOWN} × slower processor`,
    ms(most('script')),
    `below ${LONG_TASK_MS} ms`,
    `of ${tasks.length} tasks; the longest of them took ${ms(most('all'))} with the page's own layout and paint`,
  );
}
