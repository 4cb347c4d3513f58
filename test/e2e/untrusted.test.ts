import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareSampleHome } from "../sampleHome.mjs";
import { temporaryDirectory } from "../vscode/scratch.mjs";
import { openWorkbench } from "./suite.ts";
import { viewContainer } from "./workbench.ts";

// VS Code trusts every folder while it runs an extension's tests, so only a person's VS Code can show this.
describe("A person in a folder that is not trusted", () => {
  let home = "";
  // Only the settings of the opened folder name it.
  const bait = temporaryDirectory();
  const workbench = openWorkbench({
    restricted: true,
    files: {
      ".vscode/settings.json": JSON.stringify({
        "openclawSessionInspector.homes": [bait.path],
        "openclawSessionInspector.stateDirectories": [join(bait.path, ".openclaw")],
      }),
    },
    home: async (directory) => {
      home = await prepareSampleHome(directory);
      const own = join(home, ".openclaw-own");
      mkdirSync(join(own, "agents"), { recursive: true });
      writeFileSync(join(own, "openclaw.json"), "{}");
      return home;
    },
  });
  const path = (): string => join(home, ".openclaw", "agents", "main", "sessions", "sessions.json");

  before(async () => {
    const theirs = join(bait.path, ".openclaw", "agents", "main", "sessions");
    mkdirSync(theirs, { recursive: true });
    writeFileSync(join(theirs, "sessions.json"), '{"agent:main:bait": {"status": "running"}}');
    await workbench().sideBar.open(viewContainer);
    await workbench().sideBar.widen(420);
    await workbench().statusItem().getByText("0 active", { exact: true }).waitFor();
  });

  after(() => bait.remove());

  it("reads the stores of their own home, in restricted mode", async () => {
    const { sideBar, page } = workbench();
    await page.locator(".statusbar-item", { hasText: "Restricted Mode" }).waitFor();
    await sideBar.row("Weekly summary").waitFor();
    await sideBar.row("Weekly summary").click();
    await page.locator(".tab", { hasText: "Weekly summary" }).waitFor();
  });

  it("has nothing read that only the settings of the folder name", async () => {
    const { sideBar } = workbench();
    await sideBar.viewAction("Refresh");
    // So that the directories after the first are in view.
    const first = sideBar.row(/^~\/\.openclaw(?!-)/);
    await sideBar.collapse(first);
    await sideBar.row(".openclaw-own").waitFor();
    const shown = (await sideBar.outline()).filter((line) => !line.startsWith(" "));
    assert.deepEqual(
      shown.map((line) => line.replace(/ \(.*$/, "")),
      ["", "-next", "-old", "-old/.openclaw", "-own"].map((which) => `~/.openclaw${which}`),
    );
    await sideBar.expand(first);
  });

  it("is asked in a dialog that names the file before anything is written, and nothing is without a yes", async () => {
    const { sideBar, page } = workbench();
    const before = await readFile(path(), "utf8");
    const dialog = workbench().dialog();
    await sideBar.row("Weekly summary").waitFor();
    await workbench().contextMenu(sideBar.row("Weekly summary"), "Finalize…");
    await dialog.getByText(path()).first().waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    assert.equal(await readFile(path(), "utf8"), before);

    await workbench().contextMenu(sideBar.row("Weekly summary"), "Finalize…");
    await dialog.getByRole("button", { name: "Mark as done", exact: true }).click();
    await workbench().notification("Weekly summary is marked as done.").waitFor();
    assert.equal(JSON.parse(await readFile(path(), "utf8"))["agent:main:weekly-summary"].status, "done");
  });
});
