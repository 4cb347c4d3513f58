// What a file of e2e tests shares: one VS Code, tidied between its tests.
import { temporaryDirectory } from "../vscode/scratch.mjs";
import { Workbench, type WorkbenchOptions } from "./workbench.ts";

export interface SuiteOptions extends Omit<WorkbenchOptions, "home"> {
  /** Fills an empty directory. @returns the home to inspect */
  home: (directory: string) => Promise<string>;
}

/**
 * To be called inside a describe.
 * @returns the workbench, for use inside its tests
 */
export function openWorkbench({ home, ...options }: SuiteOptions): () => Workbench {
  const scratch = temporaryDirectory();
  let workbench: Workbench | undefined;

  before(async () => {
    workbench = await Workbench.open({ ...options, home: await home(scratch.path) });
  });

  afterEach(async function () {
    const { state, title = "" } = this.currentTest ?? {};
    if (state === "failed") await workbench?.screenshot(`failed-${title.replace(/\W+/g, "-")}`);
    await workbench?.tidy();
  });

  after(async () => {
    await workbench?.dispose();
    scratch.remove();
  });

  return () => {
    if (!workbench) throw new Error("VS Code is open only while tests run.");
    return workbench;
  };
}
