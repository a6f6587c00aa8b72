// SPDX-License-Identifier: Apache-2.0
// The numbers of the vocabulary by their names.
import { readFileSync } from 'node:fs';

const vocabulary = JSON.parse(readFileSync(new URL('../../wasm/wire/vocabulary.json', import.meta.url), 'utf8'));
export const InputKind = Object.fromEntries(
  Object.entries(vocabulary.input_kinds).map(([name, [code]]) => [name, code]),
);
export const { tables, purposes, value_tags: tags } = vocabulary;
