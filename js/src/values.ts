// SPDX-License-Identifier: Apache-2.0
import type { Params } from './types';

/** What a page gave as an object; empty where it is none. */
export const objectOf = (values: unknown): Params => (values && typeof values == 'object' ? (values as Params) : {});

/** Entries that are not the same any more; what is missing counts as false. */
export const changes = <T>(before: Record<string, T>, after: Record<string, T>) =>
  Object.entries(after).filter(([name, value]) => JSON.stringify(before[name] || 0) != JSON.stringify(value || 0));
