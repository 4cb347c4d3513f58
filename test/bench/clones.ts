// What tells the clones of a genuine session from each other: its name, and when it was.

export type Row = Readonly<Record<string, unknown>>;

const dayMs = 86_400_000;
const timeFields = ["updatedAt", "startedAt", "endedAt", "sessionStartedAt", "lastInteractionAt"];

export function idOf(at: number): string {
  return `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`;
}

/** Spread over forty days, as conversations are. */
export function ageOf(at: number): number {
  return (at % 40) * dayMs;
}

export function claimingToRun(row: Row): Row {
  const { endedAt: _endedAt, runtimeMs: _runtimeMs, ...rest } = row;
  return { ...rest, status: "running" };
}

export function earlier(row: Row, byMs: number): Row {
  const shifted = timeFields
    .filter((name) => typeof row[name] === "number")
    .map((name) => [name, Number(row[name]) - byMs]);
  return { ...row, ...Object.fromEntries(shifted) };
}
