// The person's own `openclaw`, to ask its gateway to stop and to start again (issue 5, "While the gateway runs").
import { statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, dirname, isAbsolute, join } from "node:path";
import type { GatewayCommands } from "../model/messages.ts";

/** Where installers put it, although a program that was not started from a shell has no such PATH. */
const usualPlaces = [".local/bin", ".npm-global/bin", ".openclaw/bin", ".bun/bin", ".local/share/pnpm", ".volta/bin"];

/** The `openclaw` that a shell of this user would run, meaning this state directory; undefined where there is none. */
export function findGatewayCommands(stateDir: string, env: NodeJS.ProcessEnv): GatewayCommands | undefined {
  const home = homedir();
  const named = (env["PATH"] ?? "").split(delimiter).filter(isAbsolute);
  const usual = [...usualPlaces.map((place) => join(home, place)), "/usr/local/bin", "/opt/homebrew/bin"];
  const program = [...named, ...usual].map((folder) => join(folder, "openclaw")).find(isProgram);
  if (program === undefined) return undefined;
  const { profile, settings } = meaning(stateDir, home, env);
  const command = (verb: string): GatewayCommands["stop"] => {
    const args = [...profile, "gateway", verb];
    const set = Object.entries(settings).map(([name, value]) => `${name}=${quoted(value)}`);
    return { args, line: [...set, ...[program, ...args].map(quoted)].join(" ") };
  };
  return { program, env: settings, stop: command("stop"), start: command("start") };
}

interface Meaning {
  /** Arguments that name a profile. */
  readonly profile: readonly string[];
  /** Environment that names the directory, where no profile does. */
  readonly settings: Readonly<Record<string, string>>;
}

/** `~/.openclaw` is meant unless the environment says otherwise, `~/.openclaw-NAME` by its profile (facts A). */
function meaning(stateDir: string, home: string, env: NodeJS.ProcessEnv): Meaning {
  const isNamed = env["OPENCLAW_STATE_DIR"] !== undefined || env["OPENCLAW_HOME"] !== undefined;
  const [isProfile, name] = /^\.openclaw(?:-([A-Za-z0-9_-]+))?$/.exec(basename(stateDir)) ?? [];
  if (isProfile === undefined || dirname(stateDir) !== home || isNamed) {
    return { profile: [], settings: { OPENCLAW_STATE_DIR: stateDir } };
  }
  if (name === "dev") return { profile: ["--dev"], settings: {} };
  return { profile: name === undefined ? [] : ["--profile", name], settings: {} };
}

function isProgram(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && (stats.mode & 0o111) !== 0;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
