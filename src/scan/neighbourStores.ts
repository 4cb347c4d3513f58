// The stores of other programs beside OpenClaw's. Each kind is found, read and judged by itself; a fifth is one more line.

import { idOf } from "../judge/sessionId.ts";
import type { Evidence } from "../model/evidence.ts";
import type { Scan } from "../model/scan.ts";
import type { Session } from "../model/session.ts";
import type { Store } from "../model/store.ts";
import { agentctlFiles, agentctlStores } from "./agentctlStores.ts";
import { claudeMemStores } from "./claudeMemStores.ts";
import type { Neighbour, NeighbourInput, Reports } from "./neighbour.ts";

/** Finds and reads them. Never throws for what it finds on disk. */
export async function lookAtNeighbours(input: NeighbourInput): Promise<Neighbour[]> {
  return [...(await agentctlStores(input)), ...(await claudeMemStores(input))];
}

export interface Joined {
  readonly all: Scan;
  /** Ids of sessions that one of them rests on: whatever is another with these may be another with it. */
  readonly claimed: ReadonlySet<string>;
}

/** Judges them and puts them behind what OpenClaw's stores gave. */
export function withNeighbours(scan: Scan, neighbours: readonly Neighbour[], reports: Reports): Joined {
  let all = scan;
  const claimed = new Set<string>();
  for (const neighbour of neighbours) {
    const found = neighbour.judge(all, reports);
    for (const id of found.claims?.keys() ?? []) claimed.add(id);
    all = {
      ...all,
      stateDirs: [...all.stateDirs, ...found.stateDirs],
      stores: [...all.stores, ...found.stores],
      sessions: [...withClaims(all.sessions, found.claims), ...found.sessions],
      locks: [...all.locks, ...found.locks],
      findings: [...all.findings, ...found.findings],
    };
  }
  return { all, claimed };
}

/** A session that several stores know shows in each of them what the others claim. */
function withClaims(sessions: readonly Session[], claims: ReadonlyMap<string, Evidence> = new Map()): Session[] {
  if (claims.size === 0) return [...sessions];
  return sessions.map((session) => {
    const claim = claims.get(idOf(session));
    return claim === undefined ? session : { ...session, proof: [...session.proof, claim] };
  });
}

/** What of such a store is followed; a database that its worker writes all the time is not, and is read with the rest. */
export function neighbourFiles({ kind, stateDir }: Store): string[] {
  return kind === "agentctl" ? agentctlFiles(stateDir) : [];
}
