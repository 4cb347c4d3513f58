// May this store be written? This function decides, and nothing else does (DESIGN, Who may write).
import type { WriterReport } from "../model/facts.ts";
import type { Permission, StoreKind, WriterState } from "../model/store.ts";

export interface PermissionQuestion {
  readonly kind: StoreKind;
  readonly writer: WriterState;
  /** Why the writer is judged so. */
  readonly writerWhy: string;
  readonly platform: NodeJS.Platform;
  /** Code of the finding that keeps it from being read. */
  readonly problem: string | undefined;
  /** Why its schema is none that is written. */
  readonly unknown: string | undefined;
  /** Where it was before it was moved or copied here, unless the person said that it is theirs. */
  readonly movedFrom: string | undefined;
  /** Why nobody knows what ran where it was captured. */
  readonly unlisted: string | undefined;
  /** It is meant to be written although its gateway runs. */
  readonly whileItRuns?: WhileItRuns;
}

/** What "Repair While It Runs" rests on. */
export interface WhileItRuns {
  /** One row and nothing else would be written. */
  readonly isOneRow: boolean;
  /** What the gateway itself counted as active a moment ago; undefined where it did not say. */
  readonly counts: WriterReport["counts"] | undefined;
  /** Half a sentence: what came of asking it. */
  readonly said?: string;
}

export function permissionFor(question: PermissionQuestion): Permission {
  const { kind, writer, writerWhy, platform, problem, unknown, movedFrom, unlisted, whileItRuns } = question;
  if (platform !== "linux" && platform !== "darwin") {
    return no("Repairs are made on Linux and macOS only: how this system renames under a reader is not proven yet.");
  }
  if (problem === "STORE-UNPARSABLE")
    return no("A store that does not parse is never written: restore it from a copy first.");
  if (problem !== undefined) return no("A store that cannot be read is never written.");
  if (unknown !== undefined) return no(`It is newer or other than what is known (${unknown}): it is shown only.`);
  // Whoever owns it elsewhere may still write it there: no look at this machine, and no person here, can vouch for that.
  if (unlisted !== undefined)
    return no(`It was captured, and ${unlisted}: open it with its process list to have it repaired.`);
  if (movedFrom !== undefined) {
    const why = `It was moved here from ${movedFrom}: say that it is yours (--mine) to have it repaired.`;
    return { ...no(why), claimable: true };
  }
  if (kind === "agentctl") return ofAgentctl(writer, writerWhy);
  if (kind === "claude-mem") return ofClaudeMem(writer, writerWhy);
  if (writer === "stopped") return { answer: "yes", why: `The gateway is stopped: ${writerWhy}.` };
  if (kind === "openclaw-sqlite") {
    return { ...no(ofDatabase(writer, writerWhy)), ...(writer !== "unknown" && { byGateway: true }) };
  }
  if (writer === "unknown") {
    return {
      answer: "vouch",
      why: `Whether a gateway runs cannot be told (${writerWhy}): make sure that it does not, and vouch for it.`,
    };
  }
  if (writer === "running" && whileItRuns !== undefined) return whileTheGatewayRuns(whileItRuns);
  return {
    ...no(`The gateway runs (${writerWhy}): stop it first, then repair, then start it again.`),
    ...(writer === "running" && { byGateway: true }),
  };
}

/** No lock joins us to its writes (facts L 7): it may be at none, by its own word, for any session of the store. */
function whileTheGatewayRuns({ isOneRow, counts, said }: WhileItRuns): Permission {
  if (!isOneRow) return byGateway("The gateway runs, and beside it one row is written at most, and nothing else.");
  if (counts === "none") return { answer: "yes", why: "The gateway runs, and reports no run at all." };
  return byGateway(`The gateway runs, and nothing is written beside a run: ${said ?? "it does not say what it runs"}.`);
}

function byGateway(why: string): Permission {
  return { ...no(`${why} Stop it first, then repair, then start it again.`), byGateway: true };
}

/** Its daemon's memory is the truth while it runs, and nobody can vouch for what only its socket tells. */
function ofAgentctl(writer: WriterState, why: string): Permission {
  if (writer === "stopped") return { answer: "yes", why: `agentctl's daemon is stopped: ${why}.` };
  if (writer === "unknown")
    return no(`Whether agentctl's daemon runs cannot be told (${why}): nothing is written until it is certain.`);
  const running = `agentctl's daemon runs (${why}): stop it first, then repair, then start it again.`;
  return { ...no(running), throughOwner: true };
}

/** Its worker goes on with a row that was finalized, and finalizes none that is not active (facts 2.4). */
function ofClaudeMem(writer: WriterState, why: string): Permission {
  if (writer === "stopped") return { answer: "yes", why: `claude-mem's worker is stopped: ${why}.` };
  return {
    answer: "yes",
    why: `claude-mem's worker may run (${why}): each row is finalized for itself, and only while it still is active.`,
  };
}

/** A gateway that lives fails its runs on a row that others wrote, and nobody can vouch for one that is not seen (facts M). */
function ofDatabase(writer: WriterState, why: string): string {
  const then = "Stop the gateway, then repair, then start it again.";
  if (writer === "unknown") {
    return `Whether a gateway runs cannot be told (${why}), and a database is written only when it certainly does not. ${then}`;
  }
  const does = writer === "draining" ? "The gateway is about to stop and finishes its runs" : "The gateway runs";
  return `${does} (${why}): its database is not written. ${then}`;
}

function no(why: string): Permission {
  return { answer: "no", why };
}
