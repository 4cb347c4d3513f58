import assert from "node:assert/strict";
import { prepareSampleHome } from "../sampleHome.mjs";
import { temporaryDirectory } from "../vscode/scratch.mjs";
import { Workbench } from "./workbench.ts";

describe("The installed extension", () => {
  const home = temporaryDirectory();
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({ home: await prepareSampleHome(home.path) });
  });

  after(async () => {
    await workbench?.dispose();
    home.remove();
  });

  it("shows itself in the status bar", async () => {
    assert.match((await workbench.statusItem().textContent()) ?? "", /OpenClaw/);
    await workbench.screenshot("status-item", "light");
    await workbench.screenshot("status-item", "dark");
  });
});
