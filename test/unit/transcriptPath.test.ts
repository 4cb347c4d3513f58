import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { listSessionsDir } from "../../src/inspect/openclawJson/storeFiles.ts";
import { resolveTranscript } from "../../src/inspect/openclawJson/transcriptPath.ts";
import { temporaryDirectory } from "../temporary.ts";

let home: string;

beforeEach(() => {
  home = temporaryDirectory();
  for (const path of [
    "agents/main/sessions/a.jsonl",
    "agents/main/sessions/t-topic-7.jsonl",
    "agents/main/sessions/t-topic-7.trajectory.jsonl",
    "agents/main/sessions/2026-11-20T10-00-00-000Z_f.jsonl",
    "agents/main/sessions/..odd.jsonl",
    "agents/main/sessions/sub/s.jsonl",
    "agents/work/sessions/w.jsonl",
    "outside.jsonl",
  ]) {
    mkdirSync(join(home, path, ".."), { recursive: true });
    writeFileSync(join(home, path), "");
  }
});

/** `<path> there` or `<path> gone`, from the home; `none` where the row names no transcript. */
function resolved(sessionId: string | undefined, sessionFile?: string): string {
  const directory = listSessionsDir(join(home, "agents", "main", "sessions", "sessions.json"));
  const found = resolveTranscript(directory, sessionId, sessionFile?.replace("HOME", home));
  if (found === undefined) return "none";
  const moved = found.movedFrom === undefined ? "" : ` moved from ${found.movedFrom}`;
  return `${relative(join(home, "agents"), found.path)} ${found.exists ? "there" : "gone"}${moved}`;
}

const table: [string, string | undefined, string | undefined, string][] = [
  ["by its id", "a", undefined, "main/sessions/a.jsonl there"],
  ["by its id, absent", "x", undefined, "main/sessions/x.jsonl gone"],
  ["by no id", undefined, undefined, "none"],
  ["by an id that is a path", "../a", undefined, "none"],
  ["by an id that is empty", "", undefined, "none"],
  ["by an id with a NUL", "a\0", undefined, "none"],
  ["by an id of 129 letters", "a".repeat(129), undefined, "none"],
  ["by a relative name", "x", "a.jsonl", "main/sessions/a.jsonl there"],
  ["by a relative name in a folder", "x", "sub/s.jsonl", "main/sessions/sub/s.jsonl there"],
  ["by a relative name, absent", "a", "b.jsonl", "main/sessions/b.jsonl gone"],
  ["by a name that begins with two dots", "x", "..odd.jsonl", "main/sessions/..odd.jsonl there"],
  ["by an absolute path", "x", "HOME/agents/main/sessions/a.jsonl", "main/sessions/a.jsonl there"],
  ["by an absolute path of a sibling agent", "x", "HOME/agents/work/sessions/w.jsonl", "work/sessions/w.jsonl there"],
  ["by a relative path to a sibling agent", "x", "../../work/sessions/w.jsonl", "work/sessions/w.jsonl there"],
  [
    "by another machine's path, beside the store",
    "x",
    "/home/claw/.openclaw/agents/main/sessions/a.jsonl",
    "main/sessions/a.jsonl there moved from /home/claw/.openclaw/agents/main/sessions",
  ],
  [
    "by another machine's path, absent",
    "x",
    "/home/claw/.openclaw/agents/main/sessions/x.jsonl",
    "main/sessions/x.jsonl gone",
  ],
  [
    "by another machine's path under another name, absent",
    "x",
    "/home/claw/.openclaw/agents/main/sessions/y.jsonl",
    "main/sessions/y.jsonl gone",
  ],
  // OpenClaw falls back to the id without a word (facts C1).
  ["by a path outside", "a", "HOME/outside.jsonl", "main/sessions/a.jsonl there"],
  ["by a path that climbs out", "a", "../../../outside.jsonl", "main/sessions/a.jsonl there"],
  ["by a path that climbs out, and no id", undefined, "/etc/passwd", "none"],
  ["by the directory itself", "a", ".", "main/sessions/a.jsonl there"],
  ["by a path with a NUL", "a", "sub/a\0.jsonl", "main/sessions/sub/a\0.jsonl gone"],
  ["by an empty path", "a", "", "main/sessions/a.jsonl there"],
  ["by a marker of the SQLite era", "a", "sqlite:main:a:/x", "main/sessions/a.jsonl there"],
  ["of a topic, by its id", "t", undefined, "main/sessions/t-topic-7.jsonl there"],
  ["of a topic, by its name", "t", "t-topic-7.jsonl", "main/sessions/t-topic-7.jsonl there"],
  ["of a fork, by its id", "f", undefined, "main/sessions/2026-11-20T10-00-00-000Z_f.jsonl there"],
  ["of an embedded run, whose id is not its file's", "embedded-1", "a.jsonl", "main/sessions/a.jsonl there"],
];

describe("where a transcript is", () => {
  for (const [what, sessionId, sessionFile, expected] of table) {
    it(`${what}: ${expected}`.replaceAll("\0", "NUL"), () => {
      assert.equal(resolved(sessionId, sessionFile), expected);
    });
  }
});
