// Which stores a state directory has, and what lies beside each (facts A, C, E).
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { ArchiveFacts, FileFacts } from "../../model/facts.ts";
import { realPath } from "../homes.ts";
import { isAbsent, linkStatsAt, statsAt } from "../regularFile.ts";
import type { OpenclawConfig } from "./config.ts";

export interface StoreFile {
  readonly path: string;
  readonly agent?: string;
}

/**
 * Every `agents/<id>/sessions/sessions.json`, and where `session.store` says for every known agent (facts A, Discovery).
 * Throws where `agents` exists but may not be listed.
 */
export function findStoreFiles(stateDir: string, config: OpenclawConfig): StoreFile[] {
  const onDisk = listAgents(join(stateDir, "agents"));
  const found: StoreFile[] = [];
  const template = config.storeTemplate;
  // One store for all agents is no agent's own, wherever it lies: it comes first.
  if (template !== undefined && !template.includes("{agentId}")) {
    found.push({ path: expandTemplate(template, "main", stateDir) });
  }
  for (const agent of onDisk) found.push({ agent, path: join(stateDir, "agents", agent, "sessions", "sessions.json") });
  if (template?.includes("{agentId}")) {
    for (const agent of new Set(["main", ...onDisk, ...config.agents.map((id) => id.toLowerCase())])) {
      found.push({ path: expandTemplate(template, agent, stateDir), agent });
    }
  }
  const seen = new Set<string>();
  return found.filter(({ path }) => {
    const real = realPath(path);
    // Hidden from us is there: only what is certainly absent is passed over.
    if (seen.has(real) || isAbsent(path)) return false;
    seen.add(real);
    return true;
  });
}

/** Where sessions of known agents lie, or will: a store may yet appear in them. Never throws. */
export function agentSessionDirs(stateDir: string): string[] {
  const agents = join(stateDir, "agents");
  try {
    return listAgents(agents)
      .map((agent) => join(agents, agent, "sessions"))
      .filter((path) => statsAt(path)?.isDirectory());
  } catch {
    return [];
  }
}

/** Throws where the directory exists but may not be listed. */
export function listAgents(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function expandTemplate(template: string, agent: string, stateDir: string): string {
  const filled = template.trim().replaceAll("{agentId}", agent);
  return resolve(stateDir, filled.startsWith("~/") ? join(homeOf(stateDir), filled.slice(2)) : filled);
}

/** What `~` stands for: the home that is inspected, which need not be ours. */
function homeOf(stateDir: string): string {
  return /^\.(openclaw(-.+)?|clawdbot)$/.test(basename(stateDir)) ? dirname(stateDir) : homedir();
}

/** What lies in a store's directory, listed once: with ten thousand transcripts a look-up is cheaper than a stat. */
export interface SessionsDir {
  readonly path: string;
  /** Of a captured store: nothing outside of this directory is its own, whatever lies here where a row says. */
  readonly only?: string;
  /** Why nothing of it is known, its locks least of all: rows can be opened by name, but not be judged. */
  readonly problem?: string;
  readonly names: Pick<ReadonlySet<string>, "has">;
  /** What transcripts that are called by a session id alone are called, without `.jsonl`. */
  readonly ids: ReadonlySet<string>;
  /** Trajectories and pointers to one. */
  readonly sidecars: readonly string[];
  /** All others, in order. */
  readonly others: readonly string[];
  /** Topic transcripts `<id>-topic-<thread>.jsonl` and forks `<time>_<id>.jsonl`, by session id (facts C1). */
  readonly otherTranscripts: ReadonlyMap<string, string>;
  /** Names of archives, by the name of the transcript that they were (facts C4). */
  readonly archives: ReadonlyMap<string, readonly string[]>;
  /** Names of `*.lock` files. */
  readonly locks: readonly string[];
}

/** A directory that was listed a while ago: of a name it tells whether it is there now, everything else is of that time. */
export interface ListedDir extends Omit<SessionsDir, "ids" | "sidecars"> {
  readonly ids: Pick<ReadonlySet<string>, "has">;
}

/** Keeps no name of those that it was listed with but the others: there may be thirty thousand. */
export function listedDir({ ids: _ids, sidecars: _sidecars, names: _names, ...listed }: SessionsDir): ListedDir {
  const has = (name: string): boolean => linkStatsAt(join(listed.path, name)) !== undefined;
  return { ...listed, names: { has }, ids: { has: (id) => has(`${id}${transcriptEnd}`) } };
}

const transcriptEnd = ".jsonl";
const trajectoryEnd = ".trajectory.jsonl";
const pointerEnd = ".trajectory-path.json";
const archiveName = /^(.+\.jsonl)\.(deleted|reset|bak)\.(.+?)(?:\.[0-9a-f]+)?(?:\.zst)?$/;

export function listSessionsDir(storePath: string): SessionsDir {
  const path = dirname(storePath);
  let names: string[] = [];
  let problem: string | undefined;
  try {
    names = readdirSync(path);
  } catch (error) {
    problem = `its directory cannot be listed (${(error as NodeJS.ErrnoException).code})`;
  }
  const otherTranscripts = new Map<string, string>();
  const archives = new Map<string, string[]>();
  const { ids, sidecars, others } = takenApart(names);
  for (const name of others) {
    if (/\.checkpoint\.[^.]+\.jsonl$/.test(name)) continue;
    if (name.endsWith(".jsonl")) {
      const id = /^(.+)-topic-.+\.jsonl$/.exec(name)?.[1] ?? /_([^_]+)\.jsonl$/.exec(name)?.[1];
      if (id !== undefined) otherTranscripts.set(id, name);
    } else {
      const transcript = archiveName.exec(name)?.[1];
      if (transcript !== undefined) archives.set(transcript, [...(archives.get(transcript) ?? []), name]);
    }
  }
  const locks = others.filter((name) => name.endsWith(".jsonl.lock") || name === "sessions.json.lock");
  const all = { path, names: allOf(ids, sidecars, others), ids, sidecars, others, otherTranscripts, archives, locks };
  return { ...all, ...(problem !== undefined && { problem }) };
}

/** Ten thousand sessions have thirty thousand names: only those that are not of one of them are put in order. */
function takenApart(names: readonly string[]): {
  readonly ids: ReadonlySet<string>;
  readonly sidecars: readonly string[];
  readonly others: readonly string[];
} {
  const ids = new Set<string>();
  const sidecars: string[] = [];
  const others: string[] = [];
  for (const name of names) {
    if (sidecarEnd(name) !== undefined) sidecars.push(name);
    else if (isPlainTranscript(name)) ids.add(name.slice(0, -transcriptEnd.length));
    else others.push(name);
  }
  return { ids, sidecars, others: others.sort() };
}

function isPlainTranscript(name: string): boolean {
  if (!name.endsWith(transcriptEnd)) return false;
  return !name.includes("_") && !name.includes("-topic-") && !name.includes(".checkpoint.");
}

/** The id of the transcript that a trajectory, or a pointer to one, is of; undefined for any other name. */
export function transcriptOfSidecar(name: string): string | undefined {
  const end = sidecarEnd(name);
  return end === undefined ? undefined : name.slice(0, -end.length);
}

function sidecarEnd(name: string): string | undefined {
  const end = name.endsWith(trajectoryEnd) ? trajectoryEnd : name.endsWith(pointerEnd) ? pointerEnd : undefined;
  return end === undefined || name.length === end.length ? undefined : end;
}

/** Few names are ever asked for but those of transcripts: the others become a set when the first of them is. */
function allOf(
  ids: ReadonlySet<string>,
  sidecars: readonly string[],
  others: readonly string[],
): Pick<ReadonlySet<string>, "has"> {
  let rest: ReadonlySet<string> | undefined;
  return {
    has: (name) => {
      if (isPlainTranscript(name) && ids.has(name.slice(0, -transcriptEnd.length))) return true;
      rest ??= new Set([...sidecars, ...others]);
      return rest.has(name);
    },
  };
}

/** Archives of a transcript, newest first by the time in the name, which is the one that retention reads (facts C4). */
export function archivesOf(directory: ListedDir, transcript: string): ArchiveFacts[] {
  const found: ArchiveFacts[] = [];
  for (const name of directory.archives.get(basename(transcript)) ?? []) {
    const match = archiveName.exec(name);
    const facts = fileFacts(join(directory.path, name));
    if (match === null || facts === undefined) continue;
    const archivedAt = archiveTime(match[3] ?? "");
    const reason = match[2] as ArchiveFacts["reason"];
    found.push({ ...facts, reason, ...(archivedAt !== undefined && { archivedAt }) });
  }
  return found.sort((a, b) => (b.archivedAt ?? b.mtimeMs) - (a.archivedAt ?? a.mtimeMs));
}

/** `2026-11-20T10-16-56.194Z` or milliseconds. */
function archiveTime(text: string): number | undefined {
  const iso = /^(\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-(\d\d(?:\.\d+)?Z)$/.exec(text);
  const at = iso === null ? Number(text) : Date.parse(`${iso[1]}${iso[2]}:${iso[3]}:${iso[4]}`);
  return Number.isFinite(at) && at > 0 ? at : undefined;
}

/** Files that a broken store might be restored from: backups and temporary files of its writers, newest first (facts C4, E). */
export function restoreCandidates(directory: SessionsDir): FileFacts[] {
  return directory.others
    .filter((name) => /^sessions\.json\..+/.test(name) || /^\.fs-safe-replace\..+\.tmp$/.test(name))
    .filter((name) => !name.endsWith(".lock"))
    .map((name) => fileFacts(join(directory.path, name)))
    .filter((facts) => facts !== undefined)
    .sort((a, b) => b.mtimeMs - a.mtimeMs);
}

function fileFacts(path: string): FileFacts | undefined {
  const stats = statsAt(path);
  return stats?.isFile() ? { path, sizeBytes: stats.size, mtimeMs: stats.mtimeMs } : undefined;
}
