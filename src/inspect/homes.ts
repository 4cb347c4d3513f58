// Where state directories may be (facts A). Nothing to configure: a home is enough, and the environment of the inspected
// programs counts as it does for them.
import { readdirSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Where } from "../model/where.ts";
import { isAbsent } from "./regularFile.ts";

export interface FoundStateDir {
  readonly path: string;
  readonly origin: string;
  /** Why it could not be listed. */
  readonly problem?: string;
}

/**
 * State directories in the order to show them, each once, by real path. A directory that was named is given even where
 * it does not exist, with a problem; one that was only looked for is given only where it looks like one.
 */
export function findStateDirs(where: Where, env: NodeJS.ProcessEnv, ownHome: string = homedir()): FoundStateDir[] {
  const found: FoundStateDir[] = [];
  for (const path of where.stateDirs) found.push(named(resolve(expandTilde(path, ownHome)), "named"));
  for (const home of where.homes) found.push(...inNamedHome(resolve(expandTilde(home, ownHome))));
  if (isUnnamed(where)) found.push(...inOwnHome(env, ownHome));
  return onlyOnce(found);
}

function onlyOnce(found: readonly FoundStateDir[]): FoundStateDir[] {
  const seen = new Set<string>();
  return found.filter(({ path }) => {
    const real = realPath(path);
    if (seen.has(real)) return false;
    seen.add(real);
    return true;
  });
}

/** Nobody said where to look: this user's own home, and the environment of the inspected programs, count then only. */
export function isUnnamed({ homes, stateDirs, agentctlDirs = [], claudeMemDirs = [] }: Where): boolean {
  return [homes, stateDirs, agentctlDirs, claudeMemDirs].every(({ length }) => length === 0);
}

/** Folders of another program, by the name that they have in a home; those that were named come first. */
export function findFolders(
  { where, named: names, name, env }: FolderQuestion,
  ownHome: string = homedir(),
): FoundStateDir[] {
  const found = names.map((path) => named(resolve(expandTilde(path, ownHome)), "named"));
  const homes = isUnnamed(where) ? [ownHome] : where.homes.map((path) => resolve(expandTilde(path, ownHome)));
  const other = isUnnamed(where) ? env?.trim() : undefined;
  if (other) found.push(named(resolve(expandTilde(other, ownHome)), "environment"));
  else {
    for (const home of homes) {
      const path = join(home, name);
      if (!isAbsent(path)) found.push({ ...named(path, "home"), origin: "home" });
    }
  }
  return onlyOnce(found);
}

export interface FolderQuestion {
  readonly where: Where;
  /** Those of this program that a person named. */
  readonly named: readonly string[];
  readonly name: string;
  /** Where its own environment variable says that it is. */
  readonly env?: string | undefined;
}

/** A captured folder is a state directory, or a home that holds some. */
export function whereCaptured(path: string): Where {
  const isHome = !looksLikeStateDir(path) && inHome(path).length > 0;
  return isHome ? { homes: [path], stateDirs: [] } : { homes: [], stateDirs: [path] };
}

/** A home that was named and cannot be listed is given itself, with the reason: nothing is passed over in silence. */
function inNamedHome(home: string): FoundStateDir[] {
  const given = named(home, "named");
  return given.problem === undefined ? inHome(home) : [given];
}

function inOwnHome(env: NodeJS.ProcessEnv, ownHome: string): FoundStateDir[] {
  const found: FoundStateDir[] = [];
  const stateDir = env["OPENCLAW_STATE_DIR"]?.trim();
  if (stateDir) found.push(named(resolve(expandTilde(stateDir, ownHome)), "OPENCLAW_STATE_DIR"));
  const openclawHome = env["OPENCLAW_HOME"]?.trim();
  if (openclawHome) found.push(...inHome(resolve(expandTilde(openclawHome, ownHome))));
  found.push(...inHome(ownHome));
  return found;
}

/** `.openclaw`, its profiles `.openclaw-<name>`, `.clawdbot`, and the `.openclaw/.openclaw` that OPENCLAW_HOME=~/.openclaw makes (#45765). */
function inHome(home: string): FoundStateDir[] {
  let names: string[];
  try {
    names = readdirSync(home).filter((name) => name === ".clawdbot" || /^\.openclaw(-.+)?$/.test(name));
  } catch {
    return [];
  }
  return names
    .sort()
    .flatMap((name) => [join(home, name), join(home, name, ".openclaw")])
    .filter(looksLikeStateDir)
    .map((path) => ({ path, origin: "home" }));
}

/** A directory that somebody named: it may be a home as well as a state directory. */
function named(path: string, origin: string): FoundStateDir {
  try {
    if (!statSync(path).isDirectory()) return { path, origin, problem: "it is not a directory" };
    readdirSync(path);
    return { path, origin };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return { path, origin, problem: code === "ENOENT" ? "it does not exist" : `it cannot be listed (${code})` };
  }
}

/** It holds agents or a configuration, or it may not be listed, which must be said. */
export function looksLikeStateDir(path: string): boolean {
  try {
    if (!statSync(path).isDirectory()) return false;
    return readdirSync(path).some((name) => name === "agents" || name === "openclaw.json" || name === "clawdbot.json");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES";
  }
}

function expandTilde(path: string, home: string): string {
  return path === "~" || path.startsWith("~/") ? join(home, path.slice(1)) : path;
}

export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
