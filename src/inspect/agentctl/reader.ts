// The rows of agentctl's `state.json` one by one.
import { UserError } from "../../model/userError.ts";
import type { RowReader } from "../storeReader.ts";
import { isBroken, readState } from "./agentctlFiles.ts";

export const agentctl: RowReader = {
  kind: "agentctl",
  rowText({ path }, key) {
    const now = readState(path);
    const row = now === undefined || isBroken(now) ? undefined : now.rows.get(key);
    if (row === undefined) throw new UserError("The store has no such row any more. Refresh the view.");
    return row.text;
  },
  // Reports of bugs are about OpenClaw's rows.
  rowShapes: () => [],
};
