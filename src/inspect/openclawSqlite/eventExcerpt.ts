// A readable piece of a transcript or trajectory that is kept in a database, around one of its events.
import type { EventName } from "../../model/evidence.ts";
import type { Excerpt } from "../../model/messages.ts";
import { UserError } from "../../model/userError.ts";
import { readDatabase } from "../databaseReading.ts";
import { entriesAround, excerptOf } from "../excerpt.ts";
import { isUnreadable } from "../regularFile.ts";
import type { Database } from "../sqlite.ts";
import { type Event, trajectoryEvents, transcriptEvents } from "./events.ts";
import { tablesOf } from "./values.ts";

/** Throws a UserError where the database cannot be read, or has no such events any more. */
export function readEventExcerpt(path: string, event: EventName, isTrajectory: boolean): Excerpt {
  const use = (database: Database): Excerpt | undefined => excerptFrom(database, event, isTrajectory);
  const reading = readDatabase({ path, what: "events", use });
  if (isUnreadable(reading)) throw new UserError(`${path} cannot be read: ${reading.reason}.`);
  if (reading.value === undefined) throw new UserError("The session has no events any more. Refresh the view.");
  return reading.value;
}

function excerptFrom(database: Database, { sessionId, seq }: EventName, isTrajectory: boolean): Excerpt | undefined {
  const columns = tablesOf(database).get(isTrajectory ? "trajectory_runtime_events" : "transcript_events");
  if (columns === undefined) return undefined;
  const walk = (from: "before" | "after"): Event[] => {
    const events = isTrajectory
      ? trajectoryEvents(database, sessionId, { from, seq })
      : transcriptEvents(database, sessionId, columns, { from, seq });
    const found: Event[] = [];
    for (const one of events) if (found.push(one) >= entriesAround) break;
    return found;
  };
  const before = walk("before").toReversed();
  const entries = [...before, ...walk("after")];
  if (entries.length === 0) return undefined;
  return excerptOf(
    entries.map(({ entry }) => JSON.stringify(entry() ?? null)),
    before.length - 1,
  );
}
