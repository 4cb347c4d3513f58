// One review of every session that claims to run and does not: the proven ones ticked, the others below their question.
import * as vscode from "vscode";
import type { Finding } from "../model/finding.ts";
import type { RepairChoice, SessionName } from "../model/messages.ts";
import { UserError } from "../model/userError.ts";
import { labelText } from "../plan/visibleText.ts";
import { openComparison } from "./comparison.ts";
import { nextTurn } from "./nextTurn.ts";
import { askOutcomes, question } from "./outcomePick.ts";
import { subjectName } from "./proposal.ts";
import { type RepairParts, repairMany } from "./repair.ts";
import type { SessionModel } from "./sessionModel.ts";
import { staleGroups } from "./staleGroups.ts";
import { shortTime } from "./times.ts";
import { storeName } from "./words.ts";

export interface Finalized extends SessionName {
  readonly status: string;
}

const mostInTurn = 100;

type Item = vscode.QuickPickItem & { readonly finding?: Finding };

/**
 * @param wanted which findings are reviewed; all of them where it is left out
 * @returns what was written, by session
 */
export async function finalizeAll(
  parts: RepairParts,
  wanted: (finding: Finding) => boolean = () => true,
): Promise<readonly Finalized[]> {
  const groups = staleGroups(parts.model.findings.filter(wanted));
  if (groups.proven.length + groups.asked.length === 0) throw new UserError(whyNothing(parts.model));
  const picked = await review(await itemsOf(groups, parts.model), new Set(groups.proven), parts);
  if (picked === undefined || picked.length === 0) return [];
  const ticked = staleGroups(picked);
  const answered = await askOutcomes(ticked.asked);
  if (answered === undefined) return [];
  const choices: readonly RepairChoice[] = [...ticked.proven.map(({ id }) => ({ finding: id })), ...answered];
  if (choices.length === 0) return [];
  const byFinding = new Map(choices.map((choice) => [choice.finding, choice]));
  const chosen = picked.filter(({ id }) => byFinding.has(id));
  const written = new Set(await repairMany(chosen, choices, parts));
  return chosen.flatMap(({ id, store, session, repair }) => {
    const status = byFinding.get(id)?.status ?? repair.set?.["status"];
    if (!written.has(store) || session === undefined || typeof status !== "string") return [];
    return [{ store, key: session, status }];
  });
}

/** Where something only claims to run and yet nothing may be done, the reason has the next step in it. */
function whyNothing({ findings }: SessionModel): string {
  const held = findings.find(({ code, repair }) => code.startsWith("RUN-") && repair.kind === "none");
  if (held !== undefined) return vscode.l10n.t("Nothing can be finalized now. {0}", held.repair.why);
  return vscode.l10n.t("No session needs it: nothing that is proven to have ended claims to run.");
}

async function itemsOf({ proven, asked }: ReturnType<typeof staleGroups>, model: SessionModel): Promise<Item[]> {
  const heading = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const compare = {
    iconPath: new vscode.ThemeIcon("diff"),
    tooltip: vscode.l10n.t("Compare What Is Stored with What Is Proposed"),
  };
  const several = model.stateDirs.length > 1;
  const item = (finding: Finding): Item => {
    const store = model.store(finding.store);
    const dir = several ? store?.stateDir.replace(/^.*[\\/]/, "") : undefined;
    const captured = store?.captured === undefined ? undefined : vscode.l10n.t("captured");
    const place = [store && storeName(store), dir, captured].filter((word) => word !== undefined);
    return {
      finding,
      label: labelText(subjectName(finding, model), 80),
      description: labelText([outcomeWords(finding, model), ...place].join(" · "), 120),
      buttons: [compare],
    };
  };
  const items: Item[] = [];
  const add = async (title: string, findings: readonly Finding[]): Promise<void> => {
    items.push(heading(title));
    for (const [index, finding] of findings.entries()) {
      if (index % mostInTurn === 0) await nextTurn();
      items.push(item(finding));
    }
  };
  if (proven.length > 0) await add(provenHeading(proven.length), proven);
  for (const group of asked) await add(question(group), group.findings);
  return items;
}

function provenHeading(count: number): string {
  if (count === 1) return vscode.l10n.t("1 outcome is proven");
  return vscode.l10n.t("{0} outcomes are proven", count);
}

/** `running → done at 14:03`. */
function outcomeWords(finding: Finding, model: SessionModel): string {
  const { set = {}, unlock = [], class: repairClass, kind } = finding.repair;
  if (kind === "unlock") return vscode.l10n.t("released");
  const at = set["endedAt"];
  const outcome = `${model.session({ store: finding.store, key: finding.session ?? "" })?.claimed ?? "running"} → ${String(set["status"])}${repairClass === "proven" ? "" : "?"}`;
  const locale = vscode.env.language;
  const words =
    typeof at === "number" ? vscode.l10n.t("{0} at {1}", outcome, shortTime(at, { locale, now: model.now })) : outcome;
  return unlock.length > 0 ? vscode.l10n.t("{0}, unlocked", words) : words;
}

/** The list stays while a difference is looked at. Undefined where the person leaves it. */
function review(
  items: readonly Item[],
  ticked: ReadonlySet<Finding>,
  { model, log }: RepairParts,
): Promise<readonly Finding[] | undefined> {
  const list = vscode.window.createQuickPick<Item>();
  list.title = vscode.l10n.t("Finalize All Stale Sessions");
  list.placeholder = vscode.l10n.t("Tick what is to be finalized. Nothing is written before you confirm it");
  list.canSelectMany = true;
  list.ignoreFocusOut = true;
  list.matchOnDescription = true;
  list.items = items;
  list.selectedItems = items.filter(({ finding }) => finding !== undefined && ticked.has(finding));
  return new Promise((resolve) => {
    list.onDidTriggerItemButton(({ item: { finding } }) => {
      const session =
        finding?.session === undefined ? undefined : model.session({ store: finding.store, key: finding.session });
      if (session === undefined) return;
      openComparison(session, finding, { preserveFocus: true }).catch((error: unknown) => log.error(error as Error));
    });
    list.onDidAccept(() => {
      resolve(list.selectedItems.flatMap(({ finding }) => finding ?? []));
      list.hide();
    });
    list.onDidHide(() => {
      resolve(undefined);
      list.dispose();
    });
    list.show();
  });
}
