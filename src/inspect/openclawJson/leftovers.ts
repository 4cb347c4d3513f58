// Files beside a store that no row names: history, debris of writers that were killed, archives (facts C4, C5, E).
import { basename, join, sep } from "node:path";
import type { FileFacts, LeftFile, Leftovers, SessionRow } from "../../model/facts.ts";
import { exactStatsAt, fileStampOf, statsAt } from "../regularFile.ts";
import { asRecord, asText } from "./records.ts";
import { archivesOf, restoreCandidates, type SessionsDir, transcriptOfSidecar } from "./storeFiles.ts";
import { safeSessionId } from "./transcriptPath.ts";

const temporary = /^(sessions\.json\..+\.tmp|\.fs-safe-replace\..+\.tmp)$/;
const checkpoint = /^.+\.checkpoint\.[^.]+\.jsonl$/;

/** `names` of the directory against the rows of the store that lies in it. Only what is left over is looked at by stat. */
export function readLeftovers(directory: SessionsDir, rows: readonly SessionRow[]): Leftovers {
  const named = namesOf(rows);
  const transcripts: FileFacts[] = [];
  const trajectories: LeftFile[] = [];
  const checkpoints: LeftFile[] = [];
  const temporaries: LeftFile[] = [];
  const add = (list: LeftFile[], name: string): void => {
    const path = join(directory.path, name);
    const stats = statsAt(path);
    const exact = exactStatsAt(path);
    if (stats?.isFile() !== true || exact === undefined) return;
    const { size, mtimeMs } = stats;
    const isMovable = exact.isFile() && stats.uid === process.getuid?.();
    list.push({ path, sizeBytes: size, mtimeMs, stamp: fileStampOf(exact), isMovable });
  };
  const addTranscript = (name: string): void => {
    const stats = statsAt(join(directory.path, name));
    if (stats?.isFile())
      transcripts.push({ path: join(directory.path, name), sizeBytes: stats.size, mtimeMs: stats.mtimeMs });
  };
  for (const name of directory.others) {
    if (temporary.test(name)) add(temporaries, name);
    else if (isCheckpoint(name) && !named.checkpoints.has(name)) add(checkpoints, name);
  }
  for (const name of transcriptsLeft(directory, named)) addTranscript(name);
  for (const name of directory.sidecars.filter((name) => isForsaken(name, directory, named)).sort())
    add(trajectories, name);
  const archives = [...directory.archives.keys()].flatMap((transcript) => archivesOf(directory, transcript));
  return { transcripts, trajectories, checkpoints, temporaries, archives, copies: restoreCandidates(directory) };
}

/** Names of transcripts that no row names, in order. */
function transcriptsLeft({ ids, others }: SessionsDir, named: Named): string[] {
  const left: string[] = [];
  for (const id of ids) if (!named.ids.has(id) && !isNamed(`${id}.jsonl`, named)) left.push(`${id}.jsonl`);
  for (const name of others)
    if (name.endsWith(".jsonl") && !isCheckpoint(name) && !isNamed(name, named)) left.push(name);
  return left.sort();
}

/** Whether it is a trajectory or pointer of no transcript, archive or row. */
function isForsaken(sidecar: string, { ids, names, archives }: SessionsDir, named: Named): boolean {
  const id = transcriptOfSidecar(sidecar);
  if (id === undefined || ids.has(id)) return false;
  const transcript = `${id}.jsonl`;
  return !names.has(transcript) && !archives.has(transcript) && !isNamed(transcript, named);
}

function isCheckpoint(name: string): boolean {
  return name.includes(".checkpoint.") && checkpoint.test(name);
}

interface Named {
  readonly files: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
  readonly checkpoints: ReadonlySet<string>;
}

function namesOf(rows: readonly SessionRow[]): Named {
  const files = new Set<string>();
  const ids = new Set<string>();
  const checkpoints = new Set<string>();
  for (const { fields } of rows) {
    const id = asText(fields["sessionId"]);
    const file = asText(fields["sessionFile"]);
    if (id !== undefined) ids.add(id);
    // Nearly every row names the file of its own id.
    if (file !== undefined && (id === undefined || !isFileOf(id, file))) files.add(basename(file));
    for (const other of listOf(fields["usageFamilySessionIds"])) if (typeof other === "string") ids.add(other);
    for (const name of checkpointsOf(fields)) checkpoints.add(name);
  }
  return { files, ids, checkpoints };
}

/** Whether the base name of a path is `<id>.jsonl`. */
function isFileOf(id: string, path: string): boolean {
  const from = path.length - id.length - ".jsonl".length;
  return (
    from > 0 && path[from - 1] === sep && path.endsWith(".jsonl") && path.startsWith(id, from) && safeSessionId.test(id)
  );
}

/** Base names of the checkpoints that a row has. */
export function checkpointsOf(fields: SessionRow["fields"]): string[] {
  return listOf(fields["compactionCheckpoints"])
    .map((point) => asText(asRecord(asRecord(point)?.["preCompaction"])?.["sessionFile"]))
    .filter((path) => path !== undefined)
    .map((path) => basename(path));
}

/** By its name, by its id, or as a topic or fork of an id that a row has. */
function isNamed(transcript: string, { files, ids }: Named): boolean {
  if (files.has(transcript)) return true;
  const base = transcript.slice(0, -".jsonl".length);
  const topic = /^(.+)-topic-.+$/.exec(base)?.[1];
  const fork = /_([^_]+)$/.exec(base)?.[1];
  return [base, topic, fork].some((id) => id !== undefined && ids.has(id));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
