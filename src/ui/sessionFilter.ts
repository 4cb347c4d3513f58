// Which sessions a person wants to see. Knows nothing of VS Code.
import type { Session, Verdict } from "../model/session.ts";

export interface SessionFilter {
  /** Part of the key or of the label, whatever the case. Empty: any. */
  readonly text: string;
  /** Empty: any. */
  readonly verdicts: readonly Verdict[];
  /** Cron runs and heartbeats too, which come by the hundred. */
  readonly systemSessions: boolean;
}

export const noFilter: Pick<SessionFilter, "text" | "verdicts"> = { text: "", verdicts: [] };

export const verdicts: readonly Verdict[] = ["active", "waiting", "interrupted", "unknown", "finished"];

export function isFiltering({ text, verdicts }: Pick<SessionFilter, "text" | "verdicts">): boolean {
  return text !== "" || verdicts.length > 0;
}

/** @param important it needs attention or is active: then it is no noise, whatever kind it is */
export function passes(session: Session, filter: SessionFilter, important: boolean): boolean {
  const system = session.kind === "cron" || session.kind === "heartbeat";
  if (system && !important && !filter.systemSessions) return false;
  if (filter.verdicts.length > 0 && !filter.verdicts.includes(session.verdict)) return false;
  const sought = filter.text.toLowerCase();
  return sought === "" || session.key.toLowerCase().includes(sought) || !!session.label?.toLowerCase().includes(sought);
}
