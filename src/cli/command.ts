import type { Scan } from "../model/scan.ts";
import { UserError } from "../model/userError.ts";
import type { RepairContext } from "../repairs.ts";
import type { ScanInput } from "../scan/scan.ts";
import type { Call } from "./arguments.ts";

export const exitCodes = { fine: 0, findings: 1, wrongCall: 2 } as const;

/** Does what was asked for and gives the exit status. */
export type Run = (call: Call, context: RepairContext) => Promise<number>;

export function failUnlessRead(result: Scan, input: ScanInput): void {
  if (result.stateDirs.some((dir) => dir.problem === undefined)) return;
  const named = [...input.where.homes, ...input.where.stateDirs];
  const reasons = result.stateDirs.map((dir) => `${dir.path}: ${dir.problem}`).join("; ");
  const where = named.length === 0 ? "your home" : named.join(", ");
  throw new UserError(`No OpenClaw state directory could be read in ${where}${reasons && ` (${reasons})`}.`);
}
