import assert from "node:assert/strict";
import type { Evidence } from "../../src/model/evidence.ts";
import type { Finding, Repair } from "../../src/model/finding.ts";
import type { Lock } from "../../src/model/lock.ts";
import { repairTitle } from "../../src/ui/repairTitle.ts";
import { shortTime } from "../../src/ui/times.ts";

const l10n = {
  t: (message: string, ...args: (string | number)[]) => message.replace(/\{(\d)\}/g, (_, at) => String(args[at])),
};
const now = new Date(2026, 10, 21, 16, 0).getTime();
const today = new Date(2026, 10, 21, 14, 3, 9).getTime();
const earlier = new Date(2026, 10, 19, 6, 0).getTime();

function finding(repair: Omit<Repair, "why">, ...evidence: readonly Partial<Evidence>[]): Finding {
  const pieces = evidence.map((one): Evidence => ({ kind: "file", path: "/x", text: "", ...one }));
  const base = { id: "1", code: "X", severity: "error", store: "s", message: "", evidence: pieces } as const;
  return { ...base, repair: { ...repair, why: "" } };
}

function title(name: string, found: Finding, more: { status?: string; lock?: Partial<Lock> } = {}): string {
  return repairTitle(found, { l10n, locale: "en", now, name, lock: more.lock as Lock | undefined }, more.status);
}

const done = { status: "done", endedAt: today, runtimeMs: 5, abortedLastRun: false };

describe("The title of a repair", () => {
  it("says the outcome, its time and what proves it", () => {
    const found = finding({ kind: "finalize", class: "proven", set: done }, { kind: "row" }, { kind: "trajectory" });
    assert.equal(title("weekly-summary", found), "Mark weekly-summary as done at 14:03 (trajectory proves it)");
  });

  it("says that a person chooses, and what they chose", () => {
    const found = finding({ kind: "finalize", class: "ask", set: { ...done, status: "failed" } });
    assert.equal(title("code-review", found), "Mark code-review as failed… (you choose the outcome)");
    assert.equal(title("code-review", found, { status: "killed" }), "Mark code-review as killed at 14:03");
  });

  it("says that a lock goes with its row", () => {
    const proven = finding(
      { kind: "finalize", class: "proven", set: done, unlock: ["/a"] },
      { kind: "lock" },
      { kind: "cron" },
    );
    assert.equal(title("x", proven), "Mark x as done at 14:03 and remove its dead lock (cron log proves it)");
    const asked = finding({ kind: "finalize", class: "ask", set: { status: "killed" }, unlock: ["/a"] });
    assert.equal(title("x", asked), "Mark x as killed… and remove its dead lock (you choose the outcome)");
  });

  it("says why a lock is dead", () => {
    const unlock = finding({ kind: "unlock", class: "proven", unlock: ["/a"] });
    const of = (lock: Partial<Lock>): string => title("standup", unlock, { lock });
    assert.equal(of({ pid: 4242, owner: "dead" }), "Remove the dead lock of standup (pid 4242 is gone)");
    assert.equal(of({ pid: 1, owner: "foreign" }), "Remove the dead lock of standup (pid 1 is another program)");
    assert.equal(of({ pid: 7, owner: "recycled" }), "Remove the dead lock of standup (pid 7 is another process now)");
    assert.equal(of({ owner: "unknown" }), "Remove the lock of standup (it names no process)");
  });

  it("says what is restored, set and taken out", () => {
    const restore = finding({ kind: "restore", class: "ask", from: "/a" }, { kind: "archive", at: earlier });
    assert.equal(title("benchmarks", restore), "Restore the transcript of benchmarks from 19 Nov 06:00");
    const set = finding({ kind: "correct", class: "ask", set: { updatedAt: today } });
    assert.equal(title("import", set), "Set updatedAt of import to 14:03");
    const take = finding({ kind: "correct", class: "ask", set: { status: null } });
    assert.equal(title("import", take), "Take status out of import");
    const both = finding(
      { kind: "correct", class: "proven", set: { endedAt: earlier, runtimeMs: 1 } },
      { kind: "trajectory" },
    );
    assert.equal(title("a", both), "Set endedAt of a to 19 Nov 06:00, and runtimeMs (trajectory proves it)");
    assert.equal(title("old", finding({ kind: "prune", class: "proven" })), "Take out old");
  });

  it("says how many leftovers go and how large they are, and what becomes of a mode", () => {
    const left = { path: "/a", sizeBytes: 2048, mtimeMs: 0, stamp: "1", isMovable: true };
    const one = finding({ kind: "tidy", class: "ask", tidy: [left] });
    assert.equal(title("the store main", one), "Move 1 leftover of the store main to the quarantine (2 KB)");
    const two = finding({ kind: "tidy", class: "proven", tidy: [left, left] });
    assert.equal(title("the store main", two), "Move 2 leftovers of the store main to the quarantine (4 KB) (proven)");
    const open = finding({ kind: "correct", class: "ask", mode: 0o600 });
    assert.equal(title("the store main", open), "Close the store main to others (mode 0600)");
  });

  it("shows a name as text only", () => {
    const found = finding({ kind: "prune", class: "proven" });
    assert.equal(title("$(trash)\u202E x\n", found), "Take out $\u200B(trash)<U+202E> x␊");
  });

  it("leaves out the date of the same day", () => {
    assert.equal(shortTime(today, { locale: "en", now }), "14:03");
    assert.equal(shortTime(earlier, { locale: "de", now }), "19 Nov. 06:00");
  });

  it("says the day in English as every other program does, in every month", () => {
    const format = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" });
    for (let month = 0; month < 12; month++) {
      const at = new Date(2025, month, 3 * month + 1, 8, 5);
      const [name, day] = format.format(at).split(" ");
      assert.equal(shortTime(at.getTime(), { locale: "en", now }), `${day} ${name} 08:05`);
    }
  });
});
