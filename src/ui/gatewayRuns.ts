// What is refused because a gateway runs, with the ways around it.
import * as vscode from "vscode";
import { commands } from "../ids.ts";
import type { Finding } from "../model/finding.ts";
import { UserError } from "../model/userError.ts";

export interface WayAround {
  readonly title: string;
  run(): Promise<void>;
}

export class GatewayRuns extends UserError {
  /** The one that the gateway serves. */
  readonly stateDir: string;
  readonly ways: readonly WayAround[];

  constructor(message: string, stateDir: string, ways: readonly WayAround[] = []) {
    super(message);
    this.stateDir = stateDir;
    this.ways = ways;
  }
}

/** Gives what `act` gives; what it refuses because a gateway runs is refused with these ways around it. */
export async function withWaysAround<T>(
  ways: (stateDir: string) => readonly WayAround[],
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof GatewayRuns)) throw error;
    throw new GatewayRuns(error.message, error.stateDir, ways(error.stateDir));
  }
}

/** With the gateway stopped in between: what that repairs are sessions to be finalized, and nothing else. */
export function restartFor(findings: readonly Finding[], stateDir: string): readonly WayAround[] {
  if (findings.some(({ repair }) => repair.kind !== "finalize")) return [];
  return [
    {
      title: vscode.l10n.t("Stop the Gateway, Repair, Start It Again…"),
      run: async () => vscode.commands.executeCommand(commands.stopRepairStart, { type: "stateDir", path: stateDir }),
    },
  ];
}
