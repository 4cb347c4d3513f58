// The first process of a pid namespace: starts the program that it is told of on stdin, asks it, ends it, and says on stdout
// what came of it. Nothing else lives here.
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const patienceMs = 40_000;
const betweenMs = 100;
const lastPid = "/proc/sys/kernel/ns_last_pid";

/** @typedef {{ what: "agentctl", script: string, home: string, bystander?: number }} AgentctlOrder `bystander`: pid of a process that is none of its business */
/** @typedef {{ what: "claude-mem", bun: string, worker: string, home: string, session: string, beside?: readonly string[] }} ClaudeMemOrder `beside`: arguments of a Node that is run while it works */

/** @type {AgentctlOrder | ClaudeMemOrder} */
const order = JSON.parse(readFileSync(0, "utf8"));
spawnSync("ip", ["link", "set", "lo", "up"]);
process.stdout.write(JSON.stringify(order.what === "agentctl" ? await agentctl(order) : await claudeMem(order)));
process.exit(0);

/** @param {AgentctlOrder} order */
async function agentctl({ script, home, bystander }) {
  const innocent = bystander === undefined ? undefined : sleeperAt(bystander);
  // What is named in the files must not be one of us: the first pids of a namespace are small.
  writeFileSync(lastPid, "30000");
  const socket = join(home, ".agentctl", "agentctl.sock");
  const daemon = start(process.execPath, [script, "daemon", "start", "--foreground"], home);
  await until(() => ask(socket, "daemon.status"));
  const locks = await ask(socket, "lock.list");
  // It writes its memory when it ends.
  await ask(socket, "daemon.shutdown");
  await until(async () => daemon.exitCode !== null);
  return { locks, log: daemon.said, bystanderLives: innocent === undefined ? undefined : innocent.signalCode === null };
}

/** @param {ClaudeMemOrder} order */
async function claudeMem({ bun, worker, home, session, beside }) {
  const port = 38_123;
  const data = join(home, ".claude-mem");
  const env = { CLAUDE_MEM_WORKER_PORT: String(port), CLAUDE_MEM_DATA_DIR: data };
  const program = start(bun, [worker, "--daemon"], home, env);
  const health = await until(() => httpJson(`http://127.0.0.1:${port}/api/health`));
  const own = { PATH: process.env["PATH"], HOME: home };
  const repaired = beside && spawnSync(process.execPath, beside, { env: own, encoding: "utf8" });
  // As the plugin for OpenClaw does.
  const named = { contentSessionId: session, platformSource: "openclaw" };
  const body = JSON.stringify({ ...named, project: "proj", prompt: "after the repair" });
  const answer = await fetch(`http://127.0.0.1:${port}/api/sessions/init`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });
  const said = await answer.text();
  program.kill("SIGTERM");
  await until(async () => program.exitCode !== null || program.signalCode !== null);
  return { status: health.status, version: health.version, accepted: answer.status, said, beside: repaired?.stdout };
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} home
 * @param {Readonly<Record<string, string>>} [env]
 */
function start(command, args, home, env = {}) {
  const child = Object.assign(
    spawn(command, args, { env: { PATH: process.env["PATH"], HOME: home, ...env }, stdio: ["ignore", "pipe", "pipe"] }),
    { said: "" },
  );
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (child.said += text));
  return child;
}

/** @param {number} pid */
function sleeperAt(pid) {
  writeFileSync(lastPid, String(pid - 1));
  const child = spawn("sleep", ["600"], { stdio: "ignore" });
  if (child.pid !== pid) throw new Error(`a process has pid ${child.pid}, not ${pid}`);
  return child;
}

/**
 * @param {string} socket
 * @param {string} method
 * @returns {Promise<any>}
 */
function ask(socket, method) {
  return new Promise((resolve, reject) => {
    const client = connect(socket, () => client.write(`${JSON.stringify({ id: "1", method, params: {} })}\n`));
    let text = "";
    client.on("error", reject);
    client.on("data", (piece) => {
      text += piece;
      if (!text.includes("\n")) return;
      client.destroy();
      resolve(JSON.parse(text).result ?? true);
    });
  });
}

/**
 * @param {string} url
 * @returns {Promise<any>}
 */
function httpJson(url) {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      let text = "";
      response.on("data", (piece) => (text += piece));
      response.on("end", () => resolve(JSON.parse(text)));
    }).on("error", reject);
  });
}

/**
 * @template T
 * @param {() => Promise<T>} look
 * @returns {Promise<NonNullable<T>>}
 */
async function until(look) {
  for (const giveUpAt = Date.now() + patienceMs; Date.now() < giveUpAt; await wait(betweenMs)) {
    const found = await look().catch(() => undefined);
    if (found) return found;
  }
  throw new Error("it did not come to pass in time");
}
