// Which databases of a state directory may hold sessions (facts A, Era S). Whether one does, its tables tell: 6.x and 7.1
// keep other things in a file of the same name.
import { join } from "node:path";
import { listAgents } from "../openclawJson/storeFiles.ts";
import { isAbsent, statsAt } from "../regularFile.ts";

export interface DatabaseFile {
  readonly path: string;
  readonly agent: string;
}

/** Throws where `agents` exists but may not be listed. */
export function findDatabases(stateDir: string): DatabaseFile[] {
  return agentDirs(stateDir)
    .map(({ agent, path }) => ({ agent, path: join(path, "openclaw-agent.sqlite") }))
    .filter(({ path }) => !isAbsent(path));
}

/** Where databases of known agents lie, or will. Never throws. */
export function databaseDirs(stateDir: string): string[] {
  try {
    return agentDirs(stateDir)
      .map(({ path }) => path)
      .filter((path) => statsAt(path)?.isDirectory());
  } catch {
    return [];
  }
}

function agentDirs(stateDir: string): { readonly agent: string; readonly path: string }[] {
  const agents = join(stateDir, "agents");
  return listAgents(agents).map((agent) => ({ agent, path: join(agents, agent, "agent") }));
}
