// What is special about repairs where agentctl's daemon runs, or may come.

import type { OwnerRequest, Plan } from "./model/plan.ts";
import type { RepairResult } from "./model/receipt.ts";
import type { Permission } from "./model/store.ts";
import { UserError } from "./model/userError.ts";
import { askOfDaemon } from "./owner/agentctlRequests.ts";
import { refusalOf } from "./repair/storeRepair.ts";
import { lookAgain } from "./scan/freshLook.ts";
import type { ScanInput } from "./scan/scan.ts";

/** What only the running owner can do is asked of it, once the person has said so; nothing is written, and nothing kept. */
export async function askOwner(
  plan: Plan,
  requests: readonly OwnerRequest[],
  permission: () => Promise<Permission>,
  input: ScanInput,
): Promise<RepairResult> {
  try {
    if (input.capture !== undefined) throw new UserError("It was captured: nobody is there to be asked.");
    const { throughOwner, why } = await permission();
    if (throughOwner !== true) throw new UserError(`It is not asked any more, since that changed. ${why}`);
    for (const request of requests) await askOfDaemon(plan.store.stateDir, request);
    return { plan, applied: true };
  } catch (error) {
    return { plan, applied: false, refused: refusalOf(error) };
  }
}

/** A daemon that had read the files before they were replaced writes its memory over them (facts 1.10): then that is said. */
export async function withLastLook(result: RepairResult, input: ScanInput): Promise<RepairResult> {
  const { receipt, plan } = result;
  const { kind, path, stateDir } = plan.store;
  const { answer } = await lookAgain({ kind, path, stateDir }, input);
  if (answer === "yes" || receipt === undefined) return result;
  const note = "agentctl's daemon was started meanwhile, and may write what it had read over this. Look again.";
  return { ...result, receipt: { ...receipt, notes: [...(receipt.notes ?? []), note] } };
}
