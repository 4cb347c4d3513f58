import assert from "node:assert/strict";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareSampleHome } from "../sampleHome.mjs";
import { openWorkbench } from "./suite.ts";
import { viewContainer } from "./workbench.ts";

// A person on a machine whose gateway was killed. The sample home has 39 sessions of two state directories.
describe("A person with sick sessions", () => {
  let home = "";
  const workbench = openWorkbench({
    settings: { "editor.minimap.enabled": false },
    home: async (directory) => {
      home = await prepareSampleHome(directory);
      return home;
    },
  });
  const sessions = (agent: string, ...names: string[]) =>
    join(home, ".openclaw", "agents", agent, "sessions", ...names);

  before(async () => {
    await workbench().sideBar.open(viewContainer);
    await workbench().sideBar.widen(420);
    // Until the processes were looked at twice, nobody can tell.
    await workbench().statusItem().getByText("0 active", { exact: true }).waitFor();
  });

  beforeEach(() => workbench().sideBar.open(viewContainer));

  it("sees in the status bar what is really active, and what only claims to be", async () => {
    const hover = await workbench().hover(workbench().statusItem());
    const words = (await hover.textContent()) ?? "";
    assert.match(words, /No session is active\./);
    assert.match(words, /9 rows only claim to run\./);
    assert.match((await workbench().statusItem().getAttribute("class")) ?? "", /\bwarning-kind\b/);
  });

  it("sees where OpenClaw is, whether it runs, and which sessions need attention", async () => {
    const { sideBar } = workbench();
    const tree = await sideBar.outline();
    const next = tree.indexOf("~/.openclaw-next (gateway stopped)");
    const ageAndModel = / · (now|\d+ (min|h|d))\b.*(?=\)$)/;
    assert.deepEqual(
      tree.slice(0, next).map((line) => line.replace(ageAndModel, "")),
      [
        "~/.openclaw (gateway stopped)",
        "  main (15 sessions · 2 hidden)",
        "    Needs Attention (6)",
        "      Weekly summary (running → finished)",
        "      Invoice check (running → finished)",
        "      telegram:direct:500600700 (running → interrupted)",
        "      Collect the figures (running → finished)",
        "      #status (running → finished)",
        "      Cron: nightly report (running → finished)",
        "    Recent (5)",
        "    Older (2)",
        "  notes",
        `    ${tree[12]?.trim()}`,
        "  research (9 sessions)",
        "    Needs Attention (3)",
        "      Scripted import (done)",
        "      Benchmarks (done)",
        "      Old survey (done)",
        "    Recent (4)",
        "    Older (2)",
        "    Locks (1)",
        "  restored",
        "    The store of restored cannot be opened: it is not a regular file. (STORE-UNREADABLE)",
        "  work (12 sessions)",
        "    Needs Attention (7)",
        "      Code review (running → interrupted)",
        "      Migration plan (running → interrupted)",
        "      imported-draft (no status → unknown)",
        "      imported-notes (no status → unknown)",
        "      Onboarding (done)",
        "      Stand-up (done)",
        "      Billing questions (done)",
        "    Recent (3)",
        "    Older (2)",
      ],
    );
    assert.match(tree[12] ?? "", /The store of notes cannot be read as JSON: it ends in the middle .*STORE-UNPARSABLE/);
    assert.match(tree[3] ?? "", /\(running → finished · 1 h · anthropic\/claude-sonnet-4\.5\)$/);
  });

  it("reads in a tooltip what is claimed, what is so, and why", async () => {
    const hover = await workbench().hover(workbench().sideBar.row("Code review"));
    const words = (await hover.textContent()) ?? "";
    assert.match(words, /Claim\s+running/);
    assert.match(words, /Verdict\s+interrupted:\s+It\s+began/);
    assert.match(words, /RUN-NO-OWNER\s+Says\s+running\s+since/i);
  });

  it("sees what it would take where nothing records the end", async () => {
    const { sideBar, editors } = workbench();
    await sideBar.row("Code review").click();
    await editors.line('"status": "failed"').waitFor();
    await editors.line('"status": "running"').waitFor();
  });

  it("compares what is stored with what is proven", async () => {
    const { sideBar, editors } = workbench();
    await sideBar.row("Weekly summary").click();
    await editors.tab(/Weekly summary: stored ↔ proven/).waitFor();
    await editors.line('"status": "done"').waitFor();
    assert.deepEqual((await editors.side("original")).slice(0, 5), [
      "{",
      '  "status": "running",',
      '  // "endedAt" is not there',
      '  // "runtimeMs" is not there',
      "",
    ]);
    const [, status, endedAt, runtime] = await editors.side("modified");
    assert.equal(status, '  "status": "done",');
    assert.match(endedAt ?? "", /^ {2}"endedAt": \d{13}, \/\/ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.equal(runtime, '  "runtimeMs": 1713,');
    const squiggles = editors.squiggles("error").or(editors.squiggles("warning"));
    assert.equal(await squiggles.count(), 0, "Nothing is wrong with the comparison itself.");
    await workbench().restMouse();
    await workbench().screenshots("sessions");
  });

  it("finds the lie in the store itself, at its field, with its proof and its meaning", async () => {
    const { sideBar, editors } = workbench();
    await workbench().contextMenu(sideBar.row("Weekly summary"), "Open Store");
    await editors.tab("sessions.json").waitFor();
    const problem = await editors.problems(/agent:main:weekly-summary says running, but its run ended at/);
    await problem.click();
    const lie = editors.word('"running"').first();
    const hover = await workbench().hover(lie);
    assert.match((await hover.textContent()) ?? "", /its run ended at .* \(its trajectory ends with session\.ended/);
    assert.ok(covers(await editors.squiggles("error").boundingBox(), await lie.boundingBox()));
    await workbench().screenshots("problem");
    await problem.getByText("RUN-FINISHED").click();
    await editors.tab(/findings\.md/).waitFor();
    // VS Code's preview of Markdown, or the page as text where the preview is not there yet.
    const section = editors.preview().getByRole("heading", { name: "RUN-FINISHED" });
    await Promise.any([section.waitFor(), editors.line("## RUN-FINISHED").waitFor()]);
  });

  it("reads the row, with what was found above the fields that lie", async () => {
    const { sideBar, editors } = workbench();
    await workbench().contextMenu(sideBar.row("Weekly summary"), "Open Row");
    await editors.codeLens(/its run ended at/).waitFor();
    await editors.line('"status": "running"').waitFor();
    await workbench().restMouse();
    await workbench().screenshots("row");
    await workbench().page.keyboard.press("Control+Home");
    await editors.codeLens("running → finished").waitFor();
    await editors.codeLens("Open transcript").waitFor();
    await editors.codeLens("Compare with the evidence").click();
    await editors.diff().waitFor();
  });

  it("reads the transcript around the proof", async () => {
    const { sideBar, editors } = workbench();
    await sideBar.rowAction(sideBar.row("Weekly summary"), "Open Transcript");
    await editors.line("Four releases, no incident.").waitFor();
    await editors.line("assistant (stop)").waitFor();
    await workbench().restMouse();
    await workbench().screenshots("excerpt");
  });

  it("filters by text, and gets everything back", async () => {
    const { sideBar } = workbench();
    await sideBar.viewAction("Filter Sessions…");
    await workbench().answer("plan");
    await sideBar.part.getByText("Filtered by “plan”").waitFor();
    await sideBar.row("Weekly summary").waitFor({ state: "hidden" });
    await sideBar.row("Migration plan").waitFor();
    await sideBar.viewAction("Clear Filter");
    await sideBar.row("Weekly summary").waitFor();
  });

  it("sees cron and heartbeat sessions only on demand", async () => {
    const { sideBar } = workbench();
    const agent = sideBar.row("15 sessions");
    await sideBar.expand(sideBar.row("Recent").first());
    await sideBar.row("Release notes").waitFor();
    assert.equal(await sideBar.row("heartbeat").count(), 0);
    await agent.getByText("2 hidden").waitFor();
    await sideBar.viewAction("Show Cron and Heartbeat Sessions");
    await sideBar.row("heartbeat").waitFor();
    await sideBar.viewAction("Hide Cron and Heartbeat Sessions");
    await sideBar.row("heartbeat").waitFor({ state: "hidden" });
    await sideBar.collapse(sideBar.row("Recent").first());
  });

  it("needs no mouse", async () => {
    const { page, sideBar, editors } = workbench();
    await sideBar.open("Explorer");
    await workbench().runCommand("OpenClaw Sessions: Focus on OpenClaw Sessions View");
    await page.keyboard.press("Home");
    const focused = sideBar.part.locator(".monaco-list-row.focused", { hasText: "Code review" });
    for (let rows = 0; rows < 60 && !(await focused.isVisible()); rows++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await editors.tab(/Code review: stored ↔ proposed/).waitFor();
  });

  describe("sees by itself", () => {
    it("that a lock is gone", async () => {
      const { sideBar } = workbench();
      const session = sideBar.row(/^telegram:direct:500600700/);
      await sideBar.expand(session);
      await sideBar.row("RUN-DEADLOCK").waitFor();
      const { sessionId } = await storedRow(sessions("main", "sessions.json"), "agent:main:telegram:direct:500600700");
      await rm(sessions("main", `${sessionId}.jsonl.lock`));
      await sideBar.row("RUN-DEADLOCK").waitFor({ state: "hidden" });
      await sideBar.row("RUN-NO-OWNER").waitFor();
      await sideBar.collapse(session);
    });

    it("that a transcript is gone", async () => {
      const { sideBar } = workbench();
      const { sessionId } = await storedRow(
        sessions("work", "sessions.json"),
        "agent:work:discord:channel:901122334455",
      );
      assert.equal(await sideBar.row("#support").count(), 0);
      await rm(sessions("work", `${sessionId}.jsonl`));
      await sideBar.row("#support").waitFor();
    });

    it("that the end of a run was stored after all", async () => {
      const { sideBar, editors } = workbench();
      await workbench().contextMenu(sideBar.row("Weekly summary"), "Open Store");
      // The row document of another test may still be listed beside the store.
      const problem = (await editors.problems(/weekly-summary says running/)).first();
      await problem.waitFor();
      const badge = sideBar.entry(viewContainer).locator(".badge-content");
      const sick = Number(await badge.textContent());
      const path = sessions("main", "sessions.json");
      const store = JSON.parse(await readFile(path, "utf8"));
      const row = store["agent:main:weekly-summary"];
      Object.assign(row, { status: "done", endedAt: row.startedAt + 1713, runtimeMs: 1713 });
      await writeFile(`${path}.tmp`, JSON.stringify(store, null, 2));
      await rename(`${path}.tmp`, path);
      await sideBar.row("Weekly summary").waitFor({ state: "hidden" });
      await problem.waitFor({ state: "hidden" });
      await (await editors.problems(/invoice-check says running/)).first().waitFor();
      await workbench().statusItem().locator('[aria-label*="8 rows only claim to run."]').waitFor();
      await badge.getByText(String(sick - 1), { exact: true }).waitFor();
    });
  });
});

async function storedRow(store: string, key: string): Promise<{ sessionId: string }> {
  return JSON.parse(await readFile(store, "utf8"))[key];
}

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null;

/** Whether a wavy line stands under a word, and under nothing else. Their edges are rounded differently. */
function covers(line: Box, word: Box): boolean {
  if (!line || !word) return false;
  const inLine = line.y <= word.y && line.y + line.height >= word.y + word.height;
  return inLine && Math.abs(line.x - word.x) < 2 && Math.abs(line.width - word.width) < 2;
}
