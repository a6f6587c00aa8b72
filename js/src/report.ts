// SPDX-License-Identifier: Apache-2.0
// What the client tells: names and values out of the engine.
import { purposesOf, stateOf } from './consent/record';
import type { Engine } from './engine';
import { pageLanguage } from './observe/page';
import type { Decision, Explanation, Export, Value } from './types';
import { Table, Truth, verdicts } from './vocabulary';

export type Report = ReturnType<typeof createReport>;

/** Bit of a label: the playbook lists it under `expose`. */
const EXPOSED = 64;
const KINDS = {
  segment: Table.Segment,
  campaign: Table.Campaign,
  signal: Table.Signal,
  trait: Table.Trait,
  context: Table.Context,
};

/** @param restricted tell only what is exposed, and only while its label is granted */
export function createReport(engine: Engine, restricted: boolean) {
  const isTold = (table: Table, row: number) => {
    const label = engine._label(table, row);
    return !restricted || ((label & EXPOSED) > 0 && !(label & (EXPOSED - 1) & ~engine._consent()));
  };
  const names = (table: Table) => Array.from({ length: engine._count(table) }, (_, row) => engine._name(table, row));
  const collect = <T>(table: Table, value: (row: number) => T): Record<string, T> =>
    Object.fromEntries(names(table).flatMap((name, row) => (isTold(table, row) ? [[name, value(row)] as const] : [])));
  const valueOf = (table: Table) => collect(table, (row) => engine._value(table, row));
  const decision = (slot: number): Decision | null => {
    const variant = isTold(Table.Slot, slot) ? engine._decision(slot) : -1;
    return variant < 0
      ? null
      : {
          campaign: engine._name(Table.Campaign, engine._campaignOf(variant)),
          variant: engine._name(Table.Variant, variant),
          creative: engine._creative(variant, pageLanguage()),
        };
  };
  const segments = () => collect(Table.Segment, (row) => engine._truth(row) == Truth.On);
  return {
    _slots: () => names(Table.Slot),
    _segments: segments,
    _decide(name: string): Decision | null {
      const slot = engine._find(Table.Slot, name);
      return slot < 0 ? null : decision(slot);
    },
    _explain(name: string): Explanation | null {
      for (const [kind, table] of Object.entries(KINDS)) {
        const row = engine._find(table, name);
        if (row < 0) continue;
        const label = engine._label(table, row);
        const told = table == Table.Campaign ? isTold(Table.Slot, engine._slotOf(row)) : isTold(table, row);
        if (!told) continue;
        const truth = engine._truth(row);
        return {
          name,
          kind: kind as Explanation['kind'],
          ...(table == Table.Segment
            ? { state: truth > Truth.On ? null : truth == Truth.On }
            : table == Table.Campaign
              ? { verdict: verdicts[engine._verdict(row)]! }
              : { value: engine._value(table, row) as Value }),
          purposes: purposesOf(label),
          missing: purposesOf(label & ~engine._consent()),
        };
      }
      return null;
    },
    _export: (): Export => ({
      consent: stateOf(engine._consent()),
      traits: valueOf(Table.Trait),
      signals: valueOf(Table.Signal),
      segments: segments(),
      decisions: collect(Table.Slot, decision),
      queue: engine._queued(),
    }),
  };
}
