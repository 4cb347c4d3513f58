// What is printed as JSON is printed in pieces, and is what JSON.stringify says of the whole.
import assert from "node:assert/strict";
import { jsonPieces } from "../../src/cli/output.ts";

function printed(value: Readonly<Record<string, unknown>>): string {
  return [...jsonPieces(value)].join("");
}

function* each<T>(items: readonly T[]): Generator<T> {
  yield* items;
}

const nested = {
  path: '/a "b"\n',
  at: 1.5,
  none: null,
  no: undefined,
  list: [],
  object: {},
  deep: [{ a: [1, { b: "c" }] }],
};

describe("JSON in pieces", () => {
  for (const length of [0, 1, 2, 255, 256, 257, 1000]) {
    it(`is that of the whole, with a list of ${length}`, () => {
      const items = Array.from({ length }, (_, i) => ({ ...nested, i }));
      const value = { schema: 1, before: nested, items, words: ["a", "b"], after: undefined, last: "end" };
      assert.equal(printed({ ...value, items: each(items) }), `${JSON.stringify(value, null, 2)}\n`);
    });
  }

  it("is that of an empty object", () => {
    assert.equal(printed({}), "{}\n");
  });

  it("escapes what a terminal would obey or hide, and says the same", () => {
    const text = "\u007f \u009b2J \u202e \u2066 \u2028 \u{e0041} é 😀";
    const value = { text, items: [{ [text]: text }] };
    const shown = printed(value);
    assert.doesNotMatch(shown, /[\u007f-\u009f]|[\p{Cf}\p{Zl}\p{Zp}]/u);
    assert.deepEqual(JSON.parse(shown), value);
    assert.match(shown, /é 😀/);
  });
});
