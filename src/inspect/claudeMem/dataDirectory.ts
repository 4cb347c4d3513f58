import { join } from "node:path";
import { asRecord, asText } from "../openclawJson/records.ts";
import { isUnreadable, readText } from "../regularFile.ts";

const settingsLimitBytes = 1 << 20;

/**
 * Where claude-mem keeps its data if not in `~/.claude-mem`: the environment's CLAUDE_MEM_DATA_DIR, else the same key of
 * its settings, flat or under `env` (facts 2.1). Nothing else of the settings is looked at: they may hold keys.
 */
export function dataDirectoryOf(home: string, env: NodeJS.ProcessEnv): string | undefined {
  const named = env["CLAUDE_MEM_DATA_DIR"]?.trim();
  if (named) return named;
  const text = readText(join(home, ".claude-mem", "settings.json"), settingsLimitBytes);
  if (isUnreadable(text)) return undefined;
  try {
    const settings = asRecord(JSON.parse(text));
    const set = settings?.["CLAUDE_MEM_DATA_DIR"] ?? asRecord(settings?.["env"])?.["CLAUDE_MEM_DATA_DIR"];
    return asText(set)?.trim() || undefined;
  } catch {
    return undefined;
  }
}
