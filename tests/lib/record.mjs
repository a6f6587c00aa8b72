// SPDX-License-Identifier: Apache-2.0
// The consent record as docs/consent.md says it is written, apart from the client's own code.

/** The text of `omo.consent` with these members, in their order, and its check. */
export const sealed = (members) => {
  const points = Array.from(JSON.stringify({ ...members, check: 0 }), (character) => BigInt(character.codePointAt(0)));
  const check = points.reduce((sum, point) => BigInt.asIntN(32, sum * 31n + point), 0n);
  return JSON.stringify({ ...members, check: Number(check) });
};
