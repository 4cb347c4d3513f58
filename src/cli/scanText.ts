// What a scan says to a person at a terminal: grouped, aligned, the sick first, the healthy counted.

import { counted, span, writerWhy } from "../judge/words.ts";
import type { Finding, Severity } from "../model/finding.ts";
import type { Lock } from "../model/lock.ts";
import type { Scan, StateDir } from "../model/scan.ts";
import type { Session } from "../model/session.ts";
import type { Store } from "../model/store.ts";
import { visibleText } from "../plan/visibleText.ts";

export type Paint = (style: "bold" | "dim" | "red" | "yellow" | "green", text: string) => string;

const markOf: Readonly<Record<Severity, string>> = { error: "✖", warning: "▲", info: "·" };
const styleOf = { error: "red", warning: "yellow", info: "dim" } as const;
const longest = 400;

export function scanText(scan: Scan, paint: Paint): string {
  const lines = scan.stateDirs.flatMap((dir) => stateDirText(dir, scan, paint));
  return [...lines, summary(scan, paint), ""].join("\n");
}

function stateDirText(dir: StateDir, scan: Scan, paint: Paint): string[] {
  const head = `${paint("bold", visibleText(dir.path, longest))}  ${dir.program ?? "gateway"} ${dir.writer.state}: ${visibleText(writerWhy(dir.writer), longest)}`;
  if (dir.problem !== undefined) return [head, `  ${paint("red", visibleText(dir.problem, longest))}`, ""];
  const stores = scan.stores.filter((store) => store.stateDir === dir.path);
  if (stores.length === 0) return [head, "  no session stores yet", ""];
  return [head, ...stores.flatMap((store) => storeText(store, scan, paint)), ""];
}

function storeText(store: Store, scan: Scan, paint: Paint): string[] {
  const { version } = store;
  const versions =
    version === undefined
      ? ""
      : [version.from ?? "", version.to ?? ""].filter((v, i, all) => all.indexOf(v) === i).join(" to ");
  const about = [
    store.kind === "openclaw-sqlite" && "SQLite",
    `${store.sessions} session${store.sessions === 1 ? "" : "s"}`,
    directoryLocks(store, scan),
    versions && `OpenClaw ${versions.trim()}`,
  ].filter(Boolean);
  const lines = [
    `  ${paint("bold", visibleText(store.agent ?? store.path, longest))}  ${paint("dim", visibleText(about.join(" · "), longest))}`,
  ];
  if (store.movedFrom !== undefined) lines.push(`    moved here from ${visibleText(store.movedFrom, longest)}`);
  const findings = scan.findings.filter((finding) => finding.store === store.id);
  const bySession = groupBySession(findings);
  const sessions = scan.sessions.filter((session) => session.store === store.id);
  const shown = sessions.filter(
    (session) => bySession.has(session.key) || session.verdict === "active" || session.verdict === "waiting",
  );
  const width = Math.min(60, Math.max(0, ...shown.map((session) => visibleText(session.key, 60).length)));
  for (const finding of bySession.get(undefined) ?? []) lines.push(...findingText(finding, "    ", paint));
  for (const session of shown) {
    lines.push(sessionText(session, scan.now, width));
    for (const finding of bySession.get(session.key) ?? []) lines.push(...findingText(finding, "      ", paint));
  }
  return lines;
}

/** `79 directory locks, 3 held, 75 stale`; empty where there are none. */
function directoryLocks({ id }: Store, { locks }: Scan): string {
  const own = locks.filter(({ store, kind }) => store === id && kind === "directory");
  if (own.length === 0) return "";
  const count = (verdict: Lock["verdict"]): number => own.filter((lock) => lock.verdict === verdict).length;
  return `${counted(own.length, "directory lock")}, ${count("held")} held, ${count("stale")} stale`;
}

function groupBySession(findings: readonly Finding[]): Map<string | undefined, Finding[]> {
  const groups = new Map<string | undefined, Finding[]>();
  for (const finding of findings) groups.set(finding.session, [...(groups.get(finding.session) ?? []), finding]);
  return groups;
}

function sessionText(session: Session, now: number, width: number): string {
  const age = session.lastSeenAt === undefined ? "" : `${span(now - session.lastSeenAt)} ago`;
  const claim = `${visibleText(session.claimed ?? "no status", 20)} → ${session.verdict}`;
  return `    ${visibleText(session.key, 60).padEnd(width)}  ${claim.padEnd(22)}  ${age}`;
}

function findingText(finding: Finding, indent: string, paint: Paint): string[] {
  const { severity, code, message, repair } = finding;
  const lines = [
    `${indent}${paint(styleOf[severity], `${markOf[severity]} ${code}`)}  ${visibleText(message, longest)}`,
  ];
  if (repair.kind === "none") return lines;
  const set = Object.entries(repair.set ?? {}).map(
    ([field, value]) => `${field}=${value === null ? "(taken out)" : value}`,
  );
  const what = [`${repair.kind} (${repair.class})`, ...set].join(" ");
  return [...lines, paint("dim", `${indent}  ${what}: ${visibleText(repair.why, longest)}`)];
}

function summary(scan: Scan, paint: Paint): string {
  const count = (severity: Severity): number => scan.findings.filter((finding) => finding.severity === severity).length;
  const claims = scan.sessions.filter((session) => session.claimed === "running").length;
  const active = scan.sessions.filter((session) => session.verdict === "active").length;
  const unsure = scan.sessions.filter(
    (session) => session.claimed === "running" && session.verdict === "unknown",
  ).length;
  const errors = count("error");
  const parts = [
    `${scan.sessions.length} sessions`,
    `${claims} claim to run`,
    paint("green", `${active} active`),
    ...(unsure > 0 ? [`${unsure} unknown`] : []),
    errors > 0 ? paint("red", `${errors} errors`) : "0 errors",
    `${count("warning")} warnings`,
    `${count("info")} notes`,
  ];
  return parts.join(", ");
}
