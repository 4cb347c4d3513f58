// Everything that could make a living gateway look dead: its lock where nobody looks, its state directory by another
// name, itself by another name, in another namespace or of another user.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chownSync, copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../vscode/scratch.mjs";
import { type Gateway, type Installation, makeHome, startGateway } from "./gateway.mjs";
import { startModel } from "./model.mjs";
import { assertLive, look, row, statusIn, until } from "./watching.ts";

const port = 19755;
const modelPort = 19756;
const key = "agent:main:main";
const cli = join(import.meta.dirname, "..", "..", "src", "cli.ts");
const isRoot = process.getuid?.() === 0;
const hasNamespaces = isRoot && spawnSync("unshare", ["-pfm", "--mount-proc", "true"]).status === 0;

interface Attack {
  readonly env?: (home: string) => Record<string, string>;
  /** What is done to the home before its gateway starts. */
  readonly prepare?: (at: Installation) => void;
  readonly prefix?: (at: Installation) => readonly string[];
  /** The state directory as we name it, where that is not as its gateway does. */
  readonly lookAt?: (at: Installation) => string;
  /** Nothing ties the gateway to its directory: it counts against every other one too. */
  readonly untied?: true;
  /** The gateway cannot be asked from here for what it is to do. */
  readonly needs?: boolean;
}

const attacks: Readonly<Record<string, Attack>> = {
  "with a temp directory of its own": {
    env: (home) => ({ TMPDIR: made(join(home, "elsewhere")) }),
    untied: true,
  },
  "with its configuration elsewhere": {
    env: (home) => ({ OPENCLAW_CONFIG_PATH: join(home, "conf", "openclaw.json") }),
    prepare: ({ home, stateDir }) => {
      copyFileSync(join(stateDir, "openclaw.json"), join(made(join(home, "conf")), "openclaw.json"));
    },
    untied: true,
  },
  "with the configuration of another state directory": {
    env: (home) => ({
      OPENCLAW_CONFIG_PATH: join(home, ".openclaw-two", "openclaw.json"),
      OPENCLAW_STATE_DIR: join(home, ".openclaw"),
    }),
    prepare: ({ home, stateDir }) => {
      made(join(home, ".openclaw-two", "agents", "main", "sessions"));
      copyFileSync(join(stateDir, "openclaw.json"), join(home, ".openclaw-two", "openclaw.json"));
    },
  },
  "whose state directory is a symbolic link": {
    env: (home) => ({ OPENCLAW_STATE_DIR: join(home, "link") }),
    prepare: ({ home, stateDir }) => symlinkSync(stateDir, join(home, "link")),
  },
  "that we know by a symbolic link": {
    lookAt: ({ home, stateDir }) => {
      symlinkSync(stateDir, join(home, "link"));
      return join(home, "link");
    },
  },
  "whose port is in no configuration": {
    env: () => ({ OPENCLAW_GATEWAY_PORT: String(port) }),
    prepare: ({ stateDir }) => editConfig(stateDir, (config) => delete config.gateway.port),
  },
  "that calls itself something else": {
    env: (home) => {
      const script = join(home, "title.cjs");
      writeFileSync(script, 'setInterval(() => { process.title = "my-assistant"; }, 20).unref();');
      return { NODE_OPTIONS: `--require=${script}` };
    },
  },
  "in a pid namespace of its own": {
    prefix: () => ["unshare", "-pfm", "--mount-proc"],
    needs: hasNamespaces,
  },
  "in a pid namespace, with a temp directory of its own": {
    env: (home) => ({ TMPDIR: made(join(home, "elsewhere")) }),
    prefix: () => ["unshare", "-pfm", "--mount-proc"],
    needs: hasNamespaces,
    untied: true,
  },
  "that has its home mounted at another place": {
    prefix: ({ home }) => {
      const place = made(join(home, "mounted"));
      return ["unshare", "-m", "sh", "-c", `mount --bind ${home} ${place} && HOME=${place} exec "$@"`, "sh"];
    },
    needs: hasNamespaces,
  },
  "of another user": {
    prepare: ({ home }) => {
      for (const entry of readdirSync(home, { recursive: true, withFileTypes: true })) {
        chownSync(join(entry.parentPath, entry.name), 65534, 65534);
      }
      chownSync(home, 65534, 65534);
    },
    prefix: () => ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
    needs: isRoot,
  },
};

describe("a genuine 2026.5.18 whose run must not look dead", () => {
  let model: Awaited<ReturnType<typeof startModel>>;
  let gateway: Gateway | undefined;
  const homes: { remove: () => void }[] = [];

  before(async () => {
    model = await startModel(modelPort);
  });
  after(() => model.close());
  afterEach(async () => {
    await gateway?.stop("SIGKILL");
    gateway = undefined;
    for (const home of homes.splice(0)) home.remove();
  });

  function newHome(): string {
    const home = temporaryDirectory();
    homes.push(home);
    return home.path;
  }

  async function begin(attack: Attack): Promise<{ at: Installation; stateDir: string }> {
    const home = newHome();
    const env = attack.env?.(home) ?? {};
    const at = makeHome({ version: "2026.5.18", home, port, modelPort, env });
    attack.prepare?.(at);
    gateway = await startGateway(at, attack.prefix?.(at) ?? []);
    await gateway.send(key, "begin [[slow:120]]");
    await until("it runs", () => statusIn(at, "main", key) === "running");
    return { at, stateDir: attack.lookAt?.(at) ?? at.stateDir };
  }

  for (const [name, attack] of Object.entries(attacks)) {
    if (attack.needs === false) continue;
    it(`one ${name}`, async () => {
      const { stateDir } = await begin(attack);
      const { writer } = (await look({ stateDir })).stateDirs[0] ?? {};
      process.stdout.write(`      ${writer?.state}: ${writer?.why}\n`);
      assert.notEqual(writer?.state, "stopped");
      await assertLive({ stateDir }, [key]);
      if (attack.untied) {
        const other = makeHome({ version: "2026.5.18", home: newHome(), port: 19765, modelPort: 19766 });
        const seen = await look(other);
        assert.equal(seen.stateDirs[0]?.writer.state, "running", seen.stateDirs[0]?.writer.why);
      }
    });
  }

  if (hasNamespaces) {
    it("one that we look at from a pid namespace of our own, where nobody else is seen", async () => {
      const { stateDir } = await begin({});
      const scan = ["--disable-warning=ExperimentalWarning", cli, "scan", "--state-dir", stateDir, "--json"];
      // Without its port, which a sandbox hides too.
      editConfig(stateDir, (config) => delete config.gateway.port);
      const inside = ["-pfm", "--mount-proc", process.execPath, ...scan];
      const { stdout } = spawnSync("unshare", inside, { encoding: "utf8" });
      const { sessions, stores } = JSON.parse(stdout);
      assert.deepEqual([sessions[0].verdict, stores[0].writer], ["unknown", "unknown"]);
    });
  }

  it("one that is halted", async () => {
    const { stateDir } = await begin({});
    process.kill(gateway?.pid ?? 0, "SIGSTOP");
    await assertLive({ stateDir }, [key]);
    process.kill(gateway?.pid ?? 0, "SIGCONT");
    assert.equal(row(await look({ stateDir }), key).claimed, "running");
  });
});

function made(dir: string): string {
  mkdirSync(dir, { recursive: true });
  return dir;
}

// biome-ignore lint/suspicious/noExplicitAny: it is a configuration that we wrote
function editConfig(stateDir: string, edit: (config: any) => void): void {
  const path = join(stateDir, "openclaw.json");
  const config = JSON.parse(readFileSync(path, "utf8"));
  edit(config);
  writeFileSync(path, JSON.stringify(config, null, 2));
}
