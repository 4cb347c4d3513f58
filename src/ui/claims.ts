// A store that was moved here is somebody's copy: it is written only after a person has read which one and at what risk,
// and has said that it is theirs. The CLI has `--mine` for it.
import * as vscode from "vscode";
import type { Store } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import type { ClaimedStore } from "../model/where.ts";
import { visibleText } from "../plan/visibleText.ts";
import type { Inspection } from "./inspection.ts";
import type { Remembered } from "./remembered.ts";
import { storeName } from "./words.ts";

export class Claims {
  readonly #remembered: Remembered;
  readonly #inspection: Inspection;

  constructor(remembered: Remembered, inspection: Inspection) {
    this.#remembered = remembered;
    this.#inspection = inspection;
  }

  /** Asks in a modal. What was said is remembered. @returns whether the person says that they are theirs */
  async ask(stores: readonly Store[]): Promise<boolean> {
    const moved = stores.flatMap((store) => movedStore(store) ?? []);
    if (moved.length === 0) throw new UserError(vscode.l10n.t("It was not moved here: there is nothing to say."));
    const [first] = stores;
    const message =
      first !== undefined && stores.length === 1
        ? vscode.l10n.t("Is this store of {0} yours?", storeName(first))
        : vscode.l10n.t("Are these {0} stores yours?", stores.length);
    const detail = [
      moved
        .map(({ path, movedFrom }) =>
          vscode.l10n.t("{0}\nwas moved here from {1}", visibleText(path, 300), visibleText(movedFrom, 300)),
        )
        .join("\n\n"),
      vscode.l10n.t(
        "Risk: only the gateways of this machine are seen. If this folder is shared with the machine that it comes from, one there may be writing it now. If it is somebody's copy that is to be kept as it was, it will not be.",
      ),
      vscode.l10n.t(
        "If it is yours, it can be repaired like every other store. This Store Is Not Mine, in its menu, takes that back.",
      ),
    ].join("\n\n");
    const yes = moved.length === 1 ? vscode.l10n.t("This Store Is Mine") : vscode.l10n.t("These Stores Are Mine");
    if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, yes)) !== yes) return false;
    await this.#remembered.claim(moved);
    await this.#inspection.scan();
    return true;
  }

  async disown({ path, claimed }: Store): Promise<void> {
    if (claimed !== true) throw new UserError(vscode.l10n.t("Nobody has said of it that it is theirs."));
    await this.#remembered.disown(path);
    await this.#inspection.scan();
  }
}

function movedStore({ path, movedFrom, captured, claimed }: Store): ClaimedStore | undefined {
  if (movedFrom === undefined || captured !== undefined || claimed === true) return undefined;
  return { path, movedFrom };
}
