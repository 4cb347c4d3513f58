// May this store be written? This function decides, and nothing else does (DESIGN, Who may write).
import type { Permission, StoreKind, WriterState } from "../model/store.ts";

export interface PermissionQuestion {
  readonly kind: StoreKind;
  readonly writer: WriterState;
  /** Why the writer is judged so. */
  readonly writerWhy: string;
  readonly platform: NodeJS.Platform;
  /** Code of the finding that keeps it from being read. */
  readonly problem: string | undefined;
  /** Where it was before it was moved or copied here, unless the person said that it is theirs. */
  readonly movedFrom: string | undefined;
  /** Why nobody knows what ran where it was captured. */
  readonly unlisted: string | undefined;
  /** Why it is none of the versions that are written. */
  readonly newer?: string | undefined;
}

export function permissionFor(question: PermissionQuestion): Permission {
  const { kind, writer, writerWhy, platform, problem, movedFrom, unlisted, newer } = question;
  if (kind === "openclaw-sqlite") {
    return no(
      "Stores of OpenClaw 2026.8 and later are shown and not written yet: settle them with OpenClaw's own commands.",
    );
  }
  if (platform !== "linux" && platform !== "darwin") {
    return no("Repairs are made on Linux and macOS only: how this system renames under a reader is not proven yet.");
  }
  if (problem === "STORE-UNPARSABLE")
    return no("A store that does not parse is never written: restore it from a copy first.");
  if (problem !== undefined) return no("A store that cannot be read is never written.");
  if (newer !== undefined) return no(newer);
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
  if (writer === "unknown") {
    return {
      answer: "vouch",
      why: `Whether a gateway runs cannot be told (${writerWhy}): make sure that it does not, and vouch for it.`,
    };
  }
  return no(`The gateway runs (${writerWhy}): stop it first, then repair, then start it again.`);
}

/** Its daemon's memory is the truth while it runs, and nobody can vouch for what only its socket tells. */
function ofAgentctl(writer: WriterState, why: string): Permission {
  if (writer === "stopped") return { answer: "yes", why: `agentctl's daemon is stopped: ${why}.` };
  if (writer === "unknown")
    return no(`Whether agentctl's daemon runs cannot be told (${why}): nothing is written until it is certain.`);
  return no(`agentctl's daemon runs (${why}): stop it first, then repair, then start it again.`);
}

/** Its worker goes on with a row that was finalized, and finalizes none that is not active (facts 2.4). */
function ofClaudeMem(writer: WriterState, why: string): Permission {
  if (writer === "stopped") return { answer: "yes", why: `claude-mem's worker is stopped: ${why}.` };
  return {
    answer: "yes",
    why: `claude-mem's worker may run (${why}): each row is finalized for itself, and only while it still is active.`,
  };
}

function no(why: string): Permission {
  return { answer: "no", why };
}
