// Which program a process is, told from its own name and arguments only. Exact names are compared: an editor that has
// openclaw.json open, a log viewer and we ourselves are no OpenClaw.
import type { ProcessInfo } from "../inspect/processes.ts";

/** `script`: Node runs something that does not say what it is; it cannot be excluded that it is OpenClaw from its sources. */
export type Program = "openclaw" | "other" | "script" | "unreadable";

const ourName = "openclaw-session-inspector";
const scriptRunner = /^(node|nodejs|bun|deno)[\d.-]*(\.exe)?$/;

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
  if (!scriptRunner.test(name)) return "other";
  const scripts = scriptsOf(argv);
  if (scripts.length === 0) return "other";
  return scripts.some(isOpenclawScript) ? "openclaw" : "script";
}

function isTitle(name: string): boolean {
  return name !== ourName && (name === "openclaw" || /^openclaw-[a-z0-9-]+$/.test(name));
}

function isOpenclawScript(script: string): boolean {
  const parts = script.split(/[\\/]/);
  const name = parts.at(-1) ?? "";
  // In the package as in a checkout of it, one folder on the way is called just that.
  return name === "openclaw.mjs" || parts.includes("openclaw");
}

/**
 * What may be the script: the first argument that is no option of the runner. What follows an option may be its value
 * or the script, and no list of the options that take one stays complete: then the next argument may be it too.
 */
function scriptsOf(argv: readonly string[]): string[] {
  const scripts: string[] = [];
  let afterOption = false;
  for (const argument of argv.slice(1)) {
    if (!argument.startsWith("-") && argument !== "run") {
      scripts.push(argument);
      if (!afterOption) break;
    }
    afterOption = argument.startsWith("-") && !argument.includes("=");
  }
  return scripts;
}

/** The last part of a path, or the first word of a title that was set. */
function baseName(first: string): string {
  const word = first.trim().split(/\s+/)[0] ?? "";
  return word.split(/[\\/]/).at(-1) ?? "";
}
