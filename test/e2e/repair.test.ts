import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareSampleHome } from "../sampleHome.mjs";
import { openWorkbench } from "./suite.ts";
import { viewContainer } from "./workbench.ts";

// A person repairs what the inspector has proven, sees it everywhere, and takes it back.
describe("A person who repairs", () => {
  let home = "";
  const workbench = openWorkbench({
    settings: { "editor.minimap.enabled": false },
    home: async (directory) => {
      home = await prepareSampleHome(directory);
      return home;
    },
  });
  const store = (): Promise<string> =>
    readFile(join(home, ".openclaw", "agents", "main", "sessions", "sessions.json"), "utf8");
  const statusOf = async (key: string): Promise<unknown> => JSON.parse(await store())[key].status;
  const weekly = "agent:main:weekly-summary";
  const proven = /Mark Weekly summary as done at .* \(trajectory proves it\)/;

  const confirm = async (button: string): Promise<void> => {
    await workbench().dialog().getByRole("button", { name: button, exact: true }).click();
    await workbench().dialog().waitFor({ state: "hidden" });
  };
  const press = async (message: string | RegExp, button: string): Promise<void> => {
    const notification = workbench().notification(message);
    await notification.hover();
    await notification.getByRole("button", { name: button, exact: true }).click();
  };

  before(async () => {
    await workbench().sideBar.open(viewContainer);
    await workbench().sideBar.widen(420);
    await workbench().statusItem().getByText("0 active", { exact: true }).waitFor();
  });
  beforeEach(() => workbench().sideBar.open(viewContainer));

  it("fixes a sick session through the light bulb, sees it everywhere, and takes it back", async () => {
    const { sideBar, editors, page } = workbench();
    const original = await store();
    await workbench().contextMenu(sideBar.row("Weekly summary"), "Open Store");
    await editors.tab("sessions.json").waitFor();
    const problem = await editors.problems(/agent:main:weekly-summary says running/);
    await problem.click();
    await editors.quickFix(editors.word('"running"').first(), proven);
    const dialog = workbench().dialog();
    await dialog.getByText("status: running → done").waitFor();
    await dialog
      .getByText(/\.openclaw\/agents\/main\/sessions\/sessions\.json/)
      .first()
      .waitFor();
    await workbench().screenshots("confirm");
    assert.equal(await store(), original);
    await confirm("Mark as done");
    await workbench().notification("Weekly summary is marked as done.").waitFor();
    assert.equal(await statusOf(weekly), "done");
    // It needs no attention any more.
    await sideBar.expand(sideBar.row("Recent").first());
    await sideBar.row(/Weekly summary.*done ·/).waitFor();
    await problem.waitFor({ state: "hidden" });
    const hover = await workbench().hover(workbench().statusItem());
    assert.match((await hover.textContent()) ?? "", /8 rows only claim to run\./);
    await workbench().restMouse();

    await press("Weekly summary is marked as done.", "Undo");
    await dialog.getByText(/Undo the repair from/).waitFor();
    await confirm("Undo");
    await workbench().notification("Undone.").waitFor();
    await sideBar.row(/Weekly summary.*running → finished/).waitFor();
    await (await editors.problems(/agent:main:weekly-summary says running/)).waitFor();
    assert.equal(await store(), original);
    await page.keyboard.press("Escape");
  });

  it("applies what a comparison shows", async () => {
    const { sideBar, editors } = workbench();
    await sideBar.row("Weekly summary").click();
    await editors.line('"status": "done"').waitFor();
    await editors.titleButton("Apply What This Shows").waitFor();
    await workbench().restMouse();
    await workbench().screenshots("apply");
    await editors.titleAction("Apply What This Shows");
    await workbench().dialog().getByText(proven).waitFor();
    await confirm("Mark as done");
    await workbench().notification("Weekly summary is marked as done.").waitFor();
    assert.equal(await statusOf(weekly), "done");
  });

  it("finds the receipt, and takes the repair back from it", async () => {
    const { page } = workbench();
    await workbench().runCommand("OpenClaw Sessions: Show Receipts…");
    await workbench()
      .pickRow(/finalized · main/)
      .waitFor();
    await workbench().restMouse();
    await workbench().screenshots("receipts");
    await workbench().pick(/finalized · main/);
    await workbench().pickRow("Undo All of It").waitFor();
    await workbench().pick("Undo All of It");
    await confirm("Undo");
    await workbench().notification("Undone.").last().waitFor();
    assert.equal(await statusOf(weekly), "running");
    await page.keyboard.press("Escape");
  });

  it("reviews everything that is stale, and compares without losing the list", async () => {
    const { editors, page } = workbench();
    await workbench().runCommand("OpenClaw Sessions: Finalize All Stale Sessions…");
    const row = workbench().pickRow("Weekly summary");
    await row.waitFor();
    const review = page.locator(".quick-input-widget");
    await review.getByText("4 outcomes are proven").waitFor();
    await review.getByText(/4 runs were cut short/).waitFor();
    await review.getByText("4 Selected").waitFor();
    await row.hover();
    await row.locator('.action-label[aria-label^="Compare"]').click();
    await editors.line('"status": "done"').waitFor();
    await row.waitFor();
    await review.getByText("4 Selected").waitFor();
    // The field shows its tooltip until the mouse has been there and has left.
    await review.locator("input.input").hover();
    await workbench().restMouse();
    await workbench().screenshots("review");
    await review.getByRole("button", { name: "OK" }).click();
    await workbench().dialog().getByText("Finalize 4 sessions").waitFor();
    await confirm("Finalize 4");
    await workbench().notification("4 sessions are finalized.").waitFor();
    await workbench().runCommand("OpenClaw Sessions: Undo Last Repair…");
    await confirm("Undo");
    await workbench().notification("Undone.").last().waitFor();
    assert.equal(await statusOf(weekly), "running");
  });
});
