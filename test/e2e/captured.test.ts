import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type UnpackedCase, unpackCase } from "../fixtures/unpack.ts";
import { openWorkbench } from "./suite.ts";
import { viewContainer } from "./workbench.ts";

// Nothing of OpenClaw is on this machine: only what somebody else sent.
describe("A person who got somebody's store and a list of processes", () => {
  let sent: UnpackedCase;
  let list = "";
  const workbench = openWorkbench({
    home: async (directory) => {
      const folder = join(directory, "sent");
      await mkdir(folder);
      sent = unpackCase("2026.5.18-sigkill-not-restarted", folder);
      list = join(folder, "ps.txt");
      await copyFile(sent.processesFile, list);
      return directory;
    },
  });

  beforeEach(() => workbench().sideBar.open(viewContainer));

  it("opens it from the empty view, and sees which of its rows lie", async () => {
    const { sideBar } = workbench();
    await sideBar.part.getByText("inspect a captured copy", { exact: true }).click();
    await workbench().chooseFile("Captured Store", join(sent.home, ".openclaw"));
    await workbench().pick("With Its Process List…");
    await workbench().chooseFile("Process List of the Captured Store", list);
    await workbench().inputBox("When Was It Captured?").waitFor();
    await workbench().answer(`${sent.now}`);
    await sideBar.row(/captured .*2026.* · gateway stopped/).waitFor();
    await sideBar.row("hang").getByText("running → interrupted").waitFor();
  });

  it("finds it again when the window is loaded again, and closes it", async () => {
    const { sideBar } = workbench();
    await workbench().reload();
    await sideBar.open(viewContainer);
    const row = sideBar.row(/captured .*2026.* · gateway stopped/);
    await row.waitFor();
    await sideBar.rowAction(row, "Close Captured Store");
    await sideBar.part.getByText("No OpenClaw was found on the machine where this window runs.").waitFor();
  });
});
