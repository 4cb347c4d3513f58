import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openWorkbench } from "./suite.ts";
import { viewContainer } from "./workbench.ts";

describe("A person who has no sessions to see", () => {
  let home = "";
  const workbench = openWorkbench({
    home: async (directory) => {
      home = directory;
      return home;
    },
  });
  const stateDir = () => join(home, ".openclaw");

  beforeEach(async () => {
    await rm(stateDir(), { recursive: true, force: true });
    await workbench().sideBar.open(viewContainer);
  });

  it("is told that OpenClaw is not here, and what to do", async () => {
    const { part } = workbench().sideBar;
    await part.getByText("No OpenClaw was found on the machine where this window runs.").waitFor();
    await workbench().restMouse();
    await workbench().screenshots("welcome", { width: 700, height: 400 });
    await part.getByRole("button", { name: "Name a State Directory" }).click();
    await workbench().page.locator(".settings-editor").getByText("openclawSessionInspector").waitFor();
  });

  it("is told that OpenClaw has no sessions yet", async () => {
    const { part } = workbench().sideBar;
    await mkdir(join(stateDir(), "agents"), { recursive: true });
    await part.getByText("look again", { exact: true }).click();
    await part.getByText("OpenClaw is here, but none of its agents has a session yet.").waitFor();
  });

  it("is told that the only store cannot be read, and finds out why", async () => {
    const { part } = workbench().sideBar;
    // A directory in the place of the file cannot be opened by any user, not even by root.
    await mkdir(join(stateDir(), "agents", "main", "sessions", "sessions.json"), { recursive: true });
    await part.getByText("look again", { exact: true }).click();
    await part.getByText("OpenClaw is here, but its sessions cannot be read.").waitFor();
    await part.getByRole("button", { name: "Show the Reasons" }).click();
    await workbench().panel().getByText("it is not a regular file").waitFor();
  });

  it("sees the first session arrive", async () => {
    const { sideBar } = workbench();
    const sessions = join(stateDir(), "agents", "main", "sessions");
    await mkdir(sessions, { recursive: true });
    await sideBar.part.getByText("look again", { exact: true }).click();
    await sideBar.part.getByText("none of its agents has a session yet").waitFor();
    const row = { sessionId: "0f6c1c52-3a7e-4d7b-9d53-6a1a2b3c4d5e", updatedAt: Date.now() };
    await writeFile(join(sessions, "sessions.json"), JSON.stringify({ "agent:main:hello": row }));
    await sideBar.row("1 session").waitFor();
    await sideBar.expand(sideBar.row("Recent"));
    await sideBar.row("hello").waitFor();
  });
});
