import { equal } from "node:assert/strict";
import { samePlain } from "../../src/scan/samePlain.ts";

describe("Whether two pieces of plain data hold the same", () => {
  const same: readonly (readonly [unknown, unknown])[] = [
    [
      { a: 1, b: { c: ["x", null] } },
      { b: { c: ["x", null] }, a: 1 },
    ],
    [Number.NaN, Number.NaN],
    [[], []],
    [{}, Object.create(null)],
  ];
  const different: readonly (readonly [unknown, unknown])[] = [
    [{ a: 1 }, { a: 1, b: undefined }],
    [{ a: undefined }, { b: undefined }],
    [[1, 2], [1]],
    [[], {}],
    [null, {}],
    ["1", 1],
    // As a row may name its fields.
    [JSON.parse('{"__proto__":{},"a":1}'), { a: 1, b: 2 }],
    [{ toString: 1 }, {}],
  ];

  it("whatever the order of their fields", () => {
    for (const [a, b] of same) equal(samePlain(a, b) && samePlain(b, a), true, JSON.stringify([a, b]));
  });

  it("and only then", () => {
    for (const [a, b] of different) equal(samePlain(a, b) || samePlain(b, a), false, JSON.stringify([a, b]));
  });
});
