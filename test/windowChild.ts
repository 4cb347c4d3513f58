// Another window, as a process of its own: prepares a repair or an undo, makes it when told so, and tells what came of it.
import { parseCapturedProcesses } from "../src/inspect/processes.ts";
import type { RepairResult } from "../src/model/receipt.ts";
import { nodeFiles } from "../src/repair/files.ts";
import { stateFolder } from "../src/repair/stateFolder.ts";
import { takeStoreLock } from "../src/repair/storeLock.ts";
import {
  planChoices,
  provenFindings,
  type RepairContext,
  receiptsOf,
  repairPlans,
  undoReceipt,
} from "../src/repairs.ts";
import { scan } from "../src/scan/scan.ts";

export type ToWindow =
  | {
      readonly prepare: "repair" | "undo" | "lock";
      readonly home: string;
      readonly folder: string;
      readonly store: string;
      readonly now: number;
    }
  | "go";
export type FromWindow = "ready" | { readonly applied: boolean; readonly refused?: string };

let act: (() => Promise<RepairResult | undefined>) | undefined;

process.on("message", (message: ToWindow) => void answer(message));

async function answer(message: ToWindow): Promise<void> {
  if (message === "go") {
    const result = await act?.();
    tell({ applied: result?.applied === true, ...(result?.refused !== undefined && { refused: result.refused }) });
    return;
  }
  act = await prepare(message);
  tell("ready");
}

async function prepare(message: Exclude<ToWindow, "go">): Promise<typeof act> {
  const folder = stateFolder({}, message.folder);
  const context: RepairContext = {
    folder,
    input: {
      where: { homes: [message.home], stateDirs: [] },
      env: {},
      now: message.now,
      capture: { processes: parseCapturedProcesses("      1       0 Fri Nov 20 09:00:01 2026 /sbin/init") },
    },
  };
  if (message.prepare === "lock") {
    takeStoreLock(nodeFiles, folder, message.store);
    return undefined;
  }
  if (message.prepare === "undo") {
    const receipt = receiptsOf(context).find(({ plan }) => plan.action !== "undo");
    return async () => receipt && undoReceipt(receipt, context);
  }
  const seen = await scan(context.input);
  const { plans } = planChoices(
    seen,
    provenFindings(seen).map((finding) => ({ finding })),
    context,
  );
  return async () => (await repairPlans(seen, plans, context))[0];
}

function tell(message: FromWindow): void {
  process.send?.(message);
}
