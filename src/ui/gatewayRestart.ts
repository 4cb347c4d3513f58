// Stop the Gateway, Repair, Start It Again: with the person's own `openclaw`, each step shown and confirmed first, and
// everything looked at and planned anew in between (issue 5, "While the gateway runs").
import * as vscode from "vscode";
import type { GatewayCommands } from "../model/messages.ts";
import type { StateDir } from "../model/scan.ts";
import type { Session } from "../model/session.ts";
import { UserError } from "../model/userError.ts";
import { labelText, visibleText } from "../plan/visibleText.ts";
import type { CommandParts } from "./commands.ts";
import { sessionTitle } from "./sessionTitle.ts";
import { type Finalized, finalizeAll } from "./staleReview.ts";

/** A stop drains for up to 315 s (2026.9.6, facts L), and something has to notice that it is over. */
const stopPatienceMs = 330_000;
const startPatienceMs = 90_000;
const betweenLooksMs = 1000;
const mostNamed = 10;

type GatewayVerb = "stop" | "start";

/** Throws a UserError where there is no `openclaw` to do it with, and where a step did not come to pass. */
export async function stopRepairStart(stateDir: StateDir, parts: CommandParts): Promise<void> {
  const commands = await parts.client.ask("gatewayCommands", { stateDir: stateDir.path });
  if (commands === undefined) {
    throw new UserError(
      vscode.l10n.t(
        "No openclaw program is found on the PATH of this window. Stop the gateway yourself, repair, and start it again.",
      ),
    );
  }
  if (!(await confirmStop(stateDir, commands, parts))) return;
  if (!(await carryOut("stop", commands, stateDir, parts))) return tellHowToStart(commands);
  await parts.inspection.scan();
  await parts.client.idle();
  const repaired = await repairWhatIsStale(stateDir, parts);
  if (!(await confirmStart(stateDir, commands, parts))) return tellHowToStart(commands);
  if (!(await carryOut("start", commands, stateDir, parts))) return tellHowToStart(commands);
  await tellWhatItShows(repaired, parts);
}

async function confirmStop(stateDir: StateDir, commands: GatewayCommands, { model }: CommandParts): Promise<boolean> {
  const sessions = sessionsOf(stateDir, model);
  const cut = sessions.filter(({ verdict }) => verdict === "active");
  const doubtful = sessions.filter(({ claimed, verdict }) => claimed === "running" && verdict === "unknown").length;
  const resumed = sessions.filter(({ resumes }) => resumes === true).length;
  const paragraphs = [
    [
      vscode.l10n.t("It is stopped with: {0}", commands.stop.line),
      vscode.l10n.t("It is started with: {0}", commands.start.line),
    ].join("\n"),
    cut.length === 0
      ? vscode.l10n.t("No run is known that this would cut short.")
      : [vscode.l10n.t("These runs are cut short:"), ...named(cut)].join("\n"),
    doubtful === 0
      ? ""
      : vscode.l10n.t("{0} more sessions say that they run, and whether they do cannot be told.", doubtful),
    resumed === 0
      ? ""
      : vscode.l10n.t("As the rows are now, its start sends {0} model requests to go on with such runs.", resumed),
    vscode.l10n.t(
      "A stop can take five minutes, until its runs have ended. Then everything is looked at anew, and nothing is repaired before you have seen what.",
    ),
  ];
  const button = vscode.l10n.t("Stop the Gateway");
  const message = vscode.l10n.t("Stop the gateway of {0}, repair, and start it again", visibleText(stateDir.path, 200));
  return (await ask(message, paragraphs, button)) === button;
}

async function confirmStart(stateDir: StateDir, commands: GatewayCommands, { model }: CommandParts): Promise<boolean> {
  const resumed = sessionsOf(stateDir, model).filter(({ resumes }) => resumes === true);
  const paragraphs = [
    vscode.l10n.t("It is started with: {0}", commands.start.line),
    resumed.length === 0
      ? ""
      : [
          resumed.length === 1
            ? vscode.l10n.t("Its start sends 1 model request, to go on with:")
            : vscode.l10n.t("Its start sends {0} model requests, to go on with:", resumed.length),
          ...named(resumed),
        ].join("\n"),
  ];
  const button = vscode.l10n.t("Start the Gateway");
  const message = vscode.l10n.t("Start the gateway of {0} again", visibleText(stateDir.path, 200));
  return (await ask(message, paragraphs, button)) === button;
}

/** What the person chose in the review; nothing where nothing is left to repair. */
async function repairWhatIsStale({ path }: StateDir, parts: CommandParts): Promise<readonly Finalized[]> {
  const stores = new Set(parts.model.stores.filter(({ stateDir }) => stateDir === path).map(({ id }) => id));
  try {
    return await finalizeAll(parts, ({ store }) => stores.has(store));
  } catch (error) {
    // Whatever became of the repair, the gateway is stopped, and to start it comes next.
    if (!(error instanceof UserError)) parts.log.error(error as Error);
    const why = error instanceof UserError ? error.message : vscode.l10n.t("The repair failed. The log says why.");
    void vscode.window.showWarningMessage(labelText(why, 500));
    return [];
  }
}

/** Runs `openclaw gateway …` where its output can be read, and waits until it has come to pass. False: the person left it. */
async function carryOut(
  verb: GatewayVerb,
  commands: GatewayCommands,
  { path }: StateDir,
  { client }: CommandParts,
): Promise<boolean> {
  const wanted = verb === "stop" ? "stopped" : "running";
  const title =
    verb === "stop" ? vscode.l10n.t("Waiting until the gateway has stopped") : vscode.l10n.t("Starting the gateway");
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const giveUpAt = Date.now() + (verb === "stop" ? stopPatienceMs : startPatienceMs);
    const ended = await runTask(commands, verb);
    while (!token.isCancellationRequested) {
      const writer = await client.ask("writer", { stateDir: path });
      if (writer.state === wanted) return true;
      const failed = (ended.code ?? 0) !== 0;
      if (failed || Date.now() > giveUpAt) {
        const line = commands[verb].line;
        throw new UserError(
          failed
            ? vscode.l10n.t("{0} failed, as its output in the terminal says. {1}", line, left(verb))
            : vscode.l10n.t("{0} did not do it in time: {1}. {2}", line, writer.why, left(verb)),
        );
      }
      // One that was started by hand is no service: its stop ends well and stops nothing (seen: 2026.5.18).
      if (verb === "stop" && ended.code === 0) {
        progress.report({
          message: vscode.l10n.t("The command has ended. If the gateway was started by hand, stop it where that was."),
        });
      }
      await new Promise((resolve) => setTimeout(resolve, betweenLooksMs));
    }
    return false;
  });
}

function left(verb: GatewayVerb): string {
  return verb === "stop"
    ? vscode.l10n.t("Nothing was repaired. Stop the gateway yourself, then repair.")
    : vscode.l10n.t("The gateway is still stopped. Start it as you usually do.");
}

/** Its exit code comes when it has one. */
async function runTask(commands: GatewayCommands, verb: GatewayVerb): Promise<{ readonly code: number | undefined }> {
  const name = `openclaw gateway ${verb}`;
  const execution = new vscode.ProcessExecution(commands.program, [...commands[verb].args], {
    env: { ...commands.env },
  });
  const task = new vscode.Task({ type: "process" }, vscode.TaskScope.Workspace, name, "OpenClaw", execution);
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Dedicated };
  const ended: { code: number | undefined } = { code: undefined };
  const subscription = vscode.tasks.onDidEndTaskProcess(({ execution: { task: one }, exitCode }) => {
    if (one.name !== name || one.source !== "OpenClaw") return;
    ended.code = exitCode;
    subscription.dispose();
  });
  await vscode.tasks.executeTask(task);
  return ended;
}

/** The rows as the gateway shows them, or, where it is not asked, as its store has them after its start. */
async function tellWhatItShows(
  repaired: readonly Finalized[],
  { client, inspection, model }: CommandParts,
): Promise<void> {
  await inspection.scan();
  await client.idle();
  const views = new Map<string, ReadonlyMap<string, string> | undefined>();
  for (const store of new Set(repaired.map((row) => row.store))) {
    views.set(store, await client.ask("gatewayView", { store }));
  }
  const shown = ({ store, key }: Finalized): string | null | undefined =>
    views.get(store)?.get(key) ?? model.session({ store, key })?.claimed;
  const others = repaired.filter((row) => shown(row) !== row.status);
  const [first] = others;
  if (first !== undefined) {
    const said = shown(first) ?? vscode.l10n.t("nothing");
    const message = vscode.l10n.t(
      "The gateway runs again, but shows {0} of {1} repaired sessions otherwise; the first is {2}: {3} instead of {4}.",
      others.length,
      repaired.length,
      first.key,
      said,
      first.status,
    );
    void vscode.window.showWarningMessage(labelText(message, 500));
    return;
  }
  const message =
    repaired.length === 0
      ? vscode.l10n.t("The gateway runs again.")
      : vscode.l10n.t("The gateway runs again, and shows all {0} sessions as they were repaired.", repaired.length);
  void vscode.window.showInformationMessage(message);
}

function tellHowToStart(commands: GatewayCommands): void {
  const message = vscode.l10n.t("The gateway stays as it is. Start it with: {0}", commands.start.line);
  void vscode.window.showInformationMessage(labelText(message, 500));
}

function sessionsOf({ path }: StateDir, model: CommandParts["model"]): Session[] {
  return [...model.sessions.values()].filter(({ store }) => model.store(store)?.stateDir === path);
}

function named(sessions: readonly Session[]): string[] {
  const names = sessions.slice(0, mostNamed).map((session) => visibleText(sessionTitle(session), 100));
  const more = sessions.length - names.length;
  return more > 0 ? [...names, vscode.l10n.t("and {0} more", more)] : names;
}

async function ask(message: string, paragraphs: readonly string[], button: string): Promise<string | undefined> {
  const detail = paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
  return vscode.window.showWarningMessage(labelText(message, 300), { modal: true, detail }, button);
}
