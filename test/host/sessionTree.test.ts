import assert from "node:assert/strict";
import * as vscode from "vscode";
import { commands, settings } from "../../src/ids.ts";
import { type DrawnTree, drawn, eventually, inspector, nodeOf } from "./inspector.ts";

const mainAgent: DrawnTree = [
  "main | 15 sessions",
  [
    [
      "Needs Attention | 6",
      [
        ["Weekly summary | running → finished", ["RUN-FINISHED"]],
        ["Invoice check | running → finished", ["RUN-FINISHED", "RUN-ENDED-J"]],
        ["telegram:direct:500600700 | running → interrupted", ["RUN-DEADLOCK", "Transcript lock | dead owner 4194305"]],
        ["Collect the figures | running → finished", ["RUN-FINISHED", "SUB-REGISTRY-SPLIT"]],
        ["#status | running → finished", ["RUN-FINISHED", "DELIVERY-PENDING"]],
        ["Cron: nightly report | running → finished", ["RUN-FINISHED", "CRON-SPLIT"]],
      ],
    ],
    [
      "Recent | 5",
      [
        "main | done",
        "Release notes | done",
        "Check the links | done",
        "Operations · Backups | done",
        "explicit:smoke-test | no status → finished",
      ],
    ],
    ["Older | 2", ["Provider outage | failed", "stopped-by-hand | failed"]],
  ],
];

describe("The tree", () => {
  it("shows the sick before the well, each with what was found", async () => {
    const api = await inspector();
    const [current] = drawn(api);
    assert.deepEqual(current?.[1]?.[0], mainAgent);
  });

  it("says of a store that cannot be read why", async () => {
    const api = await inspector();
    const [current] = drawn(api);
    const stores = (current?.[1] ?? []) as DrawnTree[];
    const broken = stores.filter(([name]) => name === "notes" || name === "restored");
    assert.deepEqual(broken, [
      ["notes", ["STORE-UNPARSABLE"]],
      ["restored", ["STORE-UNREADABLE"]],
    ]);
  });

  it("names every state directory with its gateway", async () => {
    const roots = drawn(await inspector()).map(([name]) => name?.toString().replace(/^.*(?=\.openclaw)/, ""));
    // The last one lies inside the third.
    const found = [".openclaw", ".openclaw-next", ".openclaw-old", ".openclaw"];
    assert.deepEqual(
      roots,
      found.map((name) => `${name} | gateway stopped`),
    );
  });

  it("counts on its badge the sessions that need attention", async () => {
    const { sessions, model } = await inspector();
    assert.equal(sessions.view.badge?.value, model.counts().needAttention);
  });

  it("gives each element an id of its own and words for a screen reader", async () => {
    const { sessions } = await inspector();
    const ids = new Set<string>();
    const visit = (node?: Parameters<typeof sessions.tree.getChildren>[0]): void => {
      for (const child of sessions.tree.getChildren(node)) {
        const item = sessions.tree.getTreeItem(child);
        assert.ok(item.id && !ids.has(item.id), item.id);
        assert.ok(item.accessibilityInformation?.label, item.id);
        assert.equal(sessions.tree.getParent(child), node);
        assert.equal(item.tooltip, undefined, "tooltips are made when they are asked for");
        ids.add(item.id);
        visit(child);
      }
    };
    visit();
  });

  it("explains a session in its tooltip: claim, verdict, finding, proof", async () => {
    const api = await inspector();
    const node = nodeOf(api, "Weekly summary");
    assert.ok(node);
    const { tooltip } = await api.sessions.tree.resolveTreeItem(api.sessions.tree.getTreeItem(node), node);
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.ok(!tooltip.isTrusted && !tooltip.supportHtml && !tooltip.supportThemeIcons);
    const text = tooltip.value.replaceAll("&nbsp;", " ").replaceAll("\\", "");
    for (const part of [
      "**Claim**  running",
      "**Verdict**  finished: ",
      "**RUN-FINISHED**  Says running, but its run ended at",
      "- session.ended (success)",
    ]) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
  });

  it("keeps the very same elements while nothing changes", async () => {
    const api = await inspector();
    const before = nodeOf(api, "Weekly summary");
    await api.inspection.scan();
    assert.equal(nodeOf(api, "Weekly summary"), before);
  });
});

describe("The filter", () => {
  afterEach(async () => {
    await vscode.commands.executeCommand(commands.clearFilter);
  });

  it("finds sessions by a part of key or label and says that it is on", async () => {
    const api = await inspector();
    api.sessions.filterBy({ text: "WEEKLY", verdicts: [] });
    const [current] = drawn(api);
    assert.deepEqual(current?.[1]?.[0], [
      "main | 15 sessions",
      [["Needs Attention | 1", [["Weekly summary | running → finished", ["RUN-FINISHED"]]]]],
    ]);
    assert.equal(api.sessions.view.message, "Filtered by “WEEKLY”");
  });

  it("finds sessions by verdict, and says where it hides all", async () => {
    const api = await inspector();
    api.sessions.filterBy({ text: "", verdicts: ["interrupted"] });
    const [current, next] = drawn(api);
    assert.deepEqual(
      [current?.[1]?.[0]?.[1], next?.[1]?.[0]?.[1]].map((groups) => groups?.[0]?.[0]),
      ["Needs Attention | 1", "Needs Attention | 1"],
    );
    api.sessions.filterBy({ text: "nowhere", verdicts: [] });
    assert.deepEqual(drawn(api)[1]?.[1], [["main | 3 sessions", ["All sessions are hidden by the filter"]]]);
  });

  it("shows cron and heartbeat sessions when asked to", async () => {
    const api = await inspector();
    assert.equal(nodeOf(api, "heartbeat"), undefined);
    const redrawn = eventually(api.sessions.tree.onDidChangeTreeData, () => nodeOf(api, "heartbeat"));
    await vscode.commands.executeCommand(commands.showSystemSessions);
    assert.ok(await redrawn);
    await vscode.workspace.getConfiguration().update(settings.showSystemSessions, undefined, true);
  });
});

describe("The status bar", () => {
  it("says what is really active, and how many only claim to run", async () => {
    const { statusBar } = await inspector();
    assert.ok(statusBar.shown);
    assert.equal(statusBar.item.text, "$(pulse) 0 active");
    const { tooltip } = statusBar.item;
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.match(
      tooltip.value,
      /^No session is active\.\n\n9 rows only claim to run\.\n\n15 contradictions are proven\.\n\n2 stores cannot be read\.\n\n$/,
    );
    assert.deepEqual(statusBar.item.backgroundColor, new vscode.ThemeColor("statusBarItem.warningBackground"));
  });

  it("hides when it is switched off", async () => {
    const { statusBar } = await inspector();
    const configuration = vscode.workspace.getConfiguration();
    const changed = eventually(vscode.workspace.onDidChangeConfiguration, () => (statusBar.shown ? undefined : true));
    await configuration.update(settings.statusBar, false, true);
    await changed;
    const back = eventually(vscode.workspace.onDidChangeConfiguration, () => (statusBar.shown ? true : undefined));
    await configuration.update(settings.statusBar, undefined, true);
    await back;
  });
});
