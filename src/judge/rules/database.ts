// What is said of a whole database (facts I 50 to 53).
import type { Evidence } from "../../model/evidence.ts";
import type { StoreFacts } from "../../model/facts.ts";
import { agentOf, type Draft, nothing, said } from "../draft.ts";
import type { Around } from "../neighbours.ts";
import { basenameOf } from "../paths.ts";
import { isInDatabase } from "../sessionCase.ts";
import { clock, counted, size } from "../words.ts";

const hugeWalBytes = 256 << 20;
const mostNamed = 3;

export function databaseRules(store: StoreFacts, around: Around): readonly Draft[] {
  if (!isInDatabase(store)) return [];
  return said(legacyBeside(store, around), schemaUnknown(store), orphans(store), hugeWal(store));
}

function legacyBeside(store: StoreFacts, { otherEra }: Around): Draft | undefined {
  const files = otherEra === undefined ? store.leftovers.transcripts : [];
  const first = otherEra?.path ?? files[0]?.path;
  if (first === undefined) return undefined;
  const what =
    otherEra === undefined
      ? counted(files.length, "transcript")
      : `${basenameOf(otherEra.path)} with ${counted(rowsOf(otherEra).size, "row")}`;
  return {
    code: "LEGACY-BESIDE-SQL",
    path: first,
    args: { agent: agentOf(store), what, how: otherEra === undefined ? leftOver : howItCame(store, otherEra) },
    evidence: otherEra === undefined ? files.slice(0, mostNamed).map(fileEvidence) : bothStores(store, otherEra),
    repair: nothing(
      "Nothing here is deleted: `openclaw doctor --session-sqlite inspect` says what it would take over, and `openclaw doctor --fix` does it.",
    ),
  };
}

const leftOver = "what is in it was never taken over";

/** Which of them is the newer, their rows tell: the files of a copy do not. */
function howItCame(store: StoreFacts, other: StoreFacts): string {
  const [own, older] = [rowsOf(store), rowsOf(other)];
  if (older.size === 0) return "it has no rows";
  if (own.size === 0) return "its rows were not taken over";
  const latest = (rows: ReadonlyMap<string, number>): number => Math.max(...rows.values());
  return latest(older) > latest(own)
    ? "an older version wrote it after the database, so it runs again, or did"
    : "it was left when its rows were taken over";
}

function bothStores(store: StoreFacts, other: StoreFacts): Evidence[] {
  const [own, older] = [rowsOf(store), rowsOf(other)];
  return [
    told(other, older, own, "OpenClaw up to 2026.7 reads and writes it"),
    told(store, own, older, "OpenClaw 2026.8 and later read and write it"),
  ];
}

function told(
  { path }: StoreFacts,
  rows: ReadonlyMap<string, number>,
  others: ReadonlyMap<string, number>,
  who: string,
): Evidence {
  const only = [...rows.keys()].filter((key) => !others.has(key)).sort();
  const named = only.slice(0, mostNamed).join(", ");
  const more = only.length > mostNamed ? ` and ${only.length - mostNamed} more` : "";
  const missing = only.length === 0 ? "nothing in it is missing in the other" : `only in it: ${named}${more}`;
  return { kind: "file", path, text: `${basenameOf(path)}, ${counted(rows.size, "row")}: ${who}; ${missing}.` };
}

/** The rows of a store with the times of their last change. */
function rowsOf({ content }: StoreFacts): ReadonlyMap<string, number> {
  if (content.state !== "read") return new Map();
  return new Map(
    content.sessions.map(({ row }) => [
      row.key,
      typeof row.fields["updatedAt"] === "number" ? row.fields["updatedAt"] : 0,
    ]),
  );
}

function fileEvidence({ path, sizeBytes, mtimeMs }: { path: string; sizeBytes: number; mtimeMs: number }): Evidence {
  return { kind: "file", path, at: mtimeMs, text: `${basenameOf(path)}, ${size(sizeBytes)}, from ${clock(mtimeMs)}` };
}

function schemaUnknown(store: StoreFacts): Draft | undefined {
  const reason = store.database?.unknown;
  if (reason === undefined) return undefined;
  return {
    code: "SCHEMA-UNKNOWN",
    path: store.path,
    args: { agent: agentOf(store), reason },
    evidence: [{ kind: "file", path: store.path, text: `The database: ${reason}.` }],
    repair: nothing("What is not known is shown as far as it can be read, and is never written."),
  };
}

function orphans(store: StoreFacts): Draft | undefined {
  const lines = store.database?.orphans ?? [];
  const [first] = lines;
  if (first === undefined) return undefined;
  return {
    code: "SQL-ORPHAN",
    path: store.path,
    args: { agent: agentOf(store), first },
    evidence: lines.map((text): Evidence => ({ kind: "file", path: store.path, text })),
    repair: nothing("`openclaw doctor` looks after it: nothing here tells what is missing."),
  };
}

function hugeWal(store: StoreFacts): Draft | undefined {
  const walBytes = store.database?.walBytes ?? 0;
  if (walBytes <= hugeWalBytes) return undefined;
  return {
    code: "WAL-HUGE",
    path: `${store.path}-wal`,
    args: { agent: agentOf(store), size: size(walBytes) },
    evidence: [{ kind: "file", path: `${store.path}-wal`, text: `The log of the database: ${size(walBytes)}.` }],
    repair: nothing("`openclaw doctor --session-sqlite compact` folds it in, with the gateway stopped."),
  };
}
