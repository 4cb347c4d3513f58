// What is struck, as plain data: this process can do it, and one that is killed while it does.
import type { Plan } from "../../src/model/plan.ts";
import type { Receipt, RepairResult } from "../../src/model/receipt.ts";
import type { Scan } from "../../src/model/scan.ts";
import { type RepairContext, recoverRepairs, repairPlans, undoReceipt } from "../../src/repairs.ts";

export type Task =
  | { readonly do: "repair"; readonly seen: Scan; readonly plans: readonly Plan[] }
  | { readonly do: "undo"; readonly receipt: Receipt; readonly only?: ReadonlySet<string> }
  | { readonly do: "recover" };

/** What came of the first store; undefined of a recovery. */
export async function perform(task: Task, context: RepairContext): Promise<RepairResult | undefined> {
  switch (task.do) {
    case "repair":
      return (await repairPlans(task.seen, task.plans, context))[0];
    case "undo":
      return undoReceipt(task.receipt, context, task.only);
    case "recover":
      await recoverRepairs(context);
      return undefined;
  }
}
