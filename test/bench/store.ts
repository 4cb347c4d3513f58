// Stores of any size, grown from genuine rows: each clone has an id, a transcript, a trajectory and a pointer of its own.
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ageOf, claimingToRun, earlier, idOf, type Row } from "./clones.ts";

const captured = join(import.meta.dirname, "..", "fixtures", "openclaw", "2026.5.18-completed", "home", ".openclaw");
const snapshots = ["skillsSnapshot", "systemPromptReport"];

interface Genuine {
  readonly row: Row;
  /** Text of its files by what comes after the session id in their names. */
  readonly files: ReadonlyMap<string, string>;
}

/** How many bytes a row takes: as captured, without its snapshots, or with them three times over; or all snapshots differ. */
export type RowSize = "captured" | "short" | "long" | "unlike";

export interface StoreSpec {
  readonly rows: number;
  readonly size?: RowSize;
  /** Every so-manieth row claims to run although its trajectory ended; none where it is left out. */
  readonly runningEvery?: number;
}

/** A state directory in `home`, with the files of `rows` sessions beside its one store, which `writeStore` writes. */
export class BenchHome {
  readonly home: string;
  readonly stateDir: string;
  readonly store: string;
  readonly #genuine = genuineRows();
  #sessions = 0;

  constructor(home: string) {
    this.home = home;
    this.stateDir = join(home, ".openclaw");
    this.store = join(this.stateDir, "agents", "main", "sessions", "sessions.json");
    mkdirSync(dirname(this.store), { recursive: true });
    writeFileSync(join(this.stateDir, "openclaw.json"), '{"meta":{"lastTouchedVersion":"2026.5.18"}}');
  }

  /** Replaces the store; files of sessions are added where there are not enough, and never removed. Gives its bytes. */
  writeStore({ rows, size = "captured", runningEvery = Number.POSITIVE_INFINITY }: StoreSpec): number {
    for (; this.#sessions < rows; this.#sessions++) this.#writeFiles(this.#sessions);
    const texts = Array.from({ length: rows }, (_, at) => {
      const shape = sized(this.#genuineAt(at).row, size, at);
      const row = at % runningEvery === 0 ? claimingToRun(shape) : earlier(shape, ageOf(at));
      const value = JSON.stringify({ ...row, sessionId: idOf(at), sessionFile: this.fileOf(at, ".jsonl") }, null, 2);
      return `  "agent:main:dashboard:${idOf(at)}": ${value.replaceAll("\n", "\n  ")}`;
    });
    const parts = Buffer.from(`{\n${texts.join(",\n")}\n}`);
    writeFileSync(this.store, parts, { mode: 0o600 });
    chmodSync(this.store, 0o600);
    return parts.length;
  }

  fileOf(at: number, end: string): string {
    return join(dirname(this.store), `${idOf(at)}${end}`);
  }

  /** Its first line, a hole, and the rest. */
  growTranscript(at: number, sizeBytes: number): void {
    const path = this.fileOf(at, ".jsonl");
    const text = readFileSync(path, "utf8");
    const first = text.indexOf("\n") + 1;
    writeFileSync(path, text.slice(0, first));
    truncateSync(path, sizeBytes);
    appendFileSync(path, `\n${text.slice(first)}`);
  }

  #genuineAt(at: number): Genuine {
    return this.#genuine[at % this.#genuine.length] as Genuine;
  }

  #writeFiles(at: number): void {
    const { row, files } = this.#genuineAt(at);
    const seconds = (Number(row["updatedAt"]) - ageOf(at)) / 1000;
    for (const [end, text] of files) {
      const path = this.fileOf(at, end);
      writeFileSync(path, text.replaceAll(String(row["sessionId"]), idOf(at)), { mode: 0o600 });
      utimesSync(path, seconds, seconds);
    }
  }
}

/** Ended rows that have a transcript, as they were captured: 14.6 KB each as OpenClaw writes them. */
function genuineRows(): Genuine[] {
  const directory = join(captured, "agents", "main", "sessions");
  const names = readdirSync(directory);
  const rows: Row[] = Object.values(JSON.parse(readFileSync(join(directory, "sessions.json"), "utf8")));
  return rows.flatMap((row) => {
    const id = String(row["sessionId"]);
    const own = names.filter((name) => name.startsWith(`${id}.`));
    const files = new Map(
      own.map((name) => [name.slice(id.length), lastRun(readFileSync(join(directory, name), "utf8"))]),
    );
    return row["status"] === "done" && files.has(".jsonl") ? [{ row, files }] : [];
  });
}

/** Of a trajectory its last run: ten thousand whole ones would be two gigabytes. Any other text as it is. */
function lastRun(text: string): string {
  const lines = text.split("\n");
  const start = lines.findLastIndex((line) => line.includes('"type":"session.started"'));
  return start < 0 ? text : lines.slice(start).join("\n");
}

function sized(row: Row, size: RowSize, at: number): Row {
  switch (size) {
    case "captured":
      return row;
    case "short":
      return Object.fromEntries(Object.entries(row).filter(([name]) => !snapshots.includes(name)));
    case "long": {
      const copies = [...snapshots, ...snapshots, "skillsSnapshot"].map(
        (name, i) => [`${name}${i}`, row[name]] as const,
      );
      return { ...row, ...Object.fromEntries(copies) };
    }
    case "unlike":
      // As if every session had been asked of other skills and tools: the same length, no name the same.
      return JSON.parse(
        JSON.stringify(row).replaceAll(/"(name|path|prompt)":"[^"]{4}/g, `"$1":"${String(at).padStart(4, "0")}`),
      );
  }
}
