// A bug report that its sender can read through: versions, states, codes, times relative to the scan; keys, ids and names
// only as hashes; no text of a session and no path outside of a state directory. Knows nothing of VS Code.
import { size } from "../judge/words.ts";
import type { Evidence } from "../model/evidence.ts";
import type { Finding } from "../model/finding.ts";
import type { RowShape } from "../model/messages.ts";
import type { StateDir } from "../model/scan.ts";
import type { Session } from "../model/session.ts";
import type { Store } from "../model/store.ts";
import { labelText } from "../plan/visibleText.ts";
import { type Redaction, redaction } from "./redaction.ts";

export interface Reported {
  /** Lines about the programs: names and versions. */
  readonly about: readonly string[];
  /** Epoch milliseconds: what the times are relative to. */
  readonly now: number;
  readonly stateDirs: readonly StateDir[];
  readonly stores: readonly Store[];
  readonly sessions: readonly Session[];
  readonly findings: readonly Finding[];
  /** By id of the store; absent where it could not be read. */
  readonly shapes: ReadonlyMap<string, readonly RowShape[]>;
  /** The same for the same text within one report, and telling nothing of it. */
  readonly hash: (text: string) => string;
}

/** Sessions of a store that are told one by one. */
export const mostReported = 60;
const mostEvidence = 5;
const statuses: ReadonlySet<unknown> = new Set([
  "running",
  "done",
  "failed",
  "killed",
  "timeout",
  "interrupted",
  "queued",
]);

export function reportText(reported: Reported): string {
  const words = redaction(reported);
  const lines = [
    ...reported.about,
    "",
    "Keys, ids and names are hashed and the same within this report only. Nothing that was said in a session is in it, no",
    "value of a row but known statuses and times, and no path outside of a state directory. Times are relative to the scan.",
    ...reported.stateDirs.flatMap((dir, i) => ["", ...stateDirLines(dir, i, reported, words)]),
  ];
  if (reported.stateDirs.length === 0) lines.push("", "No state directory was found.");
  return `${lines.join("\n")}\n`;
}

function stateDirLines(dir: StateDir, index: number, reported: Reported, words: Redaction): string[] {
  const stores = reported.stores.filter(({ stateDir }) => stateDir === dir.path);
  return [
    `<state dir ${index + 1}> (${words.sentence(dir.origin)}), gateway ${dir.writer.state}: ${words.sentence(dir.writer.why)}`,
    ...(dir.problem === undefined ? [] : [`  cannot be read: ${words.sentence(dir.problem)}`]),
    ...(stores.length === 0 ? ["  no stores"] : []),
    // What was captured has a clock of its own.
    ...stores.flatMap((store) => storeLines(store, { ...reported, now: dir.captured?.at ?? reported.now }, words)),
  ];
}

function storeLines(store: Store, reported: Reported, words: Redaction): string[] {
  const { kind, era, version, writer, permission, problem, sizeBytes } = store;
  const sessions = reported.sessions.filter((session) => session.store === store.id);
  const findings = reported.findings.filter((finding) => finding.store === store.id);
  const about = findings.filter(({ session }) => session === undefined);
  const sick = sessions.filter(({ key }) => findings.some(({ session }) => session === key));
  const versions =
    version === undefined ? "?" : `${version.from ?? "?"} to ${version.to ?? "?"} (${words.sentence(version.source)})`;
  const moved = store.movedFrom === undefined ? "" : ", moved here";
  return [
    `  ${words.path(store.path, store)}`,
    `    ${kind}, era ${era ?? "?"}, OpenClaw ${versions}, ${size(sizeBytes)}${moved}${problem === undefined ? "" : `, ${problem}`}`,
    `    gateway ${writer.state}: ${words.sentence(writer.why)}`,
    `    repair ${permission.answer}: ${words.sentence(permission.why)}`,
    `    ${sessions.length} sessions; verdicts: ${counts(sessions.map(({ verdict }) => verdict))}; claims: ${counts(sessions.map(claim))}`,
    `    findings: ${counts(findings.map(({ code }) => code))}`,
    ...about.flatMap((finding) => findingLines(finding, store, reported, words)),
    ...sick.slice(0, mostReported).flatMap((session) => {
      const own = findings.filter((finding) => finding.session === session.key);
      return sessionLines(session, own, store, reported, words);
    }),
    ...(sick.length > mostReported ? [`    … and ${sick.length - mostReported} more sessions with findings`] : []),
  ];
}

function sessionLines(
  session: Session,
  findings: readonly Finding[],
  store: Store,
  reported: Reported,
  words: Redaction,
): string[] {
  const { now, shapes } = reported;
  const times = (["startedAt", "endedAt", "updatedAt", "lastSeenAt"] as const)
    .map((name) => [name, session[name]] as const)
    .flatMap(([name, at]) => (at === undefined ? [] : [`${name} ${relative(at, now)}`]));
  const shape = shapes.get(store.id)?.find(({ key }) => key === session.key);
  return [
    `    session ${words.key(session.key)} (${session.kind}): claims ${claim(session)}, is ${session.verdict}; ${times.join(", ")}`,
    ...findings.flatMap((finding) => findingLines(finding, store, reported, words)),
    ...(shape === undefined ? [] : [`      row: ${shapeText(shape)}`]),
  ];
}

function findingLines(finding: Finding, store: Store, { now }: Reported, words: Redaction): string[] {
  const { code, severity, field, repair, evidence } = finding;
  const set = Object.entries(repair.set ?? {}).map(([name, value]) => `${name} ${setText(name, value, now)}`);
  const about = finding.lock ?? finding.path;
  const what = [
    code,
    severity,
    `${repair.kind} ${repair.class}`,
    ...(field === undefined ? [] : [`field ${field}`]),
    ...(about === undefined ? [] : [words.path(about, store)]),
    ...(set.length === 0 ? [] : [`sets ${set.join(", ")}`]),
  ];
  return [
    `      ${what.join("; ")}`,
    ...evidence.slice(0, mostEvidence).map((one) => `        ${evidenceText(one, store, now, words)}`),
  ];
}

function evidenceText({ kind, path, line, offset, at }: Evidence, store: Store, now: number, words: Redaction): string {
  const place = line !== undefined ? `, line ${line}` : offset !== undefined ? `, byte ${offset}` : "";
  return `${kind} ${words.path(path, store)}${place}${at === undefined ? "" : `, ${relative(at, now)}`}`;
}

function shapeText({ shape, bytes, fields, otherFields, repeated, isTwice }: RowShape): string {
  const parts = fields.map(({ name, type }) => `${name}: ${type}`);
  if (otherFields > 0) parts.push(`${otherFields} other fields`);
  if (repeated > 0) parts.push(`${repeated} fields stand twice`);
  if (isTwice) parts.push("the key stands twice");
  return `${shape} of ${size(bytes)}${parts.length === 0 ? "" : `; ${parts.join(", ")}`}`;
}

/** A status of the program's own; of any other only that there is one. */
function claim({ claimed }: Session): string {
  if (claimed === null) return "nothing";
  return statuses.has(claimed) ? claimed : "another status";
}

function setText(name: string, value: string | number | boolean | null, now: number): string {
  if (value === null) return "(taken out)";
  if (typeof value === "number") return /At$/.test(name) ? relative(value, now) : String(value);
  return typeof value === "boolean" || statuses.has(value) ? String(value) : "(text)";
}

/** `-3600.5 s` is an hour and half a second before the scan. */
function relative(at: number, now: number): string {
  return `${at > now ? "+" : ""}${((at - now) / 1000).toFixed(1)} s`;
}

function counts(words: readonly string[]): string {
  const found = new Map<string, number>();
  for (const word of words) found.set(word, (found.get(word) ?? 0) + 1);
  return [...found].map(([word, count]) => `${labelText(word, 40)} ${count}`).join(", ") || "none";
}
