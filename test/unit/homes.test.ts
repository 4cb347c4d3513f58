import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { findStateDirs } from "../../src/inspect/homes.ts";
import { temporaryDirectory } from "../temporary.ts";

let home: string;

beforeEach(() => {
  home = temporaryDirectory();
});

/** Makes state directories; one that ends in `!` gets only a configuration. */
function make(...paths: string[]): void {
  for (const path of paths) {
    if (path.endsWith("!")) {
      mkdirSync(join(home, path.slice(0, -1)), { recursive: true });
      writeFileSync(join(home, path.slice(0, -1), "openclaw.json"), "{}");
    } else mkdirSync(join(home, path, "agents"), { recursive: true });
  }
}

function found(env: NodeJS.ProcessEnv = {}, where: { homes?: string[]; stateDirs?: string[] } = {}): string[] {
  const dirs = findStateDirs({ homes: where.homes ?? [], stateDirs: where.stateDirs ?? [] }, env, home);
  return dirs.map(({ path, origin, problem }) => [relative(home, path), origin, problem].filter(Boolean).join(" "));
}

describe("state directories", () => {
  it("are none in a home without OpenClaw", () => {
    make("openclaw", ".openclawx", ".config/openclaw");
    assert.deepEqual(found(), []);
  });

  it("are .openclaw, profiles, .clawdbot and what OPENCLAW_HOME=~/.openclaw made", () => {
    make(".openclaw", ".openclaw-dev!", ".openclaw-work", ".clawdbot", ".openclaw/.openclaw");
    assert.deepEqual(found(), [
      ".clawdbot home",
      ".openclaw home",
      ".openclaw/.openclaw home",
      ".openclaw-dev home",
      ".openclaw-work home",
    ]);
  });

  it("must look like one: backups, files and empty directories do not", () => {
    mkdirSync(join(home, ".openclaw-backups"));
    writeFileSync(join(home, ".openclaw-notes"), "");
    symlinkSync("nowhere", join(home, ".openclaw-gone"));
    assert.deepEqual(found(), []);
  });

  it("come from the environment first, trimmed and with ~, and each only once", () => {
    make(".openclaw", "elsewhere", "other/.openclaw");
    const env = { OPENCLAW_STATE_DIR: " ~/elsewhere ", OPENCLAW_HOME: join(home, "other") };
    assert.deepEqual(found(env), ["elsewhere OPENCLAW_STATE_DIR", "other/.openclaw home", ".openclaw home"]);
    assert.deepEqual(found({ OPENCLAW_STATE_DIR: join(home, ".openclaw") }), [".openclaw OPENCLAW_STATE_DIR"]);
    assert.deepEqual(found({ OPENCLAW_STATE_DIR: " ", OPENCLAW_HOME: "" }), [".openclaw home"]);
  });

  it("that are links to one another are given once", () => {
    make(".openclaw");
    symlinkSync(".openclaw", join(home, ".clawdbot"));
    assert.deepEqual(found(), [".clawdbot home"]);
  });

  it("that were named are given with the reason why they cannot be read; the environment does not count then", () => {
    make(".openclaw", "mine");
    writeFileSync(join(home, "file"), "");
    const stateDirs = ["mine", "file", "gone", "file/below"].map((name) => join(home, name));
    assert.deepEqual(found({ OPENCLAW_STATE_DIR: join(home, ".openclaw") }, { stateDirs }), [
      "mine named",
      "file named it is not a directory",
      "gone named it does not exist",
      "file/below named it cannot be listed (ENOTDIR)",
    ]);
  });

  it("are looked for in the homes that were named instead of the own one", () => {
    make(".openclaw", "a/.openclaw", "b/.clawdbot");
    assert.deepEqual(found({}, { homes: ["~/a", join(home, "b")] }), ["a/.openclaw home", "b/.clawdbot home"]);
  });

  it("say of a home that was named why it cannot be listed", () => {
    assert.deepEqual(found({}, { homes: ["~/gone"] }), ["gone named it does not exist"]);
  });
});
