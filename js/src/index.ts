// SPDX-License-Identifier: Apache-2.0
// The npm entry.
import { createCore } from './client';
import type { Client, Options } from './types';

export type * from './types';
export type { Purpose } from './vocabulary';

/** Starts a client. It starts in the background: calls before `ready` wait their turn. */
export const createClient = (options: Options): Client =>
  createCore(options, new URL('./engine.wasm', import.meta.url), false, {
    recommend: () => import('./recommend/recommend'),
    consent: () => import('./consent/consent'),
    panel: () => import('./render/privacy'),
  });
