// What the vendor's own maintenance will do, and where a store lies (facts I 24, 48, 49, 55, 60).
import type { StoreFacts } from "../../model/facts.ts";
import { agentOf, type Draft, nothing, said } from "../draft.ts";
import type { Around } from "../neighbours.ts";
import { rowEvidence } from "../rowEvidence.ts";
import { isInDatabase, type SessionCase } from "../sessionCase.ts";
import { clock, counted, size, span } from "../words.ts";
import { pruneAfter } from "./leftovers.ts";

const hugeBytes = 10 << 20;
const usualMaxEntries = 500;
const groupOrOthers = 0o077;
const ownerOnly = 0o600;
const byHand = "Others can read every conversation's keys: `chmod 600`, given by the file's owner, closes it.";

/** A row that the next clean-up takes although there is a conversation behind it (facts F, N: the default is enforce in J2). */
export function pruneRisk(session: SessionCase): Draft | undefined {
  const { store, key, facts, updatedAt, now, claimsToRun } = session;
  const enforces = (store.maintenanceMode ?? (store.era === "J2" ? "enforce" : "warn")) === "enforce";
  // From 2026.8 on rows are archived in place (facts F).
  if (isInDatabase(store)) return undefined;
  const has = facts.transcript.state === "read" || facts.transcript.state === "unread";
  if (!enforces || updatedAt === undefined || now - updatedAt < pruneAfter(store) || (!has && !claimsToRun))
    return undefined;
  if (isProtected(session) || (isAutomation(session) && !claimsToRun)) return undefined;
  return {
    code: "PRUNE-RISK",
    session: key,
    field: "updatedAt",
    args: { key, age: span(now - updatedAt), limit: span(pruneAfter(store)) },
    evidence: [rowEvidence(session, `updatedAt is ${clock(updatedAt)}`, updatedAt)],
    repair: nothing("Copy its transcript if you want to keep it, or raise session.maintenance.pruneAfter."),
  };
}

/** Made by the program for itself, and made to be taken out again: nobody misses them. */
function isAutomation({ kind }: SessionCase): boolean {
  return kind === "subagent" || kind === "cron" || kind === "heartbeat";
}

/** Groups, channels, threads and topics are kept by the maintenance, synthetic keys are not (facts F). */
export function isProtected({ key, kind, facts }: SessionCase): boolean {
  if (kind === "subagent" || kind === "cron" || kind === "acp" || kind === "heartbeat") return false;
  const chat = facts.row.fields["chatType"];
  return /:(group|channel|thread|topic)(:|$)/i.test(key) || chat === "group" || chat === "channel" || chat === "thread";
}

export function storePlaceRules(store: StoreFacts, around: Around): readonly Draft[] {
  return said(permissions(store), huge(store), split(store, around), onSync(store));
}

function draft(
  code: Draft["code"],
  store: StoreFacts,
  args: Readonly<Record<string, string | number>>,
  text: string,
  why: string,
): Draft {
  const agent = agentOf(store);
  return {
    code,
    path: store.path,
    args: { agent, ...args },
    evidence: [{ kind: "file", path: store.path, text }],
    repair: nothing(why),
  };
}

/** The programs write it 0600 (facts I 48). */
function permissions(store: StoreFacts): Draft | undefined {
  const { mode, isOwn, hasOwnUid } = store.place;
  const open = mode !== undefined && (mode & groupOrOthers) !== 0;
  if (!open && isOwn) return undefined;
  const shown = mode === undefined ? "?" : mode.toString(8).padStart(4, "0");
  const reason = isOwn ? `its mode is ${shown}` : "it belongs to another user";
  const told = draft("PERM", store, { reason }, `The store's file: ${reason}.`, byHand);
  if (!hasOwnUid || !open || store.content.state !== "read") return told;
  const why = "Others can read every conversation's keys; OpenClaw itself writes the file for its owner alone.";
  return { ...told, repair: { kind: "correct", class: "ask", mode: ownerOnly, why } };
}

function huge(store: StoreFacts): Draft | undefined {
  if (store.content.state !== "read" || isInDatabase(store)) return undefined;
  const rows = store.content.sessions.length;
  const limit = store.maxEntries ?? usualMaxEntries;
  const slack = Math.max(25, limit / 10);
  const { sizeBytes } = store.content;
  if (sizeBytes <= hugeBytes && rows <= limit + slack) return undefined;
  return draft(
    "STORE-HUGE",
    store,
    { rows: counted(rows, "row"), size: size(sizeBytes) },
    `${counted(rows, "row")}, ${size(sizeBytes)}.`,
    "`openclaw sessions cleanup --dry-run` says what its own maintenance would take; look at it before you let it.",
  );
}

/** Profiles are meant to lie side by side; a home that was renamed, or one inside another, is not. */
function split(store: StoreFacts, around: Around): Draft | undefined {
  if (around.otherStateDirs.length === 0) return undefined;
  const others = around.otherStateDirs.join(", ");
  return draft(
    "STATE-SPLIT",
    store,
    { stateDir: store.stateDir, others },
    `Sessions lie in ${others} too.`,
    "Only you know which of them your gateway serves: compare their times, and OPENCLAW_HOME and OPENCLAW_STATE_DIR of its service.",
  );
}

function onSync(store: StoreFacts): Draft | undefined {
  const { shared } = store.place;
  if (shared === undefined) return undefined;
  return draft(
    "STORE-ON-SYNC",
    store,
    { shared },
    `The store lies on ${shared}.`,
    "Nothing is written here unasked: another machine may write it at the same moment.",
  );
}
