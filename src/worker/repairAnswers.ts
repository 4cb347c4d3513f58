// What the worker answers about repairs: the same core as the CLI, told in summaries that an extension host can hold.
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type {
  Aftermath,
  PurgeSummary,
  QuarantineSummary,
  ReceiptSummary,
  RepairChoice,
  RepairSummary,
  Requests,
  SessionName,
  StorePreview,
  UndoPreview,
  WritePermission,
} from "../model/messages.ts";
import type { Edit, Plan } from "../model/plan.ts";
import type { Receipt, RepairResult } from "../model/receipt.ts";
import type { PruneCandidate, Scan } from "../model/scan.ts";
import { UserError } from "../model/userError.ts";
import { editText, recoveredText } from "../plan/editText.ts";
import { compareRow } from "../plan/proposedRow.ts";
import { type Choice, outcomesOf } from "../plan/repairPlan.ts";
import { nodeFiles } from "../repair/files.ts";
import { prepare } from "../repair/prepare.ts";
import { keptUntil } from "../repair/retention.ts";
import { refusalOf } from "../repair/storeRepair.ts";
import {
  planChoices,
  planPruning,
  planReceiptUndo,
  type RepairContext,
  receiptsOf,
  recoverRepairs,
  repairPlans,
  undoReceipt,
} from "../repairs.ts";
import { type EverythingInput, inputFor, scanEverything } from "../scan/everything.ts";
import { lookAgain } from "../scan/freshLook.ts";
import { lookWhileItRuns } from "../scan/gatewayNow.ts";
import { aftermathOf } from "./aftermathOf.ts";
import { emptyQuarantine, quarantineSummary } from "./quarantineAnswers.ts";

type Ask<K extends keyof Requests> = Requests[K]["ask"];

export interface RepairAnswers {
  permission(ask: Ask<"permission">): Promise<WritePermission>;
  preview(ask: Ask<"preview">): StorePreview[];
  repair(ask: Ask<"repair">): Promise<RepairSummary[]>;
  aftermath(ask: Ask<"aftermath">): Promise<Aftermath>;
  pruneReview(ask: Ask<"pruneReview">): Promise<Requests["pruneReview"]["answer"]>;
  prune(ask: Ask<"prune">): Promise<RepairSummary[]>;
  receipts(): ReceiptSummary[];
  undoLeaves(ask: Ask<"undoLeaves">): readonly string[];
  undoPreview(ask: Ask<"undoPreview">): UndoPreview;
  undo(ask: Ask<"undo">): Promise<RepairSummary>;
  quarantine(): QuarantineSummary;
  emptyQuarantine(ask: Ask<"emptyQuarantine">): PurgeSummary;
  /** Finishes or takes back what a crash left; one sentence for each. */
  recover(): Promise<string[]>;
}

/** `input` and `latest` are asked anew for every answer; `changed` is called after something was written. */
export function repairAnswers(
  folder: RepairContext["folder"],
  input: () => EverythingInput,
  latest: () => Scan,
  changed: () => Promise<void>,
): RepairAnswers {
  const context = (vouched: readonly string[] = [], whileItRuns?: true): RepairContext => ({
    input: input(),
    folder,
    vouched: new Set(vouched),
    whileItRuns: whileItRuns === true,
  });
  const receiptById = (id: string): Receipt => {
    const receipt = receiptsOf(context()).find((candidate) => candidate.id === id);
    if (receipt === undefined) throw new UserError("That receipt is gone. Show the receipts again.");
    return receipt;
  };
  const finished = async (results: readonly RepairResult[]): Promise<RepairSummary[]> => {
    await changed();
    return results.map(summaryOf);
  };
  return {
    async permission({ store, whileItRuns }) {
      const found = latest().stores.find(({ id }) => id === store);
      if (found === undefined) throw new UserError("The store is not in the last scan. Refresh the view.");
      const own = inputFor(found, input());
      const answer = whileItRuns === true ? lookWhileItRuns(found, true, own) : lookAgain(found, own);
      return { ...(await answer), receipts: folder.receipts };
    },
    preview({ choices }) {
      const { plans, refused } = planChoices(latest(), chosenBy(choices, latest()), context());
      return [...plans.map((plan) => ({ plan })), ...refused].map((result) => ({
        store: result.plan.store.id,
        edits: result.plan.edits,
        ...("refused" in result && result.refused !== undefined && { refused: result.refused }),
      }));
    },
    async repair({ choices, vouched, whileItRuns }) {
      const found = latest();
      const own = context(vouched, whileItRuns);
      const { plans, refused } = planChoices(found, chosenBy(choices, found), own);
      return finished([...refused, ...(await repairPlans(found, plans, own))]);
    },
    async aftermath({ receipt: id, afterMs }) {
      const receipt = receiptById(id);
      await wait(Math.max(0, receipt.at + afterMs - Date.now()));
      return aftermathOf(receipt, latest(), context());
    },
    async pruneReview(ask) {
      if ("olderThanMs" in ask) return (await scanEverything({ ...input(), prune: ask })).prune ?? [];
      const keys = new Set(ask.rows.map(({ key }) => key));
      return candidatesOf((await scanEverything({ ...input(), prune: { keys } })).prune ?? [], ask.rows);
    },
    async prune({ rows, vouched }) {
      const own = context(vouched);
      const found = await scanEverything({ ...own.input, prune: { keys: new Set(rows.map(({ key }) => key)) } });
      const wanted = candidatesOf(found.prune ?? [], rows);
      const spared = wanted.find(({ take }) => !take);
      if (spared !== undefined) throw new UserError(`${spared.key} is spared: ${spared.why}. Look at the list again.`);
      const { plans, refused } = planPruning({ ...found, prune: wanted }, own);
      return finished([...refused, ...(await repairPlans(found, plans, own))]);
    },
    receipts: () => receiptsOf(context()).map((receipt) => receiptSummary(receipt, join(folder.receipts, receipt.id))),
    undoLeaves: ({ receipt, keys }) => plannedUndo(receiptById(receipt), keys, context()).left ?? [],
    undoPreview: ({ receipt, keys }) => undoPreview(receiptById(receipt), keys, context()),
    async undo({ receipt, keys, vouched, whileItRuns }) {
      const own = context(vouched, whileItRuns);
      const only = keys === undefined ? undefined : new Set(keys);
      const result = await undoReceipt(receiptById(receipt), own, only);
      const [summary] = await finished([result]);
      return summary as RepairSummary;
    },
    quarantine: () => quarantineSummary(latest(), context()),
    emptyQuarantine: ({ token }) => emptyQuarantine(latest(), token, context()),
    recover: async () => (await recoverRepairs(context())).map(recoveredText),
  };
}

/** Throws a UserError where a proposal is not there any more, or an outcome is none. */
function chosenBy(choices: readonly RepairChoice[], { findings, stores }: Scan): Choice[] {
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  const kindOf = new Map(stores.map(({ id, kind }) => [id, kind]));
  return choices.map(({ finding: id, status }) => {
    const finding = byId.get(id);
    if (finding === undefined) throw new UserError("What was proposed has changed since. Look at it again.");
    if (status === undefined) return { finding };
    const outcomes = outcomesOf[kindOf.get(finding.store) ?? "openclaw-json"];
    if (finding.repair.kind !== "finalize" || !outcomes.has(status))
      throw new UserError(`That cannot get the outcome "${status}". Choose one of ${[...outcomes].join(", ")}.`);
    return { finding, status };
  });
}

function candidatesOf(candidates: readonly PruneCandidate[], rows: readonly SessionName[]): PruneCandidate[] {
  const named = new Set(rows.map(({ store, key }) => `${store}\n${key}`));
  return candidates.filter(({ store, key }) => named.has(`${store}\n${key}`));
}

function summaryOf({ plan, receipt, applied, refused, stopped }: RepairResult): RepairSummary {
  const isRow = (edit: Edit): boolean => "key" in edit || edit.kind === "content";
  return {
    store: plan.store.id,
    storePath: plan.store.path,
    applied,
    rows: plan.edits.filter(isRow).length,
    files: plan.edits.filter((edit) => !isRow(edit)).length,
    notes: [...(plan.left ?? []), ...(receipt?.notes ?? [])],
    ...(refused !== undefined && { refused }),
    ...(receipt !== undefined && { receipt: receipt.id }),
    ...(stopped === true && { stopped }),
  };
}

function receiptSummary(receipt: Receipt, folder: string): ReceiptSummary {
  const { id, batch, at, plan, state, undoneBy, purgedAt, notes = [] } = receipt;
  return {
    id,
    batch,
    at,
    keptUntil: keptUntil(receipt),
    action: plan.action,
    state,
    storePath: plan.store.path,
    folder,
    edits: plan.edits.map((edit) => ({ text: editText(edit), ...("key" in edit && { key: edit.key }) })),
    notes: [...(plan.left ?? []), ...notes],
    ...(plan.store.agent !== undefined && { agent: plan.store.agent }),
    ...(receipt.captured === true && { captured: true }),
    ...(undoneBy !== undefined && { undoneBy }),
    ...(purgedAt !== undefined && { purgedAt }),
    ...(plan.undoes !== undefined && { undoes: plan.undoes }),
  };
}

/** The rows that the repair changed, as they are and as they would be. */
function undoPreview(receipt: Receipt, keys: readonly string[] | undefined, context: RepairContext): UndoPreview {
  const plan = plannedUndo(receipt, keys, context);
  const edits = receipt.plan.edits.filter((edit) => "key" in edit && (keys === undefined || keys.includes(edit.key)));
  const rowKeys = edits.map((edit) => ("key" in edit ? edit.key : ""));
  const noRows: ReturnType<typeof prepare>["rows"] = new Map();
  const { path, kind } = receipt.plan.store;
  const rows = edits.length === 0 ? noRows : prepare(nodeFiles, path, new Set(rowKeys), [], kind).rows;
  const now: string[] = [];
  const undone: string[] = [];
  for (const edit of edits) {
    if (edit.kind === "fields") {
      const row = JSON.parse(rows.get(edit.key)?.text ?? "{}") as Record<string, unknown>;
      const set = Object.fromEntries(
        edit.fields
          .filter(({ field, after }) => (rows.get(edit.key)?.fields.get(field) ?? null) === after)
          .map(({ field, before }) => [field, before === null ? null : (JSON.parse(before) as unknown)]),
      );
      const compared = compareRow(row, set);
      now.push(`// ${edit.key}\n${compared.stored}`);
      undone.push(`// ${edit.key}\n${compared.proven}`);
    } else if (edit.kind === "removeRow") {
      now.push(`// ${edit.key} is not in the store\n`);
      undone.push(`// ${edit.key}\n${edit.before}\n`);
    }
  }
  const files = plan.edits
    .filter((edit) => !("key" in edit) && edit.kind !== "content")
    .map((edit) => `// ${editText(edit)}`);
  return { now: now.join("\n"), undone: [...undone, ...files].join("\n"), left: plan.left ?? [] };
}

/** What keeps an undo from being planned is said; a bug is thrown on. */
function plannedUndo(receipt: Receipt, keys: readonly string[] | undefined, context: RepairContext): Plan {
  try {
    return planReceiptUndo(receipt, context, keys === undefined ? undefined : new Set(keys));
  } catch (error) {
    throw new UserError(refusalOf(error));
  }
}
