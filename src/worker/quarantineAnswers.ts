// What the worker answers about the quarantine: how much it holds, and that it was emptied.
import { dirname } from "node:path";
import type { PurgeSummary, QuarantineSummary } from "../model/messages.ts";
import type { Scan } from "../model/scan.ts";
import { UserError } from "../model/userError.ts";
import { nodeFiles } from "../repair/files.ts";
import { type PurgeInput, purge, quarantineContent } from "../repair/purge.ts";
import { refusalOf } from "../repair/storeRepair.ts";
import type { RepairContext } from "../repairs.ts";

/** `scan`: names the state directories that may have a quarantine beside them. Throws a UserError where one cannot be read. */
export function quarantineSummary(scan: Scan, context: RepairContext): QuarantineSummary {
  const { files, token } = told(() => quarantineContent(inputOf(scan, context)));
  return { ...sumOf(files), folders: [...new Set(files.map(({ path }) => dirname(path)))], token };
}

/** Throws a UserError where it holds something else by now, a repair is under way, or it was stopped before the first file. */
export function emptyQuarantine(scan: Scan, token: string, context: RepairContext): PurgeSummary {
  const { files, isStopped } = told(() => purge(inputOf(scan, context), token, Date.now()));
  return { ...sumOf(files), ...(isStopped && { stopped: true }) };
}

function inputOf({ stateDirs }: Scan, { files = nodeFiles, folder, input: { goOn } }: RepairContext): PurgeInput {
  return { files, folder, stateDirs: stateDirs.map(({ path }) => path), ...(goOn !== undefined && { goOn }) };
}

function sumOf(files: readonly { readonly sizeBytes: number }[]): PurgeSummary {
  return { files: files.length, bytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}

function told<T>(look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw new UserError(refusalOf(error));
  }
}
