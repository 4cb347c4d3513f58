// What a person is asked and told while something runs, and what they answer: modal dialogs refuse to show in tests.
import * as vscode from "vscode";

export interface Dialog {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
}

export interface Answers {
  /** The button of a modal; undefined leaves it. */
  modal?(dialog: Dialog): string | undefined;
  /** The button of a notification. */
  notification?(message: string, buttons: readonly string[]): string | undefined;
  /** The button of an error; without it errors are only heard. */
  error?(message: string, buttons: readonly string[]): string | undefined;
  /** Whether what can be cancelled while it runs is cancelled at once. */
  readonly cancels?: boolean;
  /** The label of a quick pick's item. */
  pick?(labels: readonly string[], title: string): string | undefined;
  /** What is typed; it must pass the box's own check. */
  input?(value: string): string | undefined;
  /** The path chosen in the dialog for files or folders. */
  open?(title: string): string | undefined;
  /** The items to tick in a list of many, by their labels; all that are ticked already where it is left out. */
  tick?(list: vscode.QuickPick<vscode.QuickPickItem>): readonly string[];
}

export interface Heard {
  readonly modals: Dialog[];
  readonly told: string[];
  readonly errors: string[];
}

/** Answers everything that is asked while `act` runs. */
export async function answering(answers: Answers, act: () => PromiseLike<unknown>): Promise<Heard> {
  const { window } = vscode;
  const genuine = {
    showWarningMessage: window.showWarningMessage,
    showInformationMessage: window.showInformationMessage,
    showErrorMessage: window.showErrorMessage,
    showQuickPick: window.showQuickPick,
    showInputBox: window.showInputBox,
    createQuickPick: window.createQuickPick,
    showOpenDialog: window.showOpenDialog,
    withProgress: window.withProgress,
  };
  const heard: Heard = { modals: [], told: [], errors: [] };
  const tell = async (message: string, ...rest: unknown[]): Promise<string | undefined> => {
    const [options] = rest;
    if (typeof options === "object") {
      const { detail = "" } = options as vscode.MessageOptions;
      const dialog = { message, detail, buttons: rest.slice(1) as string[] };
      heard.modals.push(dialog);
      return answers.modal?.(dialog);
    }
    heard.told.push(message);
    return answers.notification?.(message, rest as string[]);
  };
  Object.assign(window, {
    showWarningMessage: tell,
    showInformationMessage: tell,
    showErrorMessage: async (message: string, ...buttons: string[]) => {
      heard.errors.push(message);
      return answers.error?.(message, buttons);
    },
    withProgress: (options: vscode.ProgressOptions, task: Parameters<typeof window.withProgress>[1]) => {
      if (answers.cancels !== true || options.cancellable !== true) return genuine.withProgress(options, task);
      const source = new vscode.CancellationTokenSource();
      const running = task({ report: () => undefined }, source.token);
      source.cancel();
      return running;
    },
    showQuickPick: async (items: readonly vscode.QuickPickItem[], options?: vscode.QuickPickOptions) => {
      const wanted = answers.pick?.(
        items.map(({ label }) => label),
        options?.title ?? "",
      );
      return items.find(({ label }) => label === wanted);
    },
    showInputBox: async ({ value = "", validateInput }: vscode.InputBoxOptions) => {
      const typed = answers.input?.(value);
      const said = typed === undefined ? undefined : await validateInput?.(typed);
      const isWrong = typeof said === "object" ? said?.severity === vscode.InputBoxValidationSeverity.Error : said;
      if (isWrong) heard.errors.push(typeof said === "object" ? (said?.message ?? "") : (said ?? ""));
      return isWrong ? undefined : typed;
    },
    showOpenDialog: async ({ title = "" }: vscode.OpenDialogOptions) => {
      const path = answers.open?.(title);
      return path === undefined ? undefined : [vscode.Uri.file(path)];
    },
    createQuickPick: () => ticking(genuine.createQuickPick.call(window), answers),
  });
  try {
    await act();
  } finally {
    Object.assign(window, genuine);
  }
  return heard;
}

/** A genuine list that answers itself as soon as it shows. */
function ticking(list: vscode.QuickPick<vscode.QuickPickItem>, answers: Answers): unknown {
  const accepted = new vscode.EventEmitter<void>();
  const hidden = new vscode.EventEmitter<void>();
  return new Proxy(list, {
    get(target, name) {
      if (name === "onDidAccept") return accepted.event;
      if (name === "onDidHide") return hidden.event;
      if (name === "hide") return () => hidden.fire();
      if (name === "show") {
        return () => {
          const wanted = answers.tick?.(target);
          if (wanted !== undefined) target.selectedItems = target.items.filter(({ label }) => wanted.includes(label));
          accepted.fire();
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
}
