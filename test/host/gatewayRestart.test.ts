import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { commands } from "../../src/ids.ts";
import { type Answers, answering, type Heard } from "./asked.ts";
import { eventually, home, inspector, nodeOf, sessionOf, storePath } from "./inspector.ts";

const programs = process.env["OPENCLAW_INSPECTOR_TEST_PROGRAMS"] ?? "";
const program = join(programs, "openclaw");
const key = "agent:main:weekly-summary";

/**
 * What `openclaw gateway start` and `stop` do: a process of the gateway's name, whose lock names the configuration. It
 * is no gateway; the genuine one is stopped and started in test/live.
 */
const script = (locks: string, config: string): string => `#!/bin/bash
set -e
pid="${programs}/pid"
lock="${locks}/gateway.0a1b2c3d.lock"
case "$*" in
  "gateway stop") kill "$(cat "$pid")"; rm -f "$lock";;
  "gateway start")
    setsid bash -c 'echo $$ > "'"$pid"'"; exec -a openclaw-gateway sleep 600' < /dev/null > /dev/null 2>&1 &
    until [ "$(tr '\\0' ' ' < "/proc/$(cat "$pid" 2> /dev/null)/cmdline" 2> /dev/null)" = "openclaw-gateway 600 " ]; do
      read -rt 0.05 <> <(:) || true
    done
    start="$(sed 's/.*) //' "/proc/$(cat "$pid")/stat" | cut -d' ' -f20)"
    echo '{"pid":'"$(cat "$pid")"',"createdAt":"'"$(date -uIseconds)"'","configPath":"${config}","startTime":'"$start"'}' > "$lock"
    echo "started $*";;
  *) echo "unknown: $*"; exit 1;;
esac
`;

describe("Stop the Gateway, Repair, Start It Again", () => {
  const locks = join(home, "tmp", "openclaw");

  before(() => {
    mkdirSync(locks, { recursive: true });
    writeFileSync(program, script(locks, join(home, ".openclaw", "openclaw.json")), { mode: 0o755 });
  });
  beforeEach(async function () {
    this.timeout(60_000);
    execFileSync(program, ["gateway", "start"]);
    await look("running");
  });
  afterEach(async function () {
    this.timeout(60_000);
    const { model } = await inspector();
    const { writer } = model.stateDirs.find(({ path }) => path === join(home, ".openclaw")) ?? {};
    if (writer?.state === "running") execFileSync(program, ["gateway", "stop"]);
    await look("stopped");
  });
  after(() => rmSync(locks, { recursive: true }));

  async function look(state: string): Promise<void> {
    const api = await inspector();
    const stateDir = join(home, ".openclaw");
    const seen = eventually(api.client.onScanned, () => {
      const writer = api.model.stateDirs.find(({ path }) => path === stateDir)?.writer;
      if (writer?.state === state) return true;
      if (api.client.isIdle()) void api.inspection.scan();
      return undefined;
    });
    await api.inspection.scan();
    await seen;
    await api.client.idle();
  }

  /** Every modal must name the program of this test before its button is pressed. */
  async function run(buttons: readonly string[], more: Answers = {}): Promise<Heard> {
    const api = await inspector();
    const node = nodeOf(api, join(home, ".openclaw")) ?? nodeOf(api, "~/.openclaw");
    assert.ok(node !== undefined);
    const modal: Answers["modal"] = (dialog) => {
      const wanted = dialog.buttons[0] ?? "";
      const isOurs = dialog.detail.includes(program) || !wanted.includes("Gateway");
      return isOurs && buttons.includes(wanted) ? wanted : undefined;
    };
    return answering({ modal, ...more }, () => vscode.commands.executeCommand(commands.stopRepairStart, node));
  }

  it("shows each step before it is done, repairs in between, and tells what the gateway shows then", async function () {
    this.timeout(120_000);
    const original = readFileSync(storePath("main"), "utf8");
    const said = await run(["Stop the Gateway", "Finalize 4", "Start the Gateway"]);
    assert.deepEqual(said.errors, []);
    assert.deepEqual(
      said.modals.map(({ buttons }) => buttons),
      [["Stop the Gateway"], ["Finalize 4"], ["Start the Gateway"]],
    );
    const [stop, , start] = said.modals;
    assert.match(
      stop?.detail ?? "",
      /^It is stopped with: \S*openclaw gateway stop\nIt is started with: \S*openclaw gateway start$/m,
    );
    assert.match(stop?.detail ?? "", /\d+ more sessions say that they run, and whether they do cannot be told\./);
    assert.match(start?.detail ?? "", /openclaw gateway start/);
    assert.equal((await sessionOf(key)).claimed, "done");
    assert.ok(
      said.told.includes("The gateway runs again, and shows all 4 sessions as they were repaired."),
      said.told.join(),
    );

    execFileSync(program, ["gateway", "stop"]);
    await look("stopped");
    const undone = await answering({ modal: ({ buttons }) => buttons[0] }, () =>
      vscode.commands.executeCommand(commands.undoLastRepair),
    );
    assert.deepEqual(undone.errors, []);
    assert.equal(readFileSync(storePath("main"), "utf8"), original);
  });

  it("leaves the gateway stopped where the person leaves it, and says how to start it", async function () {
    this.timeout(120_000);
    const said = await run(["Stop the Gateway"], { tick: () => [] });
    assert.deepEqual([said.errors, said.modals.length], [[], 2]);
    assert.deepEqual(said.told.slice(-1), [`The gateway stays as it is. Start it with: ${program} gateway start`]);
  });

  it("says what failed, and does nothing where the person does not want it", async function () {
    this.timeout(120_000);
    const left = await run([]);
    assert.deepEqual([left.modals.length, left.errors, left.told], [1, [], []]);
    const genuine = readFileSync(program, "utf8");
    writeFileSync(program, "#!/bin/bash\necho broken >&2\nexit 3\n");
    try {
      const said = await run(["Stop the Gateway"]);
      assert.deepEqual(said.errors, [
        `${program} gateway stop failed, as its output in the terminal says. Nothing was repaired. Stop the gateway yourself, then repair.`,
      ]);
    } finally {
      writeFileSync(program, genuine);
    }
  });
});
