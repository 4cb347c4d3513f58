// What became of a repair that was made while its gateway runs: the store, and the gateway's own view of it.

import type { WriterReport } from "../model/facts.ts";
import type { Aftermath } from "../model/messages.ts";
import type { Receipt } from "../model/receipt.ts";
import type { Scan } from "../model/scan.ts";
import { UserError } from "../model/userError.ts";
import { type Compared, compareSince } from "../repair/aftermath.ts";
import { codeOf, isSystemError, nodeFiles } from "../repair/files.ts";
import { loadReceipt } from "../repair/receiptFolder.ts";
import type { RepairContext } from "../repairs.ts";
import { inputFor } from "../scan/everything.ts";
import { gatewayView } from "../scan/gatewayNow.ts";

/** Throws a UserError where the store cannot be compared. */
export async function aftermathOf(receipt: Receipt, scan: Scan, context: RepairContext): Promise<Aftermath> {
  const { files = nodeFiles, folder, input } = context;
  const { undoes, store } = receipt.plan;
  const undone = undoes === undefined ? undefined : loadReceipt(files, folder, undoes);
  const { statuses, strays, ...compared } = readable(() => compareSince(files, receipt, undone));
  const served = scan.stores.find(({ id }) => id === store.id);
  const ask = async (): Promise<WriterReport | undefined> => served && gatewayView(served, inputFor(served, input));
  const first = lostRows(await ask(), statuses, served?.agent);
  // What began or ended while we looked is in the next comparison; what is lost stays so.
  const rows =
    first.length === 0 ? [] : await stillLost(first, ask, () => compareSince(files, receipt, undone), served?.agent);
  return { ...compared, lost: [...rows, ...strays] };
}

async function stillLost(
  keys: readonly string[],
  ask: () => Promise<WriterReport | undefined>,
  compare: () => Compared,
  agent: string | undefined,
): Promise<string[]> {
  const { statuses } = readable(compare);
  const again = lostRows(await ask(), statuses, agent);
  return keys.filter((key) => again.includes(key));
}

/** Rows that it shows and the store does not have, and runs of rows that do not say that they run (facts L 4 to 6). */
function lostRows(
  report: WriterReport | undefined,
  statuses: Compared["statuses"],
  agent: string | undefined,
): string[] {
  // It shows the rows of all of its agents.
  const isOfStore = (key: string): boolean =>
    statuses.has(key) || (agent !== undefined && key.startsWith(`agent:${agent}:`));
  const unmarked = [...(report?.running ?? [])].filter((key) => statuses.get(key) !== "running");
  const missing = [...(report?.statuses?.keys() ?? [])].filter((key) => !statuses.has(key));
  return [...new Set([...unmarked, ...missing])].filter(isOfStore);
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UserError(`What became of the store cannot be told: it cannot be read (${codeOf(error)}).`);
  }
}
