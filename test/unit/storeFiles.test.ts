import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { readConfig } from "../../src/inspect/openclawJson/config.ts";
import {
  archivesOf,
  findStoreFiles,
  listSessionsDir,
  restoreCandidates,
} from "../../src/inspect/openclawJson/storeFiles.ts";
import { temporaryDirectory } from "../temporary.ts";

/** Writes files under a new state directory and gives it. */
function stateDirWith(files: Readonly<Record<string, string>>): string {
  const stateDir = join(temporaryDirectory(), ".openclaw");
  mkdirSync(stateDir);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(stateDir, path)), { recursive: true });
    writeFileSync(join(stateDir, path), content);
  }
  return stateDir;
}

function storesOf(stateDir: string): [string, string | undefined][] {
  const found = findStoreFiles(stateDir, readConfig(stateDir));
  return found.map(({ path, agent }) => [relative(dirname(stateDir), path), agent]);
}

describe("stores of a state directory", () => {
  it("are none where there are no agents", () => {
    assert.deepEqual(storesOf(stateDirWith({})), []);
    assert.deepEqual(storesOf(stateDirWith({ "agents/main/agent/models.json": "{}" })), []);
  });

  it("are those of every agent directory, also one that is no file", () => {
    const stateDir = stateDirWith({
      "agents/main/sessions/sessions.json": "{}",
      "agents/work/sessions/sessions.json": "",
      "agents/notes.txt": "",
    });
    mkdirSync(join(stateDir, "agents", "odd", "sessions", "sessions.json"), { recursive: true });
    assert.deepEqual(storesOf(stateDir), [
      [".openclaw/agents/main/sessions/sessions.json", "main"],
      [".openclaw/agents/odd/sessions/sessions.json", "odd"],
      [".openclaw/agents/work/sessions/sessions.json", "work"],
    ]);
  });

  it("are given once where an agent's directory is a link to another's", () => {
    const stateDir = stateDirWith({ "agents/main/sessions/sessions.json": "{}" });
    symlinkSync("main", join(stateDir, "agents", "old"));
    assert.equal(storesOf(stateDir).length, 1);
  });

  it("are where session.store says, for every known agent, in the inspected home", () => {
    const stateDir = stateDirWith({
      "openclaw.json": `{ session: { store: "~/claw/{agentId}/s.json" }, agents: { list: [{ id: "Work" }, {}, 7] }, }`,
      "agents/main/sessions/sessions.json": "{}",
      "../claw/main/s.json": "{}",
      "../claw/work/s.json": "{}",
    });
    assert.deepEqual(storesOf(stateDir), [
      [".openclaw/agents/main/sessions/sessions.json", "main"],
      ["claw/main/s.json", "main"],
      ["claw/work/s.json", "work"],
    ]);
  });

  it("are one for all agents where session.store names none", () => {
    const stateDir = stateDirWith({ "openclaw.json": `{"session":{"store":"./all.json"}}`, "all.json": "{}" });
    mkdirSync(join(stateDir, "agents", "work"), { recursive: true });
    assert.deepEqual(storesOf(stateDir), [[".openclaw/all.json", undefined]]);
  });

  it("throw where agents cannot be listed, so that it is said", () => {
    const stateDir = stateDirWith({ agents: "a file" });
    assert.throws(() => storesOf(stateDir), { code: "ENOTDIR" });
  });
});

describe("configuration", () => {
  const configOf = (text: string, name = "openclaw.json") => {
    const { path: _path, ...config } = readConfig(stateDirWith({ [name]: text }));
    return config;
  };

  it("is read as JSON5, legacy names too, and keeps only what says where stores are and who owns them", () => {
    const text = `// mine
      { meta: { lastTouchedVersion: "2026.5.18" }, gateway: { port: 19001, auth: { token: "t0psecret" } },
        agents: { defaults: { timeoutSeconds: 600 }, entries: { helper: {} }, list: [{ id: "main" }] } }`;
    const expected = {
      agents: ["main", "helper"],
      lastTouchedVersion: "2026.5.18",
      runTimeoutMs: 600_000,
      gatewayPort: 19001,
    };
    assert.deepEqual({ ...configOf(text), exists: undefined }, { ...expected, exists: undefined });
    assert.deepEqual({ ...configOf(text, "clawdbot.json"), exists: undefined }, { ...expected, exists: undefined });
    assert.ok(!JSON.stringify(configOf(text)).includes("t0psecret"));
  });

  for (const text of ["", "{", "[]", "null", "7", `{"meta":7,"agents":[],"session":"x","gateway":null}`]) {
    it(`that holds ${JSON.stringify(text)} gives only defaults`, () => {
      const { agents, lastTouchedVersion, storeTemplate, runTimeoutMs, gatewayPort } = readConfig(
        stateDirWith({ "openclaw.json": text }),
      );
      assert.deepEqual(
        [agents, lastTouchedVersion, storeTemplate, runTimeoutMs, gatewayPort],
        [[], undefined, undefined, undefined, undefined],
      );
    });
  }
});

describe("a store's directory", () => {
  const directoryWith = (...names: string[]) => {
    const stateDir = stateDirWith(Object.fromEntries(names.map((name) => [`agents/main/sessions/${name}`, ""])));
    return listSessionsDir(join(stateDir, "agents", "main", "sessions", "sessions.json"));
  };

  it("tells topic and fork transcripts by session id, and takes no trajectory or checkpoint for one", () => {
    const directory = directoryWith(
      ...["a.jsonl", "a.trajectory.jsonl", "b-topic-7.jsonl", "b-topic-7.trajectory.jsonl"],
      ...["2026-11-20T10-00-00-000Z_c.jsonl", "2026-11-20T10-00-00-000Z_c.trajectory.jsonl"],
      ...["d-topic-9.trajectory.jsonl", "e.checkpoint.0f.jsonl", "x_e.checkpoint.0f.jsonl"],
    );
    assert.deepEqual(
      [...directory.otherTranscripts],
      [
        ["c", "2026-11-20T10-00-00-000Z_c.jsonl"],
        ["b", "b-topic-7.jsonl"],
      ],
    );
  });

  it("lists locks of transcripts and of the store, and no others", () => {
    const directory = directoryWith("a.jsonl.lock", "sessions.json.lock", "a.lock", "b.jsonl", "sessions.json");
    assert.deepEqual(directory.locks, ["a.jsonl.lock", "sessions.json.lock"]);
  });

  it("gives archives of a transcript newest first by the time in their names", () => {
    const directory = directoryWith(
      ...[
        "a.jsonl.deleted.2026-11-20T10-16-56.194Z",
        "a.jsonl.reset.2026-11-20T10-16-57Z",
        "a.jsonl.bak.1795169700000",
      ],
      ...["a.jsonl.deleted.2026-11-18T10-00-00.000Z.0a1b2c.zst", "b.jsonl.deleted.2026-11-20T10-16-56.194Z"],
      ...["a.jsonl.lock", "a.trajectory.jsonl.deleted.2026-11-20T10-16-56.194Z"],
    );
    const archives = archivesOf(directory, join(directory.path, "a.jsonl"));
    assert.deepEqual(
      archives.map(({ reason, archivedAt }) => [reason, archivedAt]),
      [
        ["reset", Date.parse("2026-11-20T10:16:57Z")],
        ["deleted", Date.parse("2026-11-20T10:16:56.194Z")],
        ["bak", 1_795_169_700_000],
        ["deleted", Date.parse("2026-11-18T10:00:00.000Z")],
      ],
    );
  });

  it("gives what a broken store might be restored from, newest first", () => {
    const names = ["sessions.json.bak.1795169700000", ".fs-safe-replace.7.0f.tmp", "sessions.json.7.0f.tmp"];
    const directory = directoryWith(...names, "sessions.json.lock", "a.jsonl", "other.tmp");
    for (const [i, name] of names.entries()) utimesSync(join(directory.path, name), 1000 + i, 1000 + i);
    mkdirSync(join(directory.path, "sessions.json.d"));
    const found = restoreCandidates(directory).map(({ path }) => relative(directory.path, path));
    assert.deepEqual(found, names.toReversed());
  });

  it("that cannot be listed says so", () => {
    const directory = listSessionsDir(join(temporaryDirectory(), "gone", "sessions.json"));
    assert.equal(directory.problem, "its directory cannot be listed (ENOENT)");
  });
});
