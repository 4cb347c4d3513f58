// A row that we repaired, given to the genuine program: it shows it as we left it, neither resumes nor marks it, and our
// undo takes back ours only.    OPENCLAW_CACHE=dir node test/live/accepted.mjs
import { deepEqual, equal, ok } from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../bundle.mjs";
import { temporaryDirectory } from "../vscode/scratch.mjs";
import { startModel } from "./modelServer.mjs";
import { install, prepareGateway, until } from "./openclaw.mjs";

const version = "2026.5.18";
const ports = {
  gateway: Number(process.env["GATEWAY_PORT"] ?? 19_655),
  model: Number(process.env["MODEL_PORT"] ?? 19_656),
};
const stuckKey = "agent:main:stuck";
const otherKey = "agent:main:other";
const step = (/** @type {string} */ what) => console.log(`· ${what}`);

const scratch = temporaryDirectory().path;
const cli = join(scratch, "cli.js");
writeFileSync(join(scratch, "package.json"), '{"type":"module"}');
await bundle(join(import.meta.dirname, "../../src/cli.ts"), cli);
const programs = install(process.env["OPENCLAW_CACHE"] ?? join(scratch, "cache"), version);
const home = join(scratch, "home");
mkdirSync(home);
const gateway = prepareGateway(programs, home, ports);
const model = await startModel(ports.model);

/**
 * The command on the live home; where other gateways run on this machine, by a list of processes without them, since
 * nothing says that they serve other homes.
 * @param {...string} args
 */
function inspector(...args) {
  const { status, stdout, stderr } = spawnSync(
    programs.node,
    [cli, ...args, "--json", "--home", home, ...listWithoutOthers()],
    {
      env: { ...gateway.env },
      encoding: "utf8",
      maxBuffer: 1 << 26,
    },
  );
  ok(status !== null && status < 2, stderr);
  return JSON.parse(stdout);
}

/** @type {number | undefined} */
let ourGateway;

function listWithoutOthers() {
  const list = execFileSync("ps", ["-eo", "pid,ppid,lstart,args"], { encoding: "utf8" });
  const isOther = (/** @type {string} */ line) =>
    /\sopenclaw(-[a-z-]+)?\s*$/.test(line) && !new RegExp(`^\\s*${ourGateway ?? -1}\\s`).test(line);
  const lines = list.split("\n");
  if (!lines.some(isOther)) return [];
  const file = join(scratch, "ps.txt");
  writeFileSync(file, lines.filter((line) => !isOther(line)).join("\n"));
  return ["--processes", file];
}

const status = (/** @type {string} */ key) => gateway.rows()[key]?.status;

step(`OpenClaw ${version} starts`);
const first = await gateway.start();
ourGateway = first.pid;
for (const key of ["agent:main:main", otherKey, stuckKey]) {
  await gateway.send(key, "hello");
  await until(`${key} is done`, () => status(key) === "done");
}
await gateway.send(stuckKey, "[[slow]] tell me everything");
await until("it answers slowly", () => status(stuckKey) === "running" && model.requests.some(({ slow }) => slow));
const whileRunning = inspector("scan");
const active = whileRunning.sessions.find((/** @type {{ key: string }} */ { key }) => key === stuckKey);
step(`while it runs the row is ${active.verdict}, the gateway ${whileRunning.stores[0].writer}`);
equal(whileRunning.stores[0].writer, "running");
await first.end("SIGKILL");
ourGateway = undefined;
step("the gateway is killed in the middle of an answer");

const stuckRow = gateway.rows()[stuckKey];
equal(stuckRow.status, "running");
const seen = inspector("scan");
const finding = seen.findings.find(
  (/** @type {{ session?: string, repair: { kind: string } }} */ { session, repair }) =>
    session === stuckKey && repair.kind === "finalize",
);
ok(finding, `no finding: ${JSON.stringify(seen.findings, null, 1)}`);
step(`${finding.code}: ${finding.message}`);
const repaired = inspector("repair", "--finding", finding.id, "--set", "status=failed");
equal(repaired.receipts[0].refused, undefined);
step(`repaired: ${JSON.stringify(repaired.receipts[0].edits)}`);
const afterRepair = gateway.rows();
deepEqual(
  inspector("scan").findings.filter((/** @type {{ session?: string }} */ { session }) => session === stuckKey),
  [],
);

const askedBefore = model.requests.length;
const saidBefore = gateway.said().length;
const second = await gateway.start();
ourGateway = second.pid;
step("the gateway is started again");
const listed = JSON.parse(await gateway.command("sessions", "--json"));
const shown = listed.sessions.find((/** @type {{ key: string }} */ { key }) => key === stuckKey);
deepEqual(listed.sessions.map((/** @type {{ key: string }} */ { key }) => key).sort(), Object.keys(afterRepair).sort());
await gateway.send(otherKey, "a turn after the repair");
await until(
  "the turn is done",
  () => status(otherKey) === "done" && gateway.rows()[otherKey].endedAt > afterRepair[otherKey].endedAt,
);
const now = gateway.rows();
step(
  `it lists ${listed.sessions.length} rows, ${stuckKey} as ${shown?.status ?? now[stuckKey].status}; a turn in ${otherKey} went well`,
);
equal(now[stuckKey].status, "failed");
deepEqual(now[stuckKey], afterRepair[stuckKey], "the repaired row is as we left it");
deepEqual(Object.keys(now).sort(), Object.keys(afterRepair).sort());
deepEqual(
  model.requests.slice(askedBefore).filter(({ asked }) => !asked.includes("a turn after the repair")),
  [],
  "nothing was resumed",
);
await second.end("SIGTERM");
ourGateway = undefined;
const complaints = gateway
  .said(saidBefore)
  .split("\n")
  .filter((line) => /error|corrupt|malformed|unpars|resum|interrupt|recover|stuck/i.test(line));
step(`complaints in its log: ${complaints.length === 0 ? "none" : `\n${complaints.join("\n")}`}`);
deepEqual(complaints, []);

const stopped = gateway.rows();
const undone = inspector("undo", "--last");
equal(undone.receipts[0].applied, true, undone.receipts[0].refused);
const end = gateway.rows();
deepEqual(end[otherKey], stopped[otherKey], "the turn survives");
deepEqual(end[stuckKey], stuckRow, "the row is as it was");
step(`undone: ${JSON.stringify(undone.receipts[0].edits)}; the turn in ${otherKey} survives`);
await model.close();
console.log("accepted");
