// What a story about a living gateway needs: to look at it as we do, to see that looking changed nothing, and to wait.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Finding } from "../../src/model/finding.ts";
import type { Scan } from "../../src/model/scan.ts";
import type { Session } from "../../src/model/session.ts";
import { type ScanInput, scan } from "../../src/scan/scan.ts";
import type { Installation } from "./gateway.mjs";

const hour = 3_600_000;
/** How far the clock may be off, and how long a run may go on: what is said must hold for all of these. */
const clocks = [0, 45 * 60_000, 72 * hour, -24 * hour];

/** One scan of its state directory, and of nothing else. Its gateway is asked, unless `more` says otherwise. */
export function look(at: Pick<Installation, "stateDir">, more: Partial<ScanInput> = {}): Promise<Scan> {
  const asking = { answers: new Map(), isLookedAt: true };
  return scan({ where: { homes: [], stateDirs: [at.stateDir] }, env: {}, asking, ...more });
}

export function row(scanned: Scan, key: string): Session {
  const found = scanned.sessions.find((session) => session.key === key);
  assert.ok(found !== undefined, `no row ${key} in ${scanned.sessions.map((session) => session.key)}`);
  return found;
}

export function findingsOf(scanned: Scan, key: string): Finding[] {
  return scanned.findings.filter((finding) => finding.session === key);
}

/** A live run is active or unknown by every clock, and nothing is said of it that a person could act on. */
export async function assertLive(
  at: Pick<Installation, "stateDir">,
  keys: readonly string[],
  more: Partial<ScanInput> = {},
): Promise<void> {
  for (const ahead of clocks) {
    const scanned = await look(at, { ...more, now: Date.now() + ahead });
    for (const key of keys) {
      const { verdict, why, claimed } = row(scanned, key);
      assert.ok(["active", "unknown"].includes(verdict), `${key} (${claimed}), ${ahead} ms ahead: ${verdict}. ${why}`);
      for (const { code, severity, repair } of findingsOf(scanned, key)) {
        assert.notEqual(repair.class, "proven", `${key}, ${ahead} ms ahead: ${code} is proven`);
        assert.notEqual(severity, "error", `${key}, ${ahead} ms ahead: ${code} is an error`);
      }
    }
    for (const { path, verdict } of scanned.locks) assert.notEqual(verdict, "stale", `${path}, ${ahead} ms ahead`);
  }
}

/** Repeats a check every `everyMs` for `forMs`. */
export async function keeping(forMs: number, everyMs: number, check: () => Promise<void>): Promise<number> {
  const until = Date.now() + forMs;
  let times = 0;
  while (Date.now() < until) {
    await check();
    times++;
    await wait(everyMs);
  }
  return times;
}

/** Waits until it is so. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  patienceMs = 60_000,
  everyMs = 500,
): Promise<void> {
  const giveUp = Date.now() + patienceMs;
  while (!(await isSo())) {
    if (Date.now() > giveUp) throw new Error(`It did not come true in ${patienceMs / 1000} s: ${what}`);
    await wait(everyMs);
  }
}

/** The row's status as it is in the file; undefined while there is no such row. */
export function statusIn({ stateDir }: Pick<Installation, "stateDir">, agent: string, key: string): unknown {
  try {
    const text = readFileSync(join(stateDir, "agents", agent, "sessions", "sessions.json"), "utf8");
    return JSON.parse(text)[key]?.status;
  } catch {
    return undefined;
  }
}

/** Every file and directory below, with its bytes and times. */
export function picture(dir: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(dir, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mtimeNs, ctimeNs, size, ino } = statSync(path, { bigint: true });
    const hash = entry.isFile() ? createHash("sha256").update(readFileSync(path)).digest("hex") : "";
    files.set(path, `${ino} ${size} ${mtimeNs} ${ctimeNs} ${hash}`);
  }
  return files;
}

/** What differs between two pictures, by path. */
export function changes(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
}
