// SPDX-License-Identifier: Apache-2.0
// The little that the core knows of recommendations.
import type { Engine } from '../engine';
import { Table } from '../vocabulary';
import type { Host, start } from './recommend';

/** Loads the chunk. */
export type LoadRecommend = () => Promise<{ start: typeof start }>;

/** Starts recommendations where any creative of the program is one, so that everyone loads them alike. */
export const startRecommendations = async (engine: Engine, load: LoadRecommend, host: Host) => {
  for (let variant = engine.omo_count(Table.Variant); variant--;) {
    const { type, catalog } = engine._creative(variant, '');
    if (type == 'recommendations') {
      host.catalog ||= catalog;
      return (await load()).start(host);
    }
  }
};
