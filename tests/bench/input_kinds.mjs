// SPDX-License-Identifier: Apache-2.0
// The kinds of input records, by their names in the vocabulary.
import { readFileSync } from 'node:fs';

const vocabulary = JSON.parse(readFileSync(new URL('../../wasm/wire/vocabulary.json', import.meta.url), 'utf8'));
export const InputKind = Object.fromEntries(
  Object.entries(vocabulary.input_kinds).map(([name, [code]]) => [name, code]),
);
