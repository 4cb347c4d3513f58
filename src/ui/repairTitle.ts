// What a repair does, as a title: for the light bulb, lenses, reviews and dialogs. Knows nothing of VS Code.
import { size } from "../judge/words.ts";
import type { EvidenceKind } from "../model/evidence.ts";
import type { Finding } from "../model/finding.ts";
import type { Lock } from "../model/lock.ts";
import { modeText } from "../plan/editText.ts";
import { labelText } from "../plan/visibleText.ts";
import { shortTime } from "./times.ts";

/** The part of VS Code's translations that is needed here. */
export interface L10n {
  t(message: string, ...args: (string | number)[]): string;
}

export interface TitleContext {
  readonly l10n: L10n;
  /** Of the reader, as `en`. */
  readonly locale: string;
  /** Epoch milliseconds: a time of the same day is shown without its date. */
  readonly now: number;
  /** Of the session or store that it is about. */
  readonly name: string;
  /** The lock that goes, where it goes alone. */
  readonly lock?: Lock | undefined;
}

/** @param status the outcome that a person chose */
export function repairTitle(finding: Finding, context: TitleContext, status?: string): string {
  const { l10n } = context;
  const name = labelText(context.name, 60);
  const { request } = finding.repair;
  if (request?.method === "session.prune")
    return l10n.t("Ask agentctl to settle what it finds dead (cannot be undone here)");
  if (request !== undefined)
    return l10n.t("Ask agentctl to release {0} (cannot be undone here)", labelText(request.directory, 100));
  switch (finding.repair.kind) {
    case "finalize":
      return finalizeTitle(finding, { ...context, name }, status);
    case "correct":
      return correctTitle(finding, { ...context, name });
    case "unlock":
      return unlockTitle({ ...context, name });
    case "restore": {
      const at = finding.evidence.find(({ kind }) => kind === "archive")?.at;
      if (at === undefined) return l10n.t("Restore the transcript of {0}", name);
      return l10n.t("Restore the transcript of {0} from {1}", name, shortTime(at, context));
    }
    case "tidy":
      return tidyTitle(finding, { ...context, name });
    case "prune":
      return l10n.t("Take out {0}", name);
    default:
      return l10n.t("Repair {0}", name);
  }
}

function finalizeTitle(finding: Finding, context: TitleContext, status: string | undefined): string {
  const { l10n, name } = context;
  const { set = {}, unlock = [], class: repairClass } = finding.repair;
  const outcome = status ?? String(set["status"]);
  const locked = unlock.length > 0;
  if (repairClass !== "proven" && status === undefined) {
    return locked
      ? l10n.t("Mark {0} as {1}… and remove its dead lock (you choose the outcome)", name, outcome)
      : l10n.t("Mark {0} as {1}… (you choose the outcome)", name, outcome);
  }
  const at = set["endedAt"];
  const marked =
    typeof at === "number"
      ? l10n.t("Mark {0} as {1} at {2}", name, outcome, shortTime(at, context))
      : l10n.t("Mark {0} as {1}", name, outcome);
  const whole = locked ? l10n.t("{0} and remove its dead lock", marked) : marked;
  return repairClass === "proven" ? proven(whole, finding, l10n) : whole;
}

function correctTitle(finding: Finding, context: TitleContext): string {
  const { l10n, name } = context;
  const { mode } = finding.repair;
  if (mode !== undefined) return l10n.t("Close {0} to others (mode {1})", name, modeText(mode));
  const [first, ...others] = Object.entries(finding.repair.set ?? {});
  if (first === undefined) return l10n.t("Correct {0}", name);
  const [field, value] = first;
  if (value === null) return l10n.t("Take {0} out of {1}", field, name);
  const isTime = /At$/.test(field) && typeof value === "number";
  const shown = isTime ? shortTime(value, context) : labelText(String(value), 40);
  const title =
    others.length === 0
      ? l10n.t("Set {0} of {1} to {2}", field, name, shown)
      : l10n.t("Set {0} of {1} to {2}, and {3}", field, name, shown, others.map(([other]) => other).join(", "));
  return finding.repair.class === "proven" ? proven(title, finding, l10n) : title;
}

function tidyTitle(finding: Finding, { l10n, name }: TitleContext): string {
  const { tidy = [], class: repairClass } = finding.repair;
  const bytes = size(tidy.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  const title =
    tidy.length === 1
      ? l10n.t("Move 1 leftover of {0} to the quarantine ({1})", name, bytes)
      : l10n.t("Move {0} leftovers of {1} to the quarantine ({2})", tidy.length, name, bytes);
  return repairClass === "proven" ? proven(title, finding, l10n) : title;
}

function unlockTitle({ l10n, name, lock }: TitleContext): string {
  if (lock?.pid === undefined) return l10n.t("Remove the lock of {0} (it names no process)", name);
  switch (lock.owner) {
    case "foreign":
      return l10n.t("Remove the dead lock of {0} (pid {1} is another program)", name, lock.pid);
    case "recycled":
      return l10n.t("Remove the dead lock of {0} (pid {1} is another process now)", name, lock.pid);
    default:
      return l10n.t("Remove the dead lock of {0} (pid {1} is gone)", name, lock.pid);
  }
}

function proven(title: string, { evidence }: Finding, l10n: L10n): string {
  const words: Partial<Record<EvidenceKind, string>> = {
    trajectory: l10n.t("trajectory proves it"),
    registry: l10n.t("registry proves it"),
    cron: l10n.t("cron log proves it"),
    transcript: l10n.t("transcript proves it"),
  };
  const proof = evidence.map(({ kind }) => words[kind]).find((word) => word !== undefined);
  return `${title} (${proof ?? l10n.t("proven")})`;
}
