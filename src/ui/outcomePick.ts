// Asks a person what became of runs whose end nothing proves.
import * as vscode from "vscode";
import type { Finding } from "../model/finding.ts";
import type { RepairChoice } from "../model/messages.ts";
import { type AskedGroup, type Answer as Status, staleGroups } from "./staleGroups.ts";

type Answer = Status | "leave";

/** The question of a group of the review, as its heading and as the title of its answers. */
export function question({ likely, findings }: AskedGroup): string {
  const count = findings.length;
  const one = count === 1;
  switch (likely) {
    case "failed":
      return one
        ? vscode.l10n.t("1 run was cut short: choose what it becomes")
        : vscode.l10n.t("{0} runs were cut short: choose what they become", count);
    case "killed":
      return one
        ? vscode.l10n.t("1 run was aborted: choose what it becomes")
        : vscode.l10n.t("{0} runs were aborted: choose what they become", count);
    case "timeout":
      return one
        ? vscode.l10n.t("1 run seems to have timed out: choose what it becomes")
        : vscode.l10n.t("{0} runs seem to have timed out: choose what they become", count);
    case "stopped":
      return one
        ? vscode.l10n.t("1 session of agentctl that nobody can confirm: choose what it becomes")
        : vscode.l10n.t("{0} sessions of agentctl that nobody can confirm: choose what they become", count);
    case "completed":
      return one
        ? vscode.l10n.t("1 session of claude-mem that nobody works on: choose what it becomes")
        : vscode.l10n.t("{0} sessions of claude-mem that nobody works on: choose what they become", count);
    case "done":
      return one
        ? vscode.l10n.t("1 run seems to be finished: choose what it becomes")
        : vscode.l10n.t("{0} runs seem to be finished: choose what they become", count);
  }
}

/** A choice for each proposal; proven ones need no answer. Undefined where the person leaves. */
export async function chooseOutcomes(proposals: readonly Finding[]): Promise<readonly RepairChoice[] | undefined> {
  const { asked } = staleGroups(proposals);
  const plain = proposals.filter((finding) => !asked.some(({ findings }) => findings.includes(finding)));
  const answered = await askOutcomes(asked);
  return answered && [...plain.map(({ id }) => ({ finding: id })), ...answered];
}

/** One answer for each group. Undefined where the person leaves: then nothing is done at all. */
export async function askOutcomes(groups: readonly AskedGroup[]): Promise<readonly RepairChoice[] | undefined> {
  const choices: RepairChoice[] = [];
  for (const group of groups) {
    const status = await askOutcome(group);
    if (status === undefined) return undefined;
    if (status !== "leave") choices.push(...group.findings.map(({ id }) => ({ finding: id, status })));
  }
  return choices;
}

async function askOutcome(group: AskedGroup): Promise<Answer | undefined> {
  const explained: Record<Status, string> = {
    stopped: vscode.l10n.t("It goes on no more"),
    completed: vscode.l10n.t("It got to its end"),
    failed: vscode.l10n.t("It did not get to its end"),
    killed: vscode.l10n.t("Somebody stopped it"),
    timeout: vscode.l10n.t("It ran out of time"),
    done: vscode.l10n.t("It got to its end"),
  };
  const items: (vscode.QuickPickItem & { readonly answer: Answer })[] = group.answers.map((outcome) => ({
    answer: outcome,
    label: outcome,
    description: outcome === group.likely ? vscode.l10n.t("{0} (likely)", explained[outcome]) : explained[outcome],
  }));
  items.push({
    answer: "leave",
    label: vscode.l10n.t("Leave as it is"),
    description: vscode.l10n.t("Nothing is written"),
  });
  const title = question(group);
  const placeHolder = vscode.l10n.t("The outcome that is written as the status");
  return (await vscode.window.showQuickPick(items, { title, placeHolder, ignoreFocusOut: true }))?.answer;
}
