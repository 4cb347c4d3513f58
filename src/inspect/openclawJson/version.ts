// Which versions of OpenClaw may own a store, from what they left (facts P). Where it stays open, the range stays open.
import { compareVersions } from "../../judge/versions.ts";
import type { SessionRow } from "../../model/facts.ts";
import type { Era, VersionRange } from "../../model/store.ts";
import type { OpenclawConfig } from "./config.ts";
import type { SessionsDir } from "./storeFiles.ts";

export interface StoreTraces {
  readonly config: OpenclawConfig;
  readonly directory: SessionsDir;
  readonly rows: readonly SessionRow[];
  /** Some lock names a longest hold (facts D1: written from 2026.5.19 on). */
  readonly maxHoldInLock: boolean;
}

/** Versions that mark the ends of ranges, each with the fact that it rests on. */
const firstWithTrajectory = "2026.4.22";
const lastWithStoreLock = "2026.4.29";
const firstWithoutStoreLock = "2026.5.2";
const lastWithJson = "2026.7.35";

export function versionOf({ config, directory, rows, maxHoldInLock }: StoreTraces): VersionRange {
  const touched = config.lastTouchedVersion;
  if (touched !== undefined && isVersion(touched) && compareVersions(touched, lastWithJson) <= 0) {
    return { from: touched, to: touched, source: "openclaw.json says which version touched it last" };
  }
  const traces: [boolean, { from?: string; to?: string }, string][] = [
    [rows.some(hasRunFences), { from: "2026.6.1" }, "rows have run fences"],
    [maxHoldInLock, { from: "2026.5.19" }, "a lock names its longest hold"],
    [
      rows.some((row) => "lastInteractionAt" in row.fields),
      { from: firstWithoutStoreLock },
      "rows have lastInteractionAt",
    ],
    [directory.names.has("sessions.json.lock"), { to: lastWithStoreLock }, "sessions.json.lock is there"],
    [directory.sidecars.length > 0, { from: firstWithTrajectory }, "there are trajectories"],
    [hasTranscriptsWithoutTrajectory(directory), { to: "2026.4.21" }, "transcripts have no trajectory beside them"],
  ];
  for (const [seen, range, source] of traces) if (seen) return { to: lastWithJson, ...range, source };
  return { to: lastWithJson, source: "nothing tells the version" };
}

/** What several stores of one installation tell together; undefined where they contradict each other or there are none. */
export function combineVersions(ranges: readonly VersionRange[]): VersionRange | undefined {
  let combined: VersionRange | undefined;
  for (const range of ranges) combined = combined === undefined ? range : narrower(combined, range);
  if (combined?.from === undefined || combined.to === undefined) return combined;
  return compareVersions(combined.from, combined.to) <= 0 ? combined : undefined;
}

function narrower(a: VersionRange, b: VersionRange): VersionRange {
  const laterFrom = b.from !== undefined && (a.from === undefined || compareVersions(b.from, a.from) > 0);
  const earlierTo = b.to !== undefined && (a.to === undefined || compareVersions(b.to, a.to) < 0);
  if (!laterFrom && !earlierTo) return a;
  const source =
    a.from === undefined && a.to === b.to ? b.source : laterFrom && earlierTo ? b.source : `${a.source}; ${b.source}`;
  return { ...a, ...(laterFrom && { from: b.from }), ...(earlierTo && { to: b.to }), source } as VersionRange;
}

/** J1 takes `sessions.json.lock`, J2 takes none (facts 0.1); undefined where the range spans both. */
export function eraOf(version: VersionRange): Era | undefined {
  if (version.to !== undefined && compareVersions(version.to, lastWithStoreLock) <= 0) return "J1";
  if (version.from !== undefined && compareVersions(version.from, firstWithoutStoreLock) >= 0) return "J2";
  return undefined;
}

function hasRunFences(row: SessionRow): boolean {
  return "restartRecoveryRuns" in row.fields;
}

/** Trajectories are written by default from 2026.4.22 on, and genuine transcripts of those versions all have one. */
function hasTranscriptsWithoutTrajectory({ ids, others }: SessionsDir): boolean {
  return ids.size > 0 || others.some((name) => name.endsWith(".jsonl"));
}

/** `2026.5.18`, `2026.1.0-beta.3`: to the last character, since it is shown wherever the store is. */
function isVersion(text: string): boolean {
  return /^\d{4}\.\d{1,4}\.\d{1,4}(-[\w.-]{1,40})?$/.test(text);
}
