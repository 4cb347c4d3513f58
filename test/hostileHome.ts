// A home with two agents: what is hostile lies at agent main, and agent work shows whether the rest goes on.
import { ok } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Finding } from "../src/model/finding.ts";
import type { Scan } from "../src/model/scan.ts";
import { type BuiltHome, buildHome, type HomeSpec, minute, now, running, trajectory } from "./homeBuilder.ts";

const workKey = "agent:work:main";
const workId = "99999999-2222-4333-8444-555555555555";

/** Agent work has a row that claims to run, and a trajectory that proves it done. */
export function besideWork(spec: HomeSpec): BuiltHome {
  const work = "agents/work/sessions";
  return buildHome({
    ...spec,
    files: {
      [`${work}/sessions.json`]: JSON.stringify({ [workKey]: running({ sessionId: workId }) }),
      [`${work}/${workId}.trajectory.jsonl`]: trajectory(
        ["session.started", now - 60 * minute],
        ["session.ended", now - 50 * minute, { status: "success" }],
      ),
      ...spec.files,
    },
  });
}

/** Bytes as agent main's store. */
export function storeOf(bytes: string | Buffer): BuiltHome {
  const built = besideWork({ rows: {} });
  writeFileSync(built.store, bytes);
  return built;
}

export function put({ stateDir }: BuiltHome, name: string, bytes: string | Buffer): void {
  const path = join(stateDir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

/** Agent work is judged as if nothing were wrong beside it. */
export function goesOn(scan: Scan): void {
  const session = scan.sessions.find(({ key }) => key === workKey);
  ok(session?.verdict === "finished" && session.findings.includes("RUN-FINISHED"), JSON.stringify(session));
}

/** What is said of agent main. */
export function said(scan: Scan): readonly Finding[] {
  return scan.findings.filter(({ store }) => !store.includes("/agents/work/"));
}
