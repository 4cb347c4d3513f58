// The smallest folders of agentctl that a rule needs, as its daemon writes them.
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { minute, now, type Row } from "./homeBuilder.ts";
import { temporaryDirectory } from "./temporary.ts";

export const iso = (at: number): string => new Date(at).toISOString();
export const began = now - 60 * minute;
export const claudeId = "22222222-3333-4444-8555-666666666666";

/** A session that says it runs. */
export function active(more: Row = {}): Row {
  return { adapter: "claude-code", status: "running", startedAt: iso(began), cwd: "/code/one", meta: {}, ...more };
}

/** The lock that a launch takes. */
export function auto(more: Row = {}): Row {
  return { directory: "/code/one", type: "auto", sessionId: claudeId, lockedAt: iso(began + 10_000), ...more };
}

export interface AgentctlSpec {
  readonly rows?: Readonly<Record<string, Row>>;
  readonly locks?: readonly unknown[];
  readonly fuses?: readonly unknown[];
  /** Other files of the home by path, or instead of those. */
  readonly files?: Readonly<Record<string, string>>;
  readonly home?: string;
}

/** Gives the home that `.agentctl` is in. */
export function agentctlHome({
  rows = {},
  locks = [],
  fuses = [],
  files = {},
  home = temporaryDirectory(),
}: AgentctlSpec): string {
  const sessions = Object.fromEntries(Object.entries(rows).map(([id, row]) => [id, { id, ...row }]));
  const text = (value: unknown): string => JSON.stringify(value, null, 2);
  const all = {
    ".agentctl/state.json": text({ sessions, version: 1 }),
    ".agentctl/locks.json": text(locks),
    ".agentctl/fuses.json": text(fuses),
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    const path = join(home, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    utimesSync(path, (now - minute) / 1000, (now - minute) / 1000);
  }
  return home;
}

/** A line of `ps`. */
export function ps(pid: number, startedAt: number, args: string): string {
  const date = new Date(startedAt);
  const two = (value: number): string => String(value).padStart(2, "0");
  const [day, month, number, year] = date.toDateString().split(" ");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${String(pid).padStart(7)}       1 ${day} ${month} ${number} ${clock} ${year} ${args}`;
}
