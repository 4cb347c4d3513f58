// What the tree offers beside a gateway that runs.
import { deepEqual, equal } from "node:assert/strict";
import type { Finding, Repair } from "../../src/model/finding.ts";
import type { Session } from "../../src/model/session.ts";
import type { Store } from "../../src/model/store.ts";
import { isOfOneRow, mayBeAborted, mayBeArchived, mayBeRecovered } from "../../src/ui/offered.ts";

const json = { kind: "openclaw-json", era: "J2", writer: { state: "running" } } as Store;
const database = { ...json, kind: "openclaw-sqlite", era: "S" } as Store;
const stopped = { ...database, writer: { state: "stopped" } } as Store;
const captured = { ...database, captured: "/elsewhere" } as Store;
const runs = { kind: "other", claimed: "running", verdict: "active" } as Session;
const doubtful = { ...runs, verdict: "unknown" } as Session;
const over = { ...runs, claimed: "done", verdict: "finished" } as Session;
const main = { ...over, kind: "main" } as Session;

describe("beside a gateway that runs", () => {
  it("an abort is offered for what runs or says so, and where its gateway can be asked", () => {
    deepEqual(
      [runs, doubtful, over].map((session) => mayBeAborted(session, json)),
      [true, true, false],
    );
    deepEqual(
      [database, stopped, captured, undefined].map((store) => mayBeAborted(runs, store)),
      [true, false, false, false],
    );
  });

  it("an archive is offered for what is over, where there is one, and not for the main session", () => {
    deepEqual(
      [over, main, runs, doubtful].map((session) => mayBeArchived(session, database)),
      [true, false, false, false],
    );
    deepEqual(
      [json, stopped, captured, undefined].map((store) => mayBeArchived(over, store)),
      [false, false, false, false],
    );
  });

  it("a recovery is offered for a turn that may have been cut short, where there is one", () => {
    deepEqual(
      [doubtful, runs, over].map((session) => mayBeRecovered(session, database)),
      [true, false, false],
    );
    deepEqual(
      [json, stopped, captured, undefined].map((store) => mayBeRecovered(doubtful, store)),
      [false, false, false, false],
    );
  });

  it("a repair is offered where it is fields of one row of a JSON store, and nothing besides", () => {
    const fields: Repair = { kind: "finalize", class: "ask", set: { status: "done" }, why: "" };
    const finding = (repair: Repair, session: string | undefined = "a"): Finding => ({ session, repair }) as Finding;
    equal(isOfOneRow(finding(fields), json), true);
    equal(isOfOneRow(finding(fields), database), false);
    equal(isOfOneRow(finding({ ...fields, class: "never" }), json), false);
    equal(isOfOneRow(finding({ ...fields, unlock: ["a.jsonl.lock"] }), json), false);
    equal(isOfOneRow(finding({ kind: "correct", class: "ask", mode: 0o600, why: "" }), json), false);
    equal(isOfOneRow(finding({ kind: "restore", class: "ask", from: "a.jsonl.deleted.1", why: "" }), json), false);
  });
});
