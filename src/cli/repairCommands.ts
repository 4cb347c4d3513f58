// Every command but `scan`: what they need is loaded with this file, when one of them is called.
import { receiptsOf } from "../repairs.ts";
import { scan } from "../scan/scan.ts";
import type { Command } from "./arguments.ts";
import { exitCodes, failUnlessRead, type Run } from "./command.ts";
import { print, printJson } from "./output.ts";
import {
  pruneCall,
  receiptsJson,
  receiptsText,
  repairCall,
  resultsJson,
  resultsText,
  sparedText,
  undoCall,
  unreadText,
} from "./repairCalls.ts";

export const repairCommands: Readonly<Record<Exclude<Command, "scan">, Run>> = {
  async repair(call, context) {
    const result = await scan(context.input);
    const unattended = call.proven && !call.strict;
    if (!unattended) failUnlessRead(result, call.input);
    const results = await repairCall(result, call, context);
    if (call.json) await printJson(process.stdout, resultsJson(results));
    else await print(process.stdout, resultsText(results, call.dryRun, call.proven ? unreadText(result) : ""));
    return unattended || results.every(({ refused }) => refused === undefined) ? exitCodes.fine : exitCodes.findings;
  },
  async prune(call, context) {
    const result = await scan(context.input);
    failUnlessRead(result, call.input);
    const results = await pruneCall(result, call, context);
    const spared = (result.prune ?? []).filter(({ take }) => !take);
    if (call.json) {
      const told = { ...resultsJson(results), spared: spared.map(({ store, key, why }) => ({ store, key, why })) };
      await printJson(process.stdout, told);
    } else await print(process.stdout, `${resultsText(results, call.dryRun)}${sparedText(spared)}`);
    return results.every(({ refused }) => refused === undefined) ? exitCodes.fine : exitCodes.findings;
  },
  async undo(call, context) {
    const result = await undoCall(call.receipt, context);
    if (call.json) await printJson(process.stdout, resultsJson([result]));
    else await print(process.stdout, resultsText([result], false));
    return result.applied ? exitCodes.fine : exitCodes.findings;
  },
  async receipts({ json }, context) {
    const receipts = receiptsOf(context);
    if (json) await printJson(process.stdout, receiptsJson(receipts));
    else await print(process.stdout, receiptsText(receipts));
    return exitCodes.fine;
  },
};
