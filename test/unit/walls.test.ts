import { deepEqual, match } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brokenWalls } from "../checks/walls.mjs";
import { temporaryDirectory } from "../temporary.ts";

describe("the walls", () => {
  it("stand in the sources", () => {
    deepEqual(brokenWalls(join(import.meta.dirname, "..", "..", "src")), []);
  });

  const breaks: [string, string, RegExp][] = [
    ["judge/a.ts", 'import { basename } from "node:path";', /judge is pure/],
    ["plan/a.ts", 'import { readRow } from "../inspect/row.ts";', /plan may not use inspect/],
    ["inspect/a.ts", 'import { writeFileSync } from "node:fs";', /only repair writes/],
    ["inspect/a.ts", 'import { openSync } from "node:fs";', /only inspect\/regularFile.ts opens/],
    ["inspect/a.ts", 'import * as fs from "node:fs";', /only repair writes/],
    ["inspect/a.ts", 'const fs = await import("node:fs/promises");', /only repair writes/],
    ["inspect/a.ts", 'process.getBuiltinModule?.("node:sqlite");', /only inspect\/sqlite.ts opens/],
    ["owner/a.ts", 'import { DatabaseSync } from "node:sqlite";', /only inspect\/sqlite.ts opens/],
    ["owner/a.ts", 'import type { Uri } from "vscode";', /imports vscode/],
    ["worker.ts", 'import * as vscode from "vscode";', /imports vscode/],
    ["ui/a.ts", 'import { scanStore } from "../inspect/scan.ts";', /ui may not use inspect/],
    ["cli/a.ts", "\n".repeat(400), /more than 400/],
  ];
  for (const [file, text, expected] of breaks) {
    it(`are found broken by ${JSON.stringify(text.slice(0, 60))} in ${file}`, () => {
      const source = temporaryDirectory();
      mkdirSync(dirname(join(source, file)), { recursive: true });
      writeFileSync(join(source, file), text);
      match(brokenWalls(source).join("\n"), expected);
    });
  }
});
