import { homedir } from "node:os";
import { join } from "node:path";

/** Our own folder, shared by windows and the CLI; nothing of it lies under an inspected home (CLI.md). */
export interface StateFolder {
  readonly path: string;
  readonly receipts: string;
  readonly locks: string;
  /** Where leftovers go that lie on its file system. */
  readonly quarantine: string;
}

/** `override`: --backup-dir. Nothing is made before something is written. */
export function stateFolder(env: NodeJS.ProcessEnv, override?: string): StateFolder {
  const base = env["XDG_STATE_HOME"]?.trim() || join(homedir(), ".local", "state");
  const path = override ?? join(base, "openclaw-session-inspector");
  return { path, receipts: join(path, "receipts"), locks: join(path, "locks"), quarantine: join(path, "quarantine") };
}
