import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../../src/inspect/openclawJson/config.ts";
import { listSessionsDir } from "../../src/inspect/openclawJson/storeFiles.ts";
import { combineVersions, eraOf, versionOf } from "../../src/inspect/openclawJson/version.ts";
import { compareVersions } from "../../src/judge/versions.ts";
import type { SessionRow } from "../../src/model/facts.ts";
import type { VersionRange } from "../../src/model/store.ts";
import { temporaryDirectory } from "../temporary.ts";

interface Traces {
  readonly touched?: unknown;
  readonly names?: readonly string[];
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly maxHold?: boolean;
}

/** `from..to era`. */
function owner({ touched, names = [], fields = {}, maxHold = false }: Traces): string {
  const stateDir = temporaryDirectory();
  const sessions = join(stateDir, "agents", "main", "sessions");
  mkdirSync(sessions, { recursive: true });
  if (touched !== undefined) {
    writeFileSync(join(stateDir, "openclaw.json"), JSON.stringify({ meta: { lastTouchedVersion: touched } }));
  }
  for (const name of names) writeFileSync(join(sessions, name), "");
  const row: SessionRow = { key: "k", range: { start: 0, end: 0 }, shape: "object", fields };
  const version = versionOf({
    config: readConfig(stateDir),
    directory: listSessionsDir(join(sessions, "sessions.json")),
    rows: [row],
    maxHoldInLock: maxHold,
  });
  assert.notEqual(version.source, "");
  return `${version.from ?? ""}..${version.to ?? ""} ${eraOf(version) ?? "any"}`;
}

describe("version of a store", () => {
  for (const [what, traces, expected] of [
    ["the configuration says so", { touched: "2026.5.18" }, "2026.5.18..2026.5.18 J2"],
    ["the configuration says one of the first era", { touched: "2026.4.2" }, "2026.4.2..2026.4.2 J1"],
    ["the configuration says the last with JSON", { touched: "2026.7.35" }, "2026.7.35..2026.7.35 J2"],
    // A store beside the SQLite one, or not yet imported: that version did not write it.
    ["the configuration says one with SQLite", { touched: "2026.9.6" }, "..2026.7.35 any"],
    ["the configuration says nonsense", { touched: "latest" }, "..2026.7.35 any"],
    ["the configuration says a number", { touched: 2026.5 }, "..2026.7.35 any"],
    ["rows have run fences", { fields: { restartRecoveryRuns: [] } }, "2026.6.1..2026.7.35 J2"],
    ["a lock names its longest hold", { maxHold: true }, "2026.5.19..2026.7.35 J2"],
    ["rows have lastInteractionAt", { fields: { lastInteractionAt: 1 } }, "2026.5.2..2026.7.35 J2"],
    ["the store is locked", { names: ["sessions.json.lock"] }, "..2026.4.29 J1"],
    ["there are trajectories", { names: ["a.jsonl", "a.trajectory.jsonl"] }, "2026.4.22..2026.7.35 any"],
    ["there are transcripts alone", { names: ["a.jsonl"] }, "..2026.4.21 J1"],
    ["there is nothing", {}, "..2026.7.35 any"],
    [
      "a leftover store lock stands against newer rows",
      { names: ["sessions.json.lock"], fields: { lastInteractionAt: 1 } },
      "2026.5.2..2026.7.35 J2",
    ],
  ] as const) {
    it(`where ${what}: ${expected}`, () => assert.equal(owner(traces), expected));
  }

  it("is combined over the stores of one installation, and nothing where they contradict each other", () => {
    const range = (from: string | undefined, to: string | undefined, source: string): VersionRange => ({
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      source,
    });
    const open = range(undefined, "2026.7.35", "nothing");
    assert.equal(combineVersions([]), undefined);
    assert.deepEqual(combineVersions([open]), open);
    const newer = range("2026.5.2", "2026.7.35", "rows");
    assert.deepEqual(combineVersions([open, newer]), newer);
    assert.deepEqual(combineVersions([newer, open]), newer);
    const older = range(undefined, "2026.4.29", "lock");
    assert.equal(combineVersions([older, newer]), undefined);
    const traced = combineVersions([range("2026.4.22", "2026.7.35", "traces"), range(undefined, "2026.4.29", "lock")]);
    assert.deepEqual([traced?.from, traced?.to], ["2026.4.22", "2026.4.29"]);
  });

  it("is compared by its three numbers", () => {
    const sorted = ["2026.4.2", "2026.4.22", "2026.5.1", "2026.5.18-beta.2", "2026.6.11", "2026.10.1", "2027.1.0"];
    for (const [i, a] of sorted.entries()) {
      for (const [j, b] of sorted.entries())
        assert.equal(Math.sign(compareVersions(a, b)), Math.sign(i - j), `${a} ${b}`);
    }
    assert.equal(compareVersions("2026.5.18", "2026.5.18-1"), 0);
  });
});
