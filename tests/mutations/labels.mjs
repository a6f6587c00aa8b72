// SPDX-License-Identifier: Apache-2.0
// Every label check, and what must fail without it. `at` stands exactly once in the file; in it `find` (all of `at` unless
// stated) becomes `put` where the mutant is chosen. `tests` must each fail then. A check that is moved or rewritten fails the
// run until it is listed anew, and so does a new one that is not listed (script/mutate.mjs looks for `scanned`).
import { inCollector } from './collector.mjs';
import { inCompiler } from './compiler.mjs';
import { inEngine } from './engine.mjs';
import { outOfEngine } from './engine_out.mjs';
import { inShell } from './shell.mjs';

export const mutations = [...inEngine, ...outOfEngine, ...inCompiler, ...inCollector, ...inShell];
