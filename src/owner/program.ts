// Which program a process is, told from its own name and arguments only. Exact names are compared: an editor that has
// openclaw.json open, a log viewer and we ourselves are no OpenClaw.
import type { ProcessInfo } from "../inspect/processes.ts";

/** `script`: Node runs something that does not say what it is; it cannot be excluded that it is OpenClaw from its sources. */
export type Program = "openclaw" | "other" | "script" | "unreadable";

const ourName = "openclaw-session-inspector";
const scriptRunners = new Set(["node", "nodejs", "bun", "deno"]);
const optionsWithValue = new Set([
  "-r",
  "--require",
  "--import",
  "--loader",
  "--experimental-loader",
  "-C",
  "--conditions",
]);

/**
 * OpenClaw sets its title: `openclaw`, `openclaw-gateway`, `openclaw-agent`, … (facts K). Before it does, it is a script
 * of the package `openclaw` that Node runs.
 */
export function programOf(process: ProcessInfo): Program {
  const argv = process.argv;
  if (argv === undefined) return "unreadable";
  // Kernel threads and the like: nothing that writes a store.
  if (argv.length === 0) return "other";
  const name = baseName(argv[0] ?? "");
  if (isTitle(name)) return "openclaw";
  if (!scriptRunners.has(name.replace(/\.exe$/, ""))) return "other";
  const script = scriptOf(argv);
  if (script === undefined) return "other";
  return isOpenclawScript(script) ? "openclaw" : "script";
}

function isTitle(name: string): boolean {
  return name !== ourName && (name === "openclaw" || /^openclaw-[a-z0-9-]+$/.test(name));
}

function isOpenclawScript(script: string): boolean {
  const parts = script.split(/[\\/]/);
  const name = parts.at(-1) ?? "";
  if (parts.includes(ourName)) return false;
  // In the package as in a checkout of it, one folder on the way is called just that.
  return name === "openclaw.mjs" || parts.includes("openclaw");
}

/** The first argument that is no option of the runner: the script. */
function scriptOf(argv: readonly string[]): string | undefined {
  for (let i = 1; i < argv.length; i++) {
    const argument = argv[i] ?? "";
    if (optionsWithValue.has(argument)) i += 1;
    else if (!argument.startsWith("-")) return argument;
  }
  return undefined;
}

/** The last part of a path, or the first word of a title that was set. */
function baseName(first: string): string {
  const word = first.trim().split(/\s+/)[0] ?? "";
  return word.split(/[\\/]/).at(-1) ?? "";
}
