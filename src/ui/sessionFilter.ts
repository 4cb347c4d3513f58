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

/** Called with `important` where a session needs attention or is active: then it is no noise, whatever kind it is. */
export function passing(filter: SessionFilter): (session: Session, important: boolean) => boolean {
  const sought = filter.text.toLowerCase();
  const { verdicts, systemSessions } = filter;
  return ({ kind, verdict, key, label }, important) => {
    if (!systemSessions && !important && (kind === "cron" || kind === "heartbeat")) return false;
    if (verdicts.length > 0 && !verdicts.includes(verdict)) return false;
    return sought === "" || key.toLowerCase().includes(sought) || label?.toLowerCase().includes(sought) === true;
  };
}
