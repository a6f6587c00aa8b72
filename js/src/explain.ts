// SPDX-License-Identifier: Apache-2.0
// Why something is as it is: the engine's rows (wasm/wire/explanation.md) as objects, as far as they may be told.
import { purposesOf } from './consent/record';
import type { Engine } from './engine';
import type { Atom, Explanation } from './types';
import { Explained, Table, Truth, explained, explainedOps, verdicts, type Purpose } from './vocabulary';

export const enum LabelBit {
  /** The playbook lists it under `expose`. */
  Exposed = 64,
}
const KINDS = {
  segment: Table.Segment,
  campaign: Table.Campaign,
  signal: Table.Signal,
  trait: Table.Trait,
  context: Table.Context,
  score: Table.Score,
  slot: Table.Slot,
  journey: Table.Journey,
};

/**
 * @param restricted a segment that is exposed does not expose what it rests on: of that only what is exposed by itself
 * @param isTold may a row be told of at all?
 * @param missing purposes of a label that are not granted
 */
export const createExplain =
  (
    engine: Engine,
    restricted: boolean,
    isTold: (table: Table, row: number) => boolean,
    missing: (label: number) => Purpose[],
  ) =>
  (name: string, only?: string): Explanation | null => {
    for (const [kind, table] of Object.entries(KINDS)) {
      if (only && only != kind) continue;
      const row = engine._find(table, name);
      const isCampaign = table == Table.Campaign;
      if (row < 0 || !(isCampaign ? isTold(Table.Slot, engine.omo_slot_of(row)) : isTold(table, row))) continue;
      const label = engine.omo_label(table, row);
      const truth = engine.omo_truth(row);
      const atoms: Atom[] = [];
      const reasons: Atom[] = [];
      const candidates: Atom[] = [];
      for (const [
        depth,
        kind,
        op,
        needed,
        changesAt,
        expiresAt,
        window,
        node,
        name,
        state,
        need,
        value,
      ] of engine._explain(table, row)) {
        const without = missing(needed!);
        if (restricted && (needed! < LabelBit.Exposed || without.length)) continue;
        const isReason = kind == Explained.Reason;
        const isCandidate = kind == Explained.Candidate;
        (isReason ? reasons : isCandidate ? candidates : atoms).push({
          depth: +depth!,
          kind: explained[kind]!,
          name,
          op: (isReason || isCandidate ? verdicts : explainedOps)[+op!]!,
          need,
          value,
          state,
          purposes: purposesOf(needed!),
          missing: without,
          changesAt,
          expiresAt,
          window,
          node: node && node - 1,
        });
      }
      return {
        name,
        kind: kind as Explanation['kind'],
        ...(isCampaign
          ? { verdict: verdicts[engine.omo_verdict(row)]!, reasons }
          : table == Table.Segment
            ? { state: truth > Truth.On ? null : !!truth }
            : table == Table.Slot
              ? { candidates }
              : table != Table.Journey && { value: atoms[0]?.value ?? null }),
        purposes: purposesOf(label),
        missing: missing(label),
        atoms,
      };
    }
    return null;
  };
