// A store with one row that lies and one that does not.
import { readFileSync, writeFileSync } from "node:fs";
import { type BuiltHome, buildHome, done, key, minute, now, running, sessionId, trajectory } from "./homeBuilder.ts";

export const ended = now - 50 * minute;
export const other = "agent:main:other";

export function sick(version: string | null = "2026.5.18", more: Readonly<Record<string, unknown>> = {}): BuiltHome {
  return buildHome({
    version,
    rows: { [key]: running(), [other]: done({ sessionId: "other" }), ...more },
    files: {
      [`~/${sessionId}.trajectory.jsonl`]: trajectory(
        ["session.started", now - 60 * minute],
        ["session.ended", ended, { status: "success" }],
      ),
    },
  });
}

export function rowsOf({ store }: BuiltHome): Record<string, Record<string, unknown>> {
  return JSON.parse(readFileSync(store, "utf8"));
}

export function write({ store }: BuiltHome, change: (rows: Record<string, Record<string, unknown>>) => void): void {
  const rows = JSON.parse(readFileSync(store, "utf8"));
  change(rows);
  writeFileSync(store, JSON.stringify(rows, null, 2));
}
