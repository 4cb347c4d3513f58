// Stores as facts, of any shape that inspection can give: what the judge must stand, whatever was on disk.
import fc from "fast-check";
import type { Around } from "../src/judge/neighbours.ts";
import type {
  CronFacts,
  LifecycleEvent,
  LockFacts,
  MessageFacts,
  SessionFacts,
  StoreFacts,
  SubagentFacts,
  TrajectoryFacts,
  TranscriptFacts,
  WriterReport,
} from "../src/model/facts.ts";
import type { Era, VersionRange, WriterState } from "../src/model/store.ts";
import { minute, now } from "./homeBuilder.ts";

const directory = "/home/claw/.openclaw/agents/main/sessions";
const hour = 60 * minute;

/** Mostly of the last hours; now and then months old, in seconds, or of a clock that ran ahead. */
const time = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 3 * hour }).map((age) => now - age) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 60_000 }).map((age) => now - age) },
  { weight: 1, arbitrary: fc.constantFrom(now - 60 * 24 * hour, Math.floor(now / 1000), now + 3 * 24 * hour, 0) },
);
const anything = fc.oneof(fc.constantFrom(null, "x", -1, [], {}), fc.boolean());

/** Few, so that rows share them. */
const ids = ["aaaa", "bbbb", "cccc", "dddd"];
const keys = [
  ...["agent:main:main", "agent:main:s1", "agent:main:S1", "main", "agent:work:main", "global"],
  ...["agent:main:subagent:a", "agent:main:subagent:b", "agent:main:acp:x", "agent:main:main:heartbeat"],
  ...["agent:main:cron:j", "agent:main:cron:j:run:1", "agent:main:cron:j:run:2", "agent:main:slack:channel:c:thread:1"],
];

function optional<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

/** Without the members that are undefined: facts leave out what is not there. */
function present<T extends object>(record: fc.Arbitrary<{ [K in keyof T]: T[K] | undefined }>): fc.Arbitrary<T> {
  return record.map((made) => Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)) as T);
}

const status = fc.oneof(
  { weight: 6, arbitrary: fc.constant("running") },
  { weight: 6, arbitrary: fc.constantFrom("done", "failed", "killed", "timeout") },
  { weight: 1, arbitrary: fc.constantFrom(null, "stalled", 7) },
);

const fields = present<Record<string, unknown>>(
  fc.record({
    sessionId: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...ids) },
      { weight: 1, arbitrary: fc.constantFrom("../x", 7) },
    ),
    sessionFile: optional(fc.constantFrom("aaaa.jsonl", "/var/x.jsonl")),
    status: optional(status),
    startedAt: optional(time),
    endedAt: optional(fc.oneof({ weight: 9, arbitrary: time }, { weight: 1, arbitrary: anything })),
    updatedAt: fc.oneof({ weight: 9, arbitrary: time }, { weight: 1, arbitrary: anything }),
    runtimeMs: optional(fc.constantFrom<unknown>(0, -1, "1 s", 60_000)),
    abortedLastRun: optional(fc.boolean()),
    outputTokens: optional(fc.constantFrom(0, 12)),
    spawnDepth: optional(fc.constantFrom(0, 1)),
    spawnedBy: optional(fc.constantFrom(...keys, "agent:main:gone")),
    subagentRecovery: optional(fc.constantFrom<unknown>({ wedgedAt: now - hour }, { automaticAttempts: 1 })),
    acp: optional(fc.record({ state: fc.constantFrom("idle", "running", "error"), lastActivityAt: time })),
    quotaSuspension: optional(fc.record({ state: fc.constant("suspended"), expectedResumeBy: time })),
    pendingFinalDelivery: optional(fc.boolean()),
    chatType: optional(fc.constantFrom("direct", "group")),
  }),
);

const message = present<MessageFacts>(
  fc.record({
    role: fc.constantFrom("user", "assistant", "assistant", "toolResult"),
    offset: fc.nat(9999),
    abort: fc.boolean().map((value) => value && true),
    at: optional(time),
    stopReason: optional(fc.constantFrom("stop", "length", "toolUse", "error", "aborted")),
  }),
);

const tail = fc
  .record({
    decided: fc.boolean(),
    torn: fc.boolean(),
    last: optional(message),
    lastAt: optional(time),
    header: optional(fc.constantFrom({ type: "session", id: "aaaa", version: 3 }, {}, { type: "message" })),
  })
  .map(({ last, lastAt, header, ...rest }) => ({
    ...rest,
    ...(last !== undefined && { lastMessage: last }),
    ...(last?.role === "user" && { lastUserMessage: last }),
    ...(lastAt !== undefined && { lastAt }),
    ...(header !== undefined && { header }),
  }));

function transcriptOf(sessionId: unknown): fc.Arbitrary<TranscriptFacts> {
  if (typeof sessionId !== "string" || sessionId.includes("/")) return fc.constant({ state: "none", archives: [] });
  const path = `${directory}/${sessionId}.jsonl`;
  const archive = fc.record({
    path: fc.constant(`${path}.deleted.2026-11-20T10-00-00.000Z`),
    sizeBytes: fc.constant(100),
    mtimeMs: time,
    reason: fc.constantFrom("deleted" as const, "reset" as const),
  });
  const file = { path, archives: [], sizeBytes: 1000 };
  return fc.oneof(
    fc.record({ mtimeMs: time, tail }).map((read): TranscriptFacts => ({ ...file, ...read, state: "read" })),
    time.map((mtimeMs): TranscriptFacts => ({ ...file, mtimeMs, state: "unread" })),
    fc.array(archive, { maxLength: 1 }).map((archives): TranscriptFacts => ({ state: "absent", path, archives })),
  );
}

const event = present<LifecycleEvent>(
  fc.record({
    type: fc.constantFrom("session.started" as const, "prompt.submitted" as const, "session.ended" as const),
    offset: fc.nat(9999),
    aborted: fc.boolean(),
    externalAbort: fc.constantFrom(false, false, true),
    timedOut: fc.constantFrom(false, false, true),
    idleTimedOut: fc.constant(false),
    at: optional(time),
    status: optional(fc.constantFrom("success", "error", "cleanup", "interrupted")),
    runId: fc.constant("r1"),
    sessionKey: fc.constant(undefined),
  }),
);

const trajectory = present<TrajectoryFacts>(
  fc.record({
    path: fc.constant(`${directory}/x.trajectory.jsonl`),
    sizeBytes: fc.constantFrom(500, 11 << 20),
    mtimeMs: time,
    decided: fc.constantFrom(true, true, false),
    truncated: fc.constantFrom(false, false, true),
    last: optional(event),
    lastAt: optional(time),
  }),
);

const subagent = present<SubagentFacts>(
  fc.record({
    path: fc.constant("/home/claw/.openclaw/subagents/runs.json"),
    runId: fc.constant("r1"),
    status: fc.constantFrom("running", "done", "failed", "killed", "timeout" as const),
    startedAt: optional(time),
    sessionStartedAt: fc.constant(undefined),
    endedAt: optional(time),
    runtimeMs: optional(fc.nat(hour)),
  }),
);

const cron = present<CronFacts>(
  fc.record({
    path: fc.constant("/home/claw/.openclaw/cron/runs/j.jsonl"),
    jobId: fc.constant("j"),
    offset: fc.nat(99),
    runAt: optional(time),
    endedAt: time,
    status: fc.constantFrom("ok", "error", "skipped", ""),
  }),
);

const owners = fc.constantFrom(
  "alive" as const,
  "dead" as const,
  "recycled" as const,
  "foreign" as const,
  "unknown" as const,
);

function lockOn(transcript: string): fc.Arbitrary<LockFacts> {
  return fc
    .record({ owner: owners, at: time, mtimeMs: time, isEmpty: fc.constantFrom(false, false, true) })
    .map(({ owner, at, mtimeMs, isEmpty }) => ({
      path: `${directory}/${transcript}.lock`,
      kind: "transcript",
      transcript,
      mtimeMs,
      sizeBytes: isEmpty ? 0 : 80,
      identity: `1:${transcript}`,
      why: "as it was made",
      ...(isEmpty
        ? { payload: "empty" as const, owner: "unknown" as const }
        : { payload: "valid" as const, owner, pid: 4242, createdAt: at }),
    }));
}

const versions: readonly { version?: VersionRange; era?: Era }[] = [
  {},
  { version: { from: "2026.4.2", to: "2026.4.2", source: "x" }, era: "J1" },
  { version: { from: "2026.5.18", to: "2026.5.18", source: "x" }, era: "J2" },
  { version: { from: "2026.7.1", to: "2026.7.1", source: "x" }, era: "J2" },
];

const row = fc
  .record({
    key: fc.constantFrom(...keys),
    fields,
    shape: fc.constantFrom("object" as const, "object" as const, "null" as const),
  })
  .chain(({ key, shape, fields: made }) => {
    const held = shape === "object" ? made : {};
    return fc
      .record({
        transcript: transcriptOf(held["sessionId"]),
        trajectory: optional(trajectory),
        subagent: optional(subagent),
        cron: optional(cron),
      })
      .map((beside) => ({ key, shape, fields: held, ...beside }));
  });

export interface StoreSpec {
  /** Which states its writer may have; any where they are left out. */
  readonly writers?: readonly WriterState[];
  /** Whether its writer may count nothing active at all. */
  readonly mayCountNothing?: boolean;
}

/** Stores with rows under different keys, some sharing a session, with locks, registries and reports of their writer. */
export function storeFacts({ writers, mayCountNothing = true }: StoreSpec = {}): fc.Arbitrary<StoreFacts> {
  const said = ["running", "idle", "nothing"];
  return fc
    .record({
      rows: fc.uniqueArray(row, { selector: ({ key }) => key, minLength: 1, maxLength: 8 }),
      locks: fc.tuple(...ids.map((id) => fc.option(lockOn(`${id}.jsonl`), { nil: undefined, freq: 3 }))),
      writer: fc.constantFrom<WriterState>(...(writers ?? ["running", "draining", "stopped", "stopped", "unknown"])),
      version: fc.constantFrom(...versions),
      answers: fc.array(fc.constantFrom(...said), { minLength: keys.length, maxLength: keys.length }),
      isAsked: fc.boolean(),
      counts: fc.constantFrom<WriterReport["counts"]>(
        "some",
        "unknown",
        ...(mayCountNothing ? (["none"] as const) : []),
      ),
      runTimeoutMs: optional(fc.constantFrom(4 * hour, 72 * hour)),
    })
    .map(({ rows, locks, writer, version, answers, isAsked, counts, runTimeoutMs }): StoreFacts => {
      const held = locks.filter((lock) => lock !== undefined);
      const sessions = rows.map((made, i) => sessionOf(made, i, held));
      const saidOf = (answer: string): Set<string> => new Set(keys.filter((_, i) => answers[i] === answer));
      return {
        id: "openclaw-json:store",
        kind: "openclaw-json",
        path: `${directory}/sessions.json`,
        stateDir: "/home/claw/.openclaw",
        agent: "main",
        writer: { state: writer, why: `the gateway is ${writer}`, evidence: [] },
        content: { state: "read", sizeBytes: 4000, mtimeMs: now, fileVersion: "1", sessions },
        locks: held,
        place: { isOwn: true, hasOwnUid: true },
        leftovers: { transcripts: [], trajectories: [], checkpoints: [], temporaries: [], archives: [], copies: [] },
        ...version,
        ...(runTimeoutMs !== undefined && { runTimeoutMs }),
        ...(isAsked && { report: { at: now, running: saidOf("running"), idle: saidOf("idle"), counts } }),
      };
    });
}

type MadeRow = typeof row extends fc.Arbitrary<infer T> ? T : never;

function sessionOf(made: MadeRow, i: number, locks: readonly LockFacts[]): SessionFacts {
  const { key, shape, fields: held, transcript, ...beside } = made;
  const name = transcript.path?.split("/").at(-1);
  const { trajectory: run, subagent: registered, cron: logged } = beside;
  return {
    row: { key, shape, fields: held, range: { start: i * 100, end: i * 100 + 90 } },
    transcript,
    locks: locks.filter((lock) => lock.transcript === name),
    ...(run !== undefined && { trajectory: run }),
    ...(registered !== undefined && key.includes(":subagent:") && { subagent: registered }),
    ...(logged !== undefined && key.includes(":cron:") && { cron: logged }),
  };
}

/** What is around a store that knows no other. */
export function aroundOf(store: StoreFacts): Around {
  const sessions = store.content.state === "read" ? store.content.sessions : [];
  return {
    keys: new Set(sessions.map(({ row: { key } }) => key.toLowerCase())),
    otherStateDirs: [],
    sharesDirectory: false,
    namedByOthers: new Set(),
  };
}
