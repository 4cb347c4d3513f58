import assert from "node:assert/strict";
import type { Finding } from "../../src/model/finding.ts";
import type { Lock } from "../../src/model/lock.ts";
import type { ScanUpdate } from "../../src/model/messages.ts";
import type { StateDir } from "../../src/model/scan.ts";
import type { Session } from "../../src/model/session.ts";
import type { Store } from "../../src/model/store.ts";
import { emptyReason } from "../../src/ui/emptyReason.ts";
import { noFilter, type SessionFilter } from "../../src/ui/sessionFilter.ts";
import { type ModelChange, SessionModel } from "../../src/ui/sessionModel.ts";
import { storeShapes } from "../../src/ui/treeShape.ts";

const now = Date.UTC(2026, 10, 21);
const hourMs = 3_600_000;
const writer = { state: "stopped", why: "nobody", evidence: [] } as const;
const everything: SessionFilter = { ...noFilter, systemSessions: true };

const store: Store = {
  id: "s",
  kind: "openclaw-json",
  path: "/h/.openclaw/agents/main/sessions/sessions.json",
  stateDir: "/h/.openclaw",
  agent: "main",
  writer,
  permission: { answer: "no", why: "" },
  sessions: 1,
  sizeBytes: 1,
};

function session(key: string, changes: Partial<Session> = {}): Session {
  return {
    store: "s",
    key,
    kind: "other",
    claimed: "done",
    verdict: "finished",
    why: "",
    proof: [],
    updatedAt: now - hourMs,
    findings: [],
    ...changes,
  };
}

function finding(about: Partial<Finding>): Finding {
  const repair = { kind: "none", class: "never", why: "" } as const;
  return {
    id: `${about.code}${about.session ?? ""}`,
    code: "X",
    severity: "error",
    store: "s",
    message: "",
    evidence: [],
    repair,
    ...about,
  };
}

function lock(path: string, key?: string): Lock {
  const owner = { owner: "dead", why: "", verdict: "stale", findings: [] } as const;
  return { store: "s", path, kind: "transcript", ...owner, ...(key !== undefined && { session: key }) };
}

function update(changes: Partial<ScanUpdate> = {}): ScanUpdate {
  const stateDirs = [{ path: "/h/.openclaw", origin: "home", stores: 1, writer }];
  const found = { stateDirs, stores: [store], locks: [], findings: [] };
  const order = (changes.findings ?? []).map(({ id }) => id);
  return { now, settled: true, ...found, changed: [], removed: [], order, ...changes };
}

function modelOf(first: ScanUpdate): { model: SessionModel; changesBy: (next: ScanUpdate) => ModelChange } {
  const model = new SessionModel();
  model.apply(first, true);
  const changesBy = (next: ScanUpdate): ModelChange => {
    let seen: ModelChange | undefined;
    const subscription = model.onDidChange((change) => {
      seen = change;
    });
    model.apply(next);
    subscription.dispose();
    assert.ok(seen);
    return seen;
  };
  return { model, changesBy };
}

function groups(model: SessionModel, filter: SessionFilter = everything): Record<string, readonly string[]> {
  const shape = storeShapes(model, filter, new Set(["s"])).get("s");
  return Object.fromEntries(
    [...(shape?.groups ?? [])].map(([name, ids]) => [name, ids.map((id) => id.replace(/^s\n/, ""))]),
  );
}

describe("What the surfaces know of the sessions", () => {
  it("names as changed a session whose finding or lock changed, though its row did not", () => {
    const { changesBy } = modelOf(update({ changed: [session("a"), session("b")] }));
    const locked = changesBy(update({ locks: [lock("/l", "a")] }));
    assert.deepEqual(locked, { sessions: new Set(["s\na"]), stores: new Set(["s"]), places: false });
    const found = changesBy(update({ locks: [lock("/l", "a")], findings: [finding({ session: "b" })] }));
    assert.deepEqual(found.sessions, new Set(["s\nb"]));
    const gone = changesBy(update());
    assert.deepEqual(gone.sessions, new Set(["s\na", "s\nb"]));
  });

  it("takes no notice of what changes with every write of the writer", () => {
    const { changesBy } = modelOf(update());
    assert.equal(changesBy(update({ stores: [{ ...store, sizeBytes: 2 }] })).places, false);
    assert.equal(changesBy(update({ stores: [{ ...store, writer: { ...writer, state: "running" } }] })).places, false);
    const [dir] = update().stateDirs;
    assert.ok(dir);
    const running = { ...dir, writer: { ...writer, state: "running" } as const };
    assert.equal(changesBy(update({ stateDirs: [running] })).places, true);
  });

  it("forgets what a new worker does not name", () => {
    const { model } = modelOf(update({ changed: [session("a"), session("b")] }));
    model.apply(update({ changed: [session("b")] }), true);
    assert.deepEqual([...model.sessions.keys()], ["s\nb"]);
    assert.equal(model.session({ store: "s", key: "a" }), undefined);
  });

  it("counts what is active, what claims to be, and what cannot be known", () => {
    const { model } = modelOf(
      update({
        changed: [
          session("runs", { claimed: "running", verdict: "active" }),
          session("yielded", { claimed: "done", verdict: "waiting" }),
          session("dead", { claimed: "running", verdict: "interrupted" }),
          session("doubtful", { claimed: "running", verdict: "unknown" }),
          session("bare", { claimed: null, verdict: "unknown" }),
        ],
        findings: [
          finding({ session: "dead" }),
          finding({ session: "bare", severity: "info", code: "I" }),
          finding({ code: "S" }),
        ],
      }),
    );
    assert.deepEqual(model.counts(), {
      active: 2,
      claimed: 3,
      claimedAndActive: 1,
      unknown: 1,
      contradictions: 1,
      shutStores: 0,
      needAttention: 1,
    });
  });

  it("counts nothing that was captured, and reads it by its own clock", () => {
    const model = new SessionModel();
    const captured = { path: "/c", at: now - 48 * hourMs };
    const copy = { ...store, id: "c", path: "/c/sessions.json", stateDir: "/c/.openclaw", captured: "/c" };
    const stateDirs = [...update().stateDirs, { path: "/c/.openclaw", origin: "named", stores: 1, writer, captured }];
    const there = session("k", {
      store: "c",
      claimed: "running",
      verdict: "active",
      updatedAt: captured.at,
    });
    const lies = [finding({ code: "LIES", store: "c", session: "k" })];
    model.apply(update({ stateDirs, stores: [store, copy], changed: [session("a"), there], findings: lies }));
    const { active, claimed, contradictions, needAttention } = model.counts();
    assert.deepEqual([active, claimed, contradictions, needAttention], [0, 0, 0, 0]);
    assert.deepEqual([model.clockOf("s"), model.clockOf("c")], [now, captured.at]);
    model.apply(
      update({
        stateDirs,
        stores: [copy],
        changed: [{ ...there, verdict: "finished", claimed: "done" }],
        findings: [],
      }),
    );
    assert.deepEqual(
      [
        ...(storeShapes(model, everything, new Set(["c"]))
          .get("c")
          ?.groups.keys() ?? []),
      ],
      ["recent"],
    );
  });

  it("speaks only of files that it was told of", () => {
    const { model } = modelOf(update({ changed: [session("a", { transcript: "/t.jsonl" })], locks: [lock("/l")] }));
    assert.deepEqual(
      ["/t.jsonl", "/l", store.path, "/etc/passwd", ""].map((path) => model.mentions(path)),
      [true, true, true, false, false],
    );
  });
});

describe("The groups of a store", () => {
  const sessions = [
    session("old", { updatedAt: now - 25 * hourMs }),
    session("recent"),
    session("latest", { lastSeenAt: now }),
    session("doubtful", { claimed: "running", verdict: "unknown" }),
    session("active", { claimed: "running", verdict: "active" }),
    session("suspect"),
    session("liar", { updatedAt: now - 99 * hourMs }),
    session("locked"),
    session("noted"),
    session("nightly", { kind: "cron" }),
  ];
  const { model } = modelOf(
    update({
      changed: sessions,
      locks: [lock("/l", "locked"), lock("/loose")],
      findings: [
        finding({ session: "suspect", severity: "warning", code: "W" }),
        finding({ session: "liar" }),
        finding({ lock: "/l", severity: "warning", code: "L" }),
        finding({ session: "noted", severity: "info", code: "I" }),
      ],
    }),
  );

  it("hold each session once, the most urgent first", () => {
    assert.deepEqual(groups(model), {
      attention: ["liar", "locked", "suspect"],
      active: ["active", "doubtful"],
      recent: ["latest", "nightly", "noted", "recent"],
      older: ["old"],
      locks: ["/loose"],
    });
  });

  it("leave out cron and heartbeat sessions unless they matter or are asked for", () => {
    const shape = storeShapes(model, { ...noFilter, systemSessions: false }, new Set(["s"])).get("s");
    assert.equal(shape?.hidden, 1);
    assert.ok(!shape.groups.get("recent")?.includes("s nightly"));
    const { model: sick } = modelOf(
      update({ changed: [session("nightly", { kind: "cron" })], findings: [finding({ session: "nightly" })] }),
    );
    assert.deepEqual(groups(sick, { ...noFilter, systemSessions: false }), { attention: ["nightly"] });
  });

  it("obey the filter", () => {
    assert.deepEqual(groups(model, { ...everything, text: "LAT" }), { recent: ["latest"], locks: ["/loose"] });
    assert.deepEqual(groups(model, { ...everything, verdicts: ["unknown"] }), {
      active: ["doubtful"],
      locks: ["/loose"],
    });
  });
});

describe("The reason why the tree is empty", () => {
  const reasonAfter = (changes: Partial<ScanUpdate>): string | undefined => emptyReason(modelOf(update(changes)).model);

  it("is told apart", () => {
    assert.equal(emptyReason(new SessionModel()), "scanning");
    assert.equal(reasonAfter({ stateDirs: [], stores: [] }), "none");
    assert.equal(reasonAfter({}), "empty");
    assert.equal(reasonAfter({ changed: [session("a")] }), undefined);
    const shut = {
      stores: [{ ...store, problem: "STORE-UNREADABLE" }],
      findings: [finding({ code: "STORE-UNREADABLE" })],
    };
    assert.equal(reasonAfter(shut), "unreadable");
    const broken = {
      stores: [{ ...store, problem: "STORE-UNPARSABLE" }],
      findings: [finding({ code: "STORE-UNPARSABLE" })],
    };
    const captured = { ...update().stateDirs[0], problem: "it does not exist", captured: { path: "/h", at: now } };
    assert.equal(reasonAfter({ stateDirs: [captured as StateDir], stores: [] }), undefined, "it can be closed");
    assert.equal(reasonAfter(broken), undefined, "a broken store is shown with what is wrong");
  });
});
