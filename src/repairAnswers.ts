// What the worker answers about repairs: the same core as the CLI, told in summaries that an extension host can hold.
import { join } from "node:path";
import type { ReceiptSummary, RepairSummary, Requests, UndoPreview } from "./model/messages.ts";
import type { Edit } from "./model/plan.ts";
import type { Receipt, RepairResult } from "./model/receipt.ts";
import type { Scan } from "./model/scan.ts";
import type { Permission } from "./model/store.ts";
import { UserError } from "./model/userError.ts";
import { editText, recoveredText } from "./plan/editText.ts";
import { compareRow } from "./plan/proposedRow.ts";
import type { Choice } from "./plan/repairPlan.ts";
import { nodeFiles } from "./repair/files.ts";
import { prepare } from "./repair/prepare.ts";
import {
  expiryOf,
  planChoices,
  planPruning,
  planReceiptUndo,
  type RepairContext,
  receiptsOf,
  recoverRepairs,
  repairPlans,
  undoReceipt,
} from "./repairs.ts";
import { lookAgain, type ScanInput, scan } from "./scan.ts";

type Ask<K extends keyof Requests> = Requests[K]["ask"];

export interface RepairAnswers {
  permission(ask: Ask<"permission">): Promise<Permission>;
  repair(ask: Ask<"repair">): Promise<RepairSummary[]>;
  pruneReview(ask: Ask<"pruneReview">): Promise<Requests["pruneReview"]["answer"]>;
  prune(ask: Ask<"prune">): Promise<RepairSummary[]>;
  receipts(): ReceiptSummary[];
  undoPreview(ask: Ask<"undoPreview">): UndoPreview;
  undo(ask: Ask<"undo">): Promise<RepairSummary>;
  /** Finishes or takes back what a crash left; one sentence for each. */
  recover(): Promise<string[]>;
}

/** `input` and `latest` are asked anew for every answer; `changed` is called after something was written. */
export function repairAnswers(
  folder: RepairContext["folder"],
  input: () => ScanInput,
  latest: () => Scan,
  changed: () => Promise<void>,
): RepairAnswers {
  const context = (vouched: readonly string[] = []): RepairContext => ({
    input: input(),
    folder,
    vouched: new Set(vouched),
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
    permission({ store }) {
      const found = latest().stores.find(({ id }) => id === store);
      if (found === undefined) throw new UserError("The store is not in the last scan. Refresh the view.");
      return lookAgain(found, input());
    },
    async repair({ choices, vouched }) {
      const found = latest();
      const chosen = choices.map((choice): Choice => {
        const finding = found.findings.find(({ id }) => id === choice.finding);
        if (finding === undefined) throw new UserError("What was proposed has changed since. Look at it again.");
        return { finding, ...(choice.status !== undefined && { status: choice.status }) };
      });
      const { plans, refused } = planChoices(found, chosen, context(vouched));
      return finished([...refused, ...(await repairPlans(found, plans, context(vouched)))]);
    },
    async pruneReview({ olderThanMs }) {
      return (await scan({ ...input(), prune: { olderThanMs } })).prune ?? [];
    },
    async prune({ rows, vouched }) {
      const found = await scan({ ...input(), prune: { keys: new Set(rows.map(({ key }) => key)) } });
      const wanted = (found.prune ?? []).filter(({ store, key }) =>
        rows.some((row) => row.store === store && row.key === key),
      );
      const spared = wanted.find(({ take }) => !take);
      if (spared !== undefined) throw new UserError(`${spared.key} is spared: ${spared.why}. Look at the list again.`);
      const { plans, refused } = planPruning({ ...found, prune: wanted }, context(vouched));
      return finished([...refused, ...(await repairPlans(found, plans, context(vouched)))]);
    },
    receipts: () => receiptsOf(context()).map((receipt) => receiptSummary(receipt, join(folder.receipts, receipt.id))),
    undoPreview: ({ receipt, keys }) => undoPreview(receiptById(receipt), keys, context()),
    async undo({ receipt, keys, vouched }) {
      const result = await undoReceipt(
        receiptById(receipt),
        context(vouched),
        keys === undefined ? undefined : new Set(keys),
      );
      const [summary] = await finished([result]);
      return summary as RepairSummary;
    },
    recover: async () => (await recoverRepairs(context())).map(recoveredText),
  };
}

function summaryOf({ plan, receipt, applied, refused }: RepairResult): RepairSummary {
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
  };
}

function receiptSummary(receipt: Receipt, folder: string): ReceiptSummary {
  const { id, batch, at, plan, state, undoneBy, notes = [] } = receipt;
  return {
    id,
    batch,
    at,
    expiresAt: expiryOf(receipt),
    action: plan.action,
    state,
    storePath: plan.store.path,
    folder,
    edits: plan.edits.map((edit) => ({ text: editText(edit), ...("key" in edit && { key: edit.key }) })),
    notes: [...(plan.left ?? []), ...notes],
    ...(plan.store.agent !== undefined && { agent: plan.store.agent }),
    ...(undoneBy !== undefined && { undoneBy }),
    ...(plan.undoes !== undefined && { undoes: plan.undoes }),
  };
}

/** The rows that the repair changed, as they are and as they would be. */
function undoPreview(receipt: Receipt, keys: readonly string[] | undefined, context: RepairContext): UndoPreview {
  const plan = planReceiptUndo(receipt, context, keys === undefined ? undefined : new Set(keys));
  const edits = receipt.plan.edits.filter((edit) => "key" in edit && (keys === undefined || keys.includes(edit.key)));
  const rowKeys = edits.map((edit) => ("key" in edit ? edit.key : ""));
  const { rows } = prepare(nodeFiles, receipt.plan.store.path, new Set(rowKeys), []);
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
