import assert from "node:assert/strict";
import { compareRow } from "../../src/plan/proposedRow.ts";

describe("The stored row beside the row as the evidence proves it", () => {
  const row = { updatedAt: 1795249603229, status: "running", model: "some/model", startedAt: 1795249599649 };

  it("shows first what differs, line by line beside each other, in JSON with comments that is whole", () => {
    const compared = compareRow(row, { status: "done", endedAt: 1795249601362, startedAt: 1795249599649 });
    const same = [
      "",
      '  "model": "some/model",',
      '  "startedAt": 1795249599649, // 2026-11-21 08:26:39',
      '  "updatedAt": 1795249603229 // 2026-11-21 08:26:43',
      "}",
      "",
    ];
    assert.deepEqual(compared.stored.split("\n"), [
      "{",
      '  "status": "running",',
      '  // "endedAt" is not there',
      ...same,
    ]);
    assert.deepEqual(compared.proven.split("\n"), [
      "{",
      '  "status": "done",',
      '  "endedAt": 1795249601362, // 2026-11-21 08:26:41',
      ...same,
    ]);
    assert.equal(compared.differences, 2);
  });

  it("ends whole, too, where the last field is the one that goes", () => {
    const compared = compareRow({ status: "stalled" }, { status: null });
    assert.equal(compared.stored, '{\n  "status": "stalled"\n\n}\n');
    assert.equal(compared.proven, '{\n  // "status" is not there\n\n}\n');
  });
});
