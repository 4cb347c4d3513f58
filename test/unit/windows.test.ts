// Two windows and one store: one wins, the other is told.
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { type ChildProcess, fork, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeFiles } from "../../src/repair/files.ts";
import { type StateFolder, stateFolder } from "../../src/repair/stateFolder.ts";
import { takeStoreLock } from "../../src/repair/storeLock.ts";
import { receiptsOf } from "../../src/repairs.ts";
import { type BuiltHome, key, now } from "../homeBuilder.ts";
import { benchOf, changedBetween, imagesIn } from "../repairing.ts";
import { rowsOf, sick } from "../sickStore.ts";
import { temporaryDirectory } from "../temporary.ts";
import type { FromWindow, ToWindow } from "../windowChild.ts";

const rounds = 10;

describe("two windows", () => {
  const children: ChildProcess[] = [];

  function openWindow(): ChildProcess {
    const child = fork(join(import.meta.dirname, "..", "windowChild.ts"), {
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    children.push(child);
    return child;
  }

  async function ask(child: ChildProcess, message: ToWindow): Promise<FromWindow> {
    child.send(message);
    const [answer] = await once(child, "message");
    return answer as FromWindow;
  }

  function prepared(built: BuiltHome, folder: StateFolder, what: "repair" | "undo" | "lock"): ToWindow {
    return { prepare: what, home: built.home, folder: folder.path, store: built.store, now };
  }

  function newFolder(): StateFolder {
    return stateFolder({}, join(temporaryDirectory(), "inspector"));
  }

  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  it(`repair and undo the same row at the same time, ${rounds} times: exactly one does it`, async () => {
    const windows = [openWindow(), openWindow()];
    const told = new Set<string>();
    for (let round = 0; round < rounds; round++) {
      const built = sick();
      const folder = newFolder();
      const before = imagesIn(built.home);
      for (const what of ["repair", "undo"] as const) {
        await Promise.all(windows.map((window) => ask(window, prepared(built, folder, what))));
        const answers = await Promise.all(windows.map((window) => ask(window, "go")));
        const results = answers.filter((answer) => answer !== "ready");
        deepEqual(
          results.map(({ applied }) => applied).sort(),
          [false, true],
          `round ${round}, ${JSON.stringify(results)}`,
        );
        for (const { refused } of results) if (refused !== undefined) told.add(refused);
        if (what === "repair") equal(rowsOf(built)[key]?.["status"], "done");
        else deepEqual(changedBetween(before, imagesIn(built.home)), []);
      }
      deepEqual(readdirSync(folder.locks), []);
      deepEqual(
        receiptsOf(benchOf(built, { folder }).context).filter(
          ({ state }) => state !== "done" && state !== "rolledBack",
        ),
        [],
      );
    }
    for (const sentence of told)
      ok(/Another window|plan anew|undone already|Nothing is left to undo/.test(sentence), sentence);
  }).timeout(60_000);

  it("a store that another window repairs is not repaired, until that window has died", async () => {
    const built = sick();
    const folder = newFolder();
    const child = openWindow();
    equal(await ask(child, prepared(built, folder, "lock")), "ready");
    throws(() => takeStoreLock(nodeFiles, folder, built.store), /Another window/);
    child.kill("SIGKILL");
    await once(child, "exit");
    const lock = takeStoreLock(nodeFiles, folder, built.store);
    throws(() => takeStoreLock(nodeFiles, folder, built.store), /Another window/);
    lock.release();
    deepEqual(readdirSync(folder.locks), []);
  });

  it("another store can be repaired meanwhile", () => {
    const folder = newFolder();
    const one = takeStoreLock(nodeFiles, folder, sick().store);
    const two = takeStoreLock(nodeFiles, folder, sick().store);
    one.release();
    two.release();
  });

  it("a lock whose pid belongs to another process by now is replaced", async () => {
    const built = sick();
    const folder = newFolder();
    const child = openWindow();
    await ask(child, prepared(built, folder, "lock"));
    const [name = ""] = readdirSync(folder.locks);
    const [store, pid, ticks, token, end] = name.split(".");
    renameSync(join(folder.locks, name), join(folder.locks, [store, pid, Number(ticks) + 100, token, end].join(".")));
    takeStoreLock(nodeFiles, folder, built.store).release();
  });

  if (process.platform === "linux") {
    it("a lock of a process that is dead and only waits to be collected is replaced", async () => {
      // A shell that never collects its child, which ends when it is told to.
      const shell = spawn("sh", ["-c", "sh -c 'echo $$; read line' <&3 & exec sleep 60"], {
        stdio: ["ignore", "pipe", "inherit", "pipe"],
      });
      children.push(shell);
      const pid = Number(await new Promise((resolve) => shell.stdout?.once("data", (data) => resolve(String(data)))));
      const statOf = (): string[] =>
        readFileSync(`/proc/${pid}/stat`, "latin1")
          .replace(/^.*\) /, "")
          .split(" ");
      const built = sick();
      const folder = newFolder();
      const own = takeStoreLock(nodeFiles, folder, built.store);
      const [store] = (readdirSync(folder.locks)[0] ?? "").split(".");
      own.release();
      writeFileSync(join(folder.locks, `${store}.${pid}.${statOf()[19]}.${randomUUID()}.lock`), "");
      throws(() => takeStoreLock(nodeFiles, folder, built.store), /Another window/);
      process.kill(pid, "SIGKILL");
      while (statOf()[0] !== "Z");
      takeStoreLock(nodeFiles, folder, built.store).release();
      deepEqual(readdirSync(folder.locks), []);
    });
  }

  it("what else lies in the folder of locks is left alone", () => {
    const folder = newFolder();
    const built = sick();
    takeStoreLock(nodeFiles, folder, built.store).release();
    writeFileSync(join(folder.locks, "notes.txt"), "mine");
    takeStoreLock(nodeFiles, folder, built.store).release();
    equal(readFileSync(join(folder.locks, "notes.txt"), "utf8"), "mine");
  });
});
