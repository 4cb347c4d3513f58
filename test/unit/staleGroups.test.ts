import assert from "node:assert/strict";
import type { Finding, RepairClass, RepairKind } from "../../src/model/finding.ts";
import { parseAge } from "../../src/ui/ageInput.ts";
import { isOutcome } from "../../src/ui/outcome.ts";
import { likelyFirst, staleGroups } from "../../src/ui/staleGroups.ts";

function finding(id: string, repairClass: RepairClass, status: string, kind: RepairKind = "finalize"): Finding {
  const base = { id, code: "X", severity: "error", store: "s", message: "", evidence: [] } as const;
  return { ...base, repair: { kind, class: repairClass, set: { status }, why: "" } };
}

describe("The review of stale sessions", () => {
  it("has the proven ones apart, and asks once for each likely outcome", () => {
    const found = [
      finding("a", "ask", "done"),
      finding("b", "proven", "done"),
      finding("c", "ask", "failed"),
      finding("d", "proven", "timeout"),
      finding("e", "ask", "killed"),
      finding("f", "ask", "failed"),
      finding("g", "ask", "done", "correct"),
      finding("h", "never", "done", "none"),
    ];
    const { proven, asked } = staleGroups(found);
    assert.deepEqual(
      proven.map(({ id }) => id),
      ["b", "d"],
    );
    assert.deepEqual(
      asked.map(({ likely, findings }) => [likely, findings.map(({ id }) => id)]),
      [
        ["failed", ["c", "f"]],
        ["killed", ["e"]],
        ["done", ["a"]],
      ],
    );
  });

  it("asks about rows of agentctl and of claude-mem in the words of those programs", () => {
    const ofAgentctl = finding("a", "ask", "stopped");
    const cut = finding("m", "ask", "failed");
    const ofClaudeMem = { ...cut, repair: { ...cut.repair, set: { status: "failed", completed_at: "2026" } } };
    assert.deepEqual(
      staleGroups([ofClaudeMem, ofAgentctl, finding("c", "ask", "failed")]).asked.map(({ answers, findings }) => [
        answers,
        findings.map(({ id }) => id),
      ]),
      [
        [["failed", "killed", "timeout", "done"], ["c"]],
        [["stopped"], ["a"]],
        [["completed", "failed"], ["m"]],
      ],
    );
  });

  it("offers every outcome, the likely one first, and no other", () => {
    assert.deepEqual(likelyFirst("timeout"), ["timeout", "failed", "killed", "done"]);
    assert.deepEqual(["done", "running", undefined, "toString"].map(isOutcome), [true, false, false, false]);
  });
});

describe("An age that a person writes", () => {
  const dayMs = 86_400_000;
  const ages: [string, number | undefined][] = [
    ["30d", 30 * dayMs],
    [" 4W ", 28 * dayMs],
    ["48h", 2 * dayMs],
    ["7", 7 * dayMs],
    ["23h", undefined],
    ["0d", undefined],
    ["-3d", undefined],
    ["1.5d", undefined],
    ["30 months", undefined],
    ["", undefined],
    ["999999w", undefined],
  ];
  for (const [text, expected] of ages) {
    it(`is ${expected === undefined ? "refused" : `${expected / dayMs} days`}: ${JSON.stringify(text)}`, () => {
      assert.equal(parseAge(text), expected);
    });
  }
});
