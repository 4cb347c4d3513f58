// The rows of claude-mem's `sdk_sessions` one by one: of each the cells that tell how it ended, and nothing of its prompts.
import { UserError } from "../../model/userError.ts";
import { readDatabase } from "../databaseReading.ts";
import { isUnreadable } from "../regularFile.ts";
import { selectFrom } from "../sqlite.ts";
import type { RowReader } from "../storeReader.ts";
import { memoryCells } from "./memoryRows.ts";

export const claudeMem: RowReader = {
  kind: "claude-mem",
  rowText({ path }, key) {
    const read = readDatabase({
      path,
      what: "cells",
      use: (database) => memoryCells(selectFrom(database), new Set([key])),
    });
    if (isUnreadable(read)) throw new UserError(`The store cannot be read: ${read.reason}. Check ${path}.`);
    const row = read.value.get(key);
    if (row === undefined) throw new UserError("The store has no such row any more. Refresh the view.");
    return JSON.stringify(row.cells, null, 2);
  },
  // Reports of bugs are about OpenClaw's rows.
  rowShapes: () => [],
};
