// All commands that need a scan to answer from, in one bundle of its own: `commands.ts` loads it at the first call.
import { Claims } from "./claims.ts";
import type { Command, CommandParts, ScanCommand, ShownParts } from "./commands.ts";
import { repairCommands } from "./repairCommands.ts";
import { sessionCommands } from "./sessionCommands.ts";
import { Targets } from "./targets.ts";

export function scanCommands(shown: ShownParts): Record<ScanCommand, Command> {
  const parts: CommandParts = {
    ...shown,
    claims: new Claims(shown.remembered, shown.inspection),
    targets: new Targets(shown.model, () => shown.sessions.view.selection),
  };
  return { ...sessionCommands(parts), ...repairCommands(parts) };
}
