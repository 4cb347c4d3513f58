// How verdicts and severities look: icons and colours of the theme.
import * as vscode from "vscode";
import { colors } from "../ids.ts";
import type { Severity } from "../model/finding.ts";
import type { Session } from "../model/session.ts";

export function severityIcon(severity: Severity): vscode.ThemeIcon {
  if (severity === "error") return icon("error", colors.contradiction);
  return severity === "warning" ? icon("warning", colors.suspicion) : icon("info");
}

/** @param worst the most severe of its findings */
export function sessionIcon(session: Session, worst: Severity | undefined): vscode.ThemeIcon {
  if (worst === "error" || worst === "warning") return severityIcon(worst);
  switch (session.verdict) {
    case "active":
      return icon("play-circle", colors.active);
    case "waiting":
      return icon("watch", colors.active);
    case "interrupted":
      return icon("circle-slash", colors.unknown);
    case "finished":
      return icon(session.claimed === "done" || session.claimed === null ? "pass" : "circle-slash");
    case "unknown":
      return icon("question", colors.unknown);
  }
}

function icon(id: string, color?: string): vscode.ThemeIcon {
  return color === undefined ? new vscode.ThemeIcon(id) : new vscode.ThemeIcon(id, new vscode.ThemeColor(color));
}
