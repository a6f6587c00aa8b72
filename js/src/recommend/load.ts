// SPDX-License-Identifier: Apache-2.0
// The little that the core knows of recommendations.
import type { Engine } from '../engine';
import { Table } from '../vocabulary';
import type { Host, Shown, start } from './recommend';

/** Loads the chunk. */
export type LoadChunk = () => Promise<{ start: typeof start }>;

/**
 * Starts recommendations where any creative of the program is one, so that everyone loads them alike. Answers what puts
 * their items into decisions.
 */
export const startRecommendations = async (
  engine: Engine,
  load: LoadChunk,
  host: Omit<Host, 'value'>,
): Promise<((decisions: Record<string, Shown | null>) => Record<string, Shown | null>) | undefined> => {
  for (let variant = engine.omo_count(Table.Variant); variant--;) {
    const { type, catalog } = engine._creative(variant, '');
    if (type == 'recommendations')
      return (await load()).start({
        ...host,
        catalog: host.catalog || catalog,
        value: (name) => engine._value(Table.Signal, engine._find(Table.Signal, name)),
      });
  }
  return;
};
