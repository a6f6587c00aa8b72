// SPDX-License-Identifier: Apache-2.0
// The script tag: <script src="omotenashi.js" data-playbook="playbook.omo" data-collector="https://..."></script>.
// `window.omotenashi = window.omotenashi || {q: []}` takes calls before it loads; two tags give one instance.
import { createCore } from './client';

type Call = [method: string, ...values: unknown[]];
type Global = { q?: Call[] } & { [method: string]: unknown };

const scope = window as unknown as { omotenashi?: Global };
const target = (scope.omotenashi ||= {});
const script = document.currentScript as HTMLScriptElement | null;

if (!target.track && script) {
  const { playbook, collector, engine, catalog } = script.dataset;
  const client = createCore(
    { playbook: playbook || 'playbook.omo', collector, catalog },
    engine || new URL('engine.wasm', script.src),
    true,
    {
      recommend: () => import(new URL('recommend.mjs', script.src).href),
      consent: () => import(new URL('consent.mjs', script.src).href),
      panel: () => import(new URL('privacy.mjs', script.src).href),
    },
  );
  const run = ([method, ...values]: Call) => {
    const call = (client as unknown as Global)[method];
    if (typeof call == 'function') call(...values);
    else console.warn('omotenashi: ' + method + '?');
  };
  const queue = (target.q ||= []);
  Object.assign(target, client);
  // What waited is not left for other scripts to read.
  queue.splice(0).forEach(run);
  // The page may hold the array itself.
  queue.push = (...calls) => (calls.forEach(run), 0);
}
