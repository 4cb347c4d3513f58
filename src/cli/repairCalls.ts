// The commands that write: `repair`, `undo`, `receipts`. Their output is a contract (CLI.md).

import { clock } from "../judge/words.ts";
import type { Finding } from "../model/finding.ts";
import type { Receipt, RepairResult } from "../model/receipt.ts";
import type { PruneCandidate, Scan } from "../model/scan.ts";
import { UserError } from "../model/userError.ts";
import { editText, recoveredText, requestText } from "../plan/editText.ts";
import { type Choice, outcomesOf } from "../plan/repairPlan.ts";
import { visibleText } from "../plan/visibleText.ts";
import { keptUntil } from "../repair/retention.ts";
import {
  planChoices,
  planPruning,
  provenFindings,
  type RepairContext,
  receiptsOf,
  recoverRepairs,
  repairPlans,
  undoReceipt,
} from "../repairs.ts";

export interface RepairCall {
  readonly proven: boolean;
  readonly findings: readonly string[];
  /** A status chosen for the findings that are named. */
  readonly status?: string;
  readonly dryRun: boolean;
}

export async function repairCall(scan: Scan, call: RepairCall, context: RepairContext): Promise<RepairResult[]> {
  const { choices, refused } = choose(scan, call);
  checkStatus(scan, call.status, choices);
  if (!call.dryRun) await settleInterrupted(context);
  const planned = planChoices(scan, choices, context);
  const results = call.dryRun
    ? planned.plans.map((plan) => ({ plan, applied: false }))
    : await repairPlans(scan, planned.plans, context);
  return [...refused, ...planned.refused, ...results];
}

/** Each program has statuses of its own. Throws a UserError for one that a chosen row's program has not. */
function checkStatus({ stores }: Scan, status: string | undefined, choices: readonly Choice[]): void {
  if (status === undefined) return;
  const chosen = choices.filter((choice) => choice.status !== undefined).map(({ finding }) => finding.store);
  const kinds = stores.filter(({ id }) => chosen.includes(id)).map(({ kind }) => kind);
  // What names no row that is there is told as that, and only a word that no program has is a wrong call.
  const known = kinds.length === 0 ? Object.values(outcomesOf) : kinds.map((kind) => outcomesOf[kind]);
  const isKnown = kinds.length === 0 ? known.some((one) => one.has(status)) : known.every((one) => one.has(status));
  if (isKnown) return;
  const all = [...new Set(known.flatMap((one) => [...one]))];
  throw new UserError(`--set status= takes ${all.join(", ")}, not "${status}".`);
}

/** What a crash left is settled before anything new is written, and said. */
async function settleInterrupted(context: RepairContext): Promise<void> {
  for (const recovered of await recoverRepairs(context))
    process.stderr.write(`${visibleText(recoveredText(recovered), 600)}\n`);
}

function choose(scan: Scan, call: RepairCall): { choices: Choice[]; refused: RepairResult[] } {
  const byId = new Map(scan.findings.map((finding) => [finding.id, finding]));
  const named = call.findings.map((id) => byId.get(id) ?? id);
  const choices = call.proven ? provenFindings(scan).map((finding): Choice => ({ finding })) : [];
  const refused: RepairResult[] = [];
  for (const finding of named) {
    if (typeof finding === "string") {
      refused.push(
        refusal(
          finding,
          undefined,
          "No finding has this id now: the proposal has changed, or it was settled. Scan again.",
        ),
      );
    } else if (finding.repair.kind === "none") {
      refused.push(refusal(finding.id, finding, finding.repair.why));
    } else {
      choices.push({
        finding,
        ...(call.status !== undefined && finding.repair.kind === "finalize" && { status: call.status }),
      });
    }
  }
  return { choices, refused };
}

function refusal(id: string, finding: Finding | undefined, why: string): RepairResult {
  const store = { id: finding?.store ?? "", kind: "openclaw-json" as const, path: "", stateDir: "" };
  const findings = [{ id, code: finding?.code ?? "", message: finding?.message ?? "" }];
  return { plan: { store, action: "finalize", edits: [], findings }, applied: false, refused: why };
}

/** A key that was named and may not go, or is not there, is a refusal; of `--older-than`, what is spared is only said. */
export async function pruneCall(scan: Scan, call: PruneCall, context: RepairContext): Promise<RepairResult[]> {
  if (!call.dryRun) await settleInterrupted(context);
  const candidates = scan.prune ?? [];
  const refused = call.keys.flatMap((key) => {
    const found = candidates.filter((candidate) => candidate.key === key);
    if (found.length === 0) return [refusal(key, undefined, `There is no row ${key}.`)];
    return found.filter(({ take }) => !take).map(({ why }) => refusal(key, undefined, `${key} is spared: ${why}.`));
  });
  const planned = planPruning(scan, context);
  const results = call.dryRun
    ? planned.plans.map((plan) => ({ plan, applied: false }))
    : await repairPlans(scan, planned.plans, context);
  return [...refused, ...planned.refused, ...results];
}

export interface PruneCall {
  readonly keys: readonly string[];
  readonly dryRun: boolean;
}

/** `--last`: the newest repair that was done and not undone; undos themselves are not undone. */
export async function undoCall(id: string | undefined, context: RepairContext): Promise<RepairResult> {
  await settleInterrupted(context);
  const receipts = receiptsOf(context);
  const undoable = (receipt: Receipt): boolean =>
    receipt.state === "done" &&
    receipt.undoneBy === undefined &&
    receipt.purgedAt === undefined &&
    receipt.plan.action !== "undo";
  const receipt = id === undefined ? receipts.find(undoable) : receipts.find((candidate) => candidate.id === id);
  if (receipt === undefined)
    throw new UserError(
      id === undefined ? "There is no repair to undo." : `There is no receipt ${id}: see "receipts".`,
    );
  return undoReceipt(receipt, context);
}

export function resultsJson(results: readonly RepairResult[]): Record<string, unknown> {
  return { receipts: results.map(resultJson) };
}

function resultJson({ receipt, plan, applied, refused }: RepairResult): Record<string, unknown> {
  return {
    id: receipt?.id,
    store: plan.store.id,
    path: plan.store.path,
    batch: receipt?.batch,
    action: plan.action,
    findings: plan.findings.map((finding) => finding.id),
    edits: plan.edits,
    requests: plan.requests,
    backup: receipt?.backup,
    applied,
    refused,
    left: plan.left,
    notes: receipt?.notes,
  };
}

export function receiptsJson(receipts: readonly Receipt[]): Record<string, unknown> {
  return {
    receipts: receipts.map((receipt) => ({
      ...resultJson({ receipt, plan: receipt.plan, applied: receipt.state === "done" }),
      at: receipt.at,
      keptUntil: keptUntil(receipt),
      state: receipt.state,
      undoes: receipt.plan.undoes,
      undoneBy: receipt.undoneBy,
      purgedAt: receipt.purgedAt,
    })),
  };
}

/** `unread`: what is said of what could not be read. */
export function resultsText(results: readonly RepairResult[], dryRun: boolean, unread = ""): string {
  const lines = results.flatMap((result) => resultText(result, dryRun));
  if (lines.length > 0) return `${unread}${lines.join("\n")}\n`;
  return unread === "" ? "Nothing to repair.\n" : unread;
}

function resultText({ plan, receipt, applied, refused }: RepairResult, dryRun: boolean): string[] {
  const what = plan.findings.map((finding) => `  ${finding.code} ${visibleText(finding.message || finding.id, 300)}`);
  const edits = [...plan.edits.map(editText), ...(plan.requests ?? []).map(requestText)].map((line) => `    ${line}`);
  const done = receipt === undefined ? "Done by its owner; it cannot be undone here" : `Done, receipt ${receipt.id}`;
  const head = dryRun && refused === undefined ? "Would do" : applied ? done : `Refused: ${refused}`;
  const rest = [...(plan.left ?? []), ...(receipt?.notes ?? [])].map((note) => `  ${note}`);
  return [
    visibleText(`${plan.store.path || "?"}: ${head}`, 600),
    ...what,
    ...edits.map((line) => visibleText(line, 600)),
    ...rest,
  ];
}

/** What could not be read, so that nothing of it is repaired: a line for each. */
export function unreadText({ stateDirs, stores, findings }: Scan): string {
  const found = (store: string, code: string): string | undefined =>
    findings.find((finding) => finding.store === store && finding.code === code)?.message;
  const ofDirs = stateDirs.map(({ path, problem }) => problem && `${path}: Left alone: ${problem}.`);
  const ofStores = stores.map(
    ({ id, path, problem }) => problem && `${path}: Left alone. ${found(id, problem) ?? problem}`,
  );
  return [...ofDirs, ...ofStores].flatMap((line) => (line ? `${visibleText(line, 600)}\n` : [])).join("");
}

/** What pruning leaves, by its reason: a line for each, however many rows it has. */
export function sparedText(spared: readonly PruneCandidate[]): string {
  const byReason = new Map<string, number>();
  for (const { why } of spared) byReason.set(why, (byReason.get(why) ?? 0) + 1);
  return [...byReason].map(([why, count]) => `${count} spared: ${visibleText(why, 300)}\n`).join("");
}

export function receiptsText(receipts: readonly Receipt[]): string {
  if (receipts.length === 0) return "No repairs so far.\n";
  const lines = receipts.map((receipt) => {
    const { id, at, state, plan, undoneBy, purgedAt } = receipt;
    const fate = purgedAt !== undefined ? `${state}, purged` : undoneBy === undefined ? state : `${state}, undone`;
    const kept = `kept at least until ${clock(keptUntil(receipt)).slice(0, 10)}`;
    const what = [plan.action, fate, `${plan.edits.length} edits`, kept, plan.store.path];
    return visibleText([id, clock(at), ...what].join("  "), 600);
  });
  return `${lines.join("\n")}\n`;
}
