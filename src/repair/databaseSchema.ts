// Which databases are written: those whose session tables do, when they are written, exactly what is known of them. A
// schema from outside may hold triggers that do anything else.
import { createHash } from "node:crypto";
import { UserError } from "../model/userError.ts";
import type { Query } from "./rowImages.ts";

/** By `user_version`: a hash of the triggers of the session tables, as 2026.8.2 and 2026.9.6 make them (facts G, M). */
const knownTriggers: ReadonlyMap<unknown, string> = new Map([
  [19, "288c7ca0f93ab4b6540e47cb093870d1c95ca4733efaa96cf9daf1cbd2697f24"],
  [23, "be86c79b9524b7d0f789f3b444b3521ae1af9428d8e880de524901c1aae156c1"],
]);
const triggersOf =
  "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name IN ('session_nodes', 'session_windows') ORDER BY name";
const tablesOf =
  "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('session_nodes', 'session_windows', 'schema_meta')";

/** Throws a UserError where it is none of them. */
export function checkSchema(query: Query): void {
  const version = query("PRAGMA user_version")[0]?.["user_version"];
  const refused = (why: string): UserError =>
    new UserError(`${why}: it is shown only. OpenClaw's own commands may settle it.`);
  if (!knownTriggers.has(version)) throw refused(`The schema of this database is ${version}, and 19 and 23 are known`);
  if (query(tablesOf).length < 3) throw refused("The session tables of this database are no tables");
  if (query("SELECT role FROM schema_meta WHERE meta_key = 'primary'")[0]?.["role"] !== "agent")
    throw refused("This is no database of an agent");
  const triggers = query(triggersOf).map(({ sql }) => String(sql).replace(/\s+/g, " ").trim());
  const hash = createHash("sha256").update(triggers.join("\n")).digest("hex");
  if (hash !== knownTriggers.get(version)) throw refused("The triggers of this database are not those of its schema");
}
