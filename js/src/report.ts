// SPDX-License-Identifier: Apache-2.0
// What the client tells: names and values out of the engine.
import { purposesOf, stateOf } from './consent/record';
import { Word, type Engine } from './engine';
import { LabelBit, createExplain } from './explain';
import { pageLanguage } from './observe/page';
import type { Decision, Export } from './types';
import { changes } from './values';
import { Table, Truth } from './vocabulary';

export type Report = ReturnType<typeof createReport>;

/** @param restricted tell only what is exposed, and only while its label is granted */
export const createReport = (engine: Engine, restricted: boolean) => {
  const missing = (label: number) => purposesOf(label & ~engine._word(Word.Consent));
  const isTold = (table: Table, row: number) => {
    const label = engine.omo_label(table, row);
    return !restricted || (label >= LabelBit.Exposed && !missing(label).length);
  };
  const collect = <T>(table: Table, value: (row: number) => T): Record<string, T> => {
    const all: [string, T][] = [];
    for (let row = 0; row < engine.omo_count(table); row++)
      if (isTold(table, row)) all.push([engine._name(table, row), value(row)]);
    return Object.fromEntries(all);
  };
  const values = (table: Table) => collect(table, (row) => engine._value(table, row));
  const creative = (variant: number) => engine._creative(variant, pageLanguage());
  const decision = (slot: number): Decision | null => {
    const variant = engine.omo_decision(slot);
    return variant < 0
      ? null
      : {
          campaign: engine._name(Table.Campaign, engine.omo_campaign_of(variant)),
          variant: engine._name(Table.Variant, variant),
          creative: creative(variant),
        };
  };
  const segments = () => collect(Table.Segment, (row) => engine.omo_truth(row) == Truth.On);
  const scores = () =>
    collect(Table.Score, (row) => {
      const score = engine.omo_score(row);
      // An export cannot answer null: what is unknown or an error is NaN.
      return score == score ? score : null;
    });
  const decisions = () => collect(Table.Slot, decision);
  let toldSegments: ReturnType<typeof segments> = {};
  let toldDecisions: ReturnType<typeof decisions> = {};
  return {
    /** What has changed since this was asked last. */
    _changedSegments: () => changes(toldSegments, (toldSegments = segments())),
    _changedDecisions: () => changes(toldDecisions, (toldDecisions = decisions())),
    _segments: segments,
    _scores: scores,
    _decisions: decisions,
    /** Texts of creatives by name of the variant; of equal names the last, so that notes are there (wasm/wire/program.md). */
    _creatives: () => collect(Table.Variant, creative),
    /** May this event be told of? */
    _tells: (event: string) => isTold(Table.Event, engine._find(Table.Event, event)),
    _explain: createExplain(engine, restricted, isTold, missing),
    _export: (): Export => ({
      consent: stateOf(engine._word(Word.Consent)),
      traits: values(Table.Trait),
      signals: values(Table.Signal),
      segments: segments(),
      decisions: decisions(),
      queue: engine._word(Word.QueueEvents),
    }),
  };
};
