// SPDX-License-Identifier: Apache-2.0
import type { Params } from './types';

/** What a page gave as an object; empty where it is none. */
export const objectOf = (values: unknown): Params => (values && typeof values == 'object' ? (values as Params) : {});
