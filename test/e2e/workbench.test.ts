import assert from "node:assert/strict";
import { prepareSampleHome } from "../sampleHome.mjs";
import { openWorkbench } from "./suite.ts";

// What the other tests lean on, tried on VS Code's own parts: when these fail, VS Code has changed and not we.
describe("The workbench of the tests", () => {
  const files = {
    "folder/old.txt": "one\ntwo\n",
    "folder/new.txt": "one\nthree\n",
    "broken.css": "a { colr: red }\n",
    "merge.txt": "<<<<<<< mine\nleft\n=======\nright\n>>>>>>> theirs\n",
  };
  const workbench = openWorkbench({ home: prepareSampleHome, files });

  it("compares two files of a tree through context menus", async () => {
    const { sideBar, editors } = workbench();
    await sideBar.open("Search");
    await sideBar.open("Explorer");
    await sideBar.expand(sideBar.row("folder"));
    await workbench().contextMenu(sideBar.row("old.txt"), "Select for Compare");
    await workbench().contextMenu(sideBar.row("new.txt"), "Compare with Selected");
    await editors.diff().waitFor();
    await editors.line("three").waitFor();
    await editors.tab(/old\.txt ↔ new\.txt/).waitFor();
    await workbench().screenshot("diff");
  });

  it("asks in a dialog before a file is deleted", async () => {
    const { sideBar } = workbench();
    await sideBar.open("Explorer");
    await workbench().contextMenu(sideBar.row("merge.txt"), "Delete Permanently");
    await workbench().dialog().getByRole("button", { name: "Cancel" }).click();
    await workbench().dialog().waitFor({ state: "hidden" });
  });

  it("shows a problem in its line, in a hover and in the panel, and fixes it", async () => {
    const { editors } = workbench();
    await editors.open("broken.css");
    await (await editors.problems("Unknown property")).waitFor();
    const hover = await workbench().hover(editors.word("colr"));
    assert.match((await hover.textContent()) ?? "", /Unknown property/);
    await editors.quickFix(editors.word("colr"), "Rename to 'color'");
    await editors.line("color: red").waitFor();
  });

  it("follows a lens", async () => {
    const { editors } = workbench();
    await editors.open("merge.txt");
    await editors.codeLens("Accept Current Change").click();
    await editors.line("right").waitFor({ state: "hidden" });
  });
});
