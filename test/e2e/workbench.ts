// A person at a VS Code that has our packaged extension installed: what they can see and press. The selectors are those
// of VS Code 1.139; nobody else needs to know them.
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { BrowserContext, Locator, Page } from "playwright-core";
import { openBrowser } from "../vscode/browser.mjs";
import { quietSettings, startServer, writeSettings } from "../vscode/server.mjs";
import { Editors } from "./editors.ts";
import { withPalette } from "./picture.ts";
import { SideBar } from "./sideBar.ts";

export type Theme = "dark" | "light";

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface WorkbenchOptions {
  /** The home to inspect; also HOME of the extension host. Nothing else of the machine is looked at. */
  home: string;
  /** The person's settings, beside quiet ones. */
  settings?: Record<string, unknown>;
  /** What lies in the opened folder: text by relative path. */
  files?: Record<string, string>;
  /** The opened folder is not trusted. */
  restricted?: boolean;
}

/** Title of our view container, with which its entry in the activity bar begins. */
export const viewContainer = "OpenClaw Sessions";
const extensionId = "openclaw-session-inspector.openclaw-session-inspector";
const root = resolve(import.meta.dirname, "../..");
// VS Code follows the browser's colour scheme, which a test can change at once; a settings file it reads again late.
const themes = {
  "window.autoDetectColorScheme": true,
  "workbench.preferredDarkColorTheme": "Default Dark Modern",
  "workbench.preferredLightColorTheme": "Default Light Modern",
};

export class Workbench {
  readonly page: Page;
  readonly sideBar: SideBar;
  readonly editors: Editors;
  /** The opened folder. */
  readonly folder: string;
  readonly #server: Awaited<ReturnType<typeof startServer>>;
  readonly #browser: BrowserContext;
  readonly #settings: Record<string, unknown>;

  /** Starts VS Code and waits until our extension is there. Slow (about 8 s): let a file of tests share one. */
  static async open({ home, settings = {}, files = {}, restricted = false }: WorkbenchOptions): Promise<Workbench> {
    const server = await startServer({
      vsix: join(root, "dist", "openclaw-session-inspector.vsix"),
      settings: { ...themes, ...settings },
      machineSettings: { "openclawSessionInspector.homes": [home] },
      env: { HOME: home },
      restricted,
    });
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(server.workspace, path)), { recursive: true });
      await writeFile(join(server.workspace, path), text);
    }
    const browser = await openBrowser(server.directory);
    const page = browser.pages()[0] ?? (await browser.newPage());
    const workbench = new Workbench(server, browser, page, settings);
    try {
      await page.goto(server.address(server.workspace));
      await workbench.#restored();
    } catch (error) {
      await workbench.screenshot("failed-start");
      await workbench.dispose();
      throw error;
    }
    return workbench;
  }

  private constructor(
    server: Awaited<ReturnType<typeof startServer>>,
    browser: BrowserContext,
    page: Page,
    settings: Record<string, unknown>,
  ) {
    this.page = page;
    page.setDefaultTimeout(30_000);
    this.sideBar = new SideBar(page);
    this.editors = new Editors(page);
    this.folder = server.workspace;
    this.#server = server;
    this.#browser = browser;
    this.#settings = settings;
  }

  async dispose(): Promise<void> {
    await this.#browser.close();
    await this.#server.close();
  }

  /** The window is loaded again; editors may not come back. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.#restored();
  }

  /**
   * Our extension is there, and VS Code has opened again what was open: until then a click on the activity bar may close
   * the view that is about to come back.
   */
  async #restored(): Promise<void> {
    await this.sideBar.entry(viewContainer).waitFor({ timeout: 60_000 });
    await this.page.waitForFunction(() => performance.getEntriesByName("code/didStartWorkbench").length > 0);
  }

  /** Changes the person's settings and loads the window again, since VS Code does not see every change of the file. */
  async configure(settings: Record<string, unknown>): Promise<void> {
    Object.assign(this.#settings, settings);
    writeSettings(dirname(this.#server.userSettings), { ...quietSettings, ...themes, ...this.#settings });
    await this.reload();
  }

  async useTheme(theme: Theme): Promise<void> {
    await this.page.emulateMedia({ colorScheme: theme });
    await this.page.locator(`.monaco-workbench[class*=${theme}_modern]`).waitFor();
  }

  /** A picture of the window in dist/screenshots/, or in docs/images/ where UPDATE_SCREENSHOTS=1 asks for it. */
  async screenshot(name: string, theme?: Theme, size?: Size): Promise<void> {
    if (theme) await this.useTheme(theme);
    const folder = join(root, process.env["UPDATE_SCREENSHOTS"] === "1" && theme ? "docs/images" : "dist/screenshots");
    const clip = size && { clip: { x: 0, y: 0, ...size } };
    const picture = await this.page.screenshot({ animations: "disabled", caret: "hide", ...clip });
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${theme ? `${name}-${theme}` : name}.png`), withPalette(picture));
  }

  /** Pictures in both themes; the mouse may rest on something. `size` is the part from the upper left corner. */
  async screenshots(name: string, size?: Size): Promise<void> {
    for (const theme of ["dark", "light"] as const) await this.screenshot(name, theme, size);
  }

  /** Below the editors: problems, output. */
  panel(): Locator {
    return this.page.locator(".part.panel");
  }

  /** One of our status bar items, by the id that it is created with. */
  statusItem(id = "active"): Locator {
    return this.page.locator(`[id="${extensionId}.${id}"]`);
  }

  /** Back to a window without menus and editors; unsaved changes are lost. For afterEach. */
  async tidy(): Promise<void> {
    for (let layers = 0; layers < 3; layers++) await this.page.keyboard.press("Escape");
    if (await this.panel().isVisible()) await this.runCommand("View: Hide Panel");
    await this.runCommand("View: Close All Editors");
    const unsaved = this.dialog().getByRole("button", { name: "Don't Save" });
    const empty = this.page.locator(".editor-group-container.empty");
    await unsaved.or(empty).waitFor();
    if (await unsaved.isVisible()) await unsaved.click();
    await empty.waitFor();
  }

  /** Runs a command by what the palette shows: `Category: Title`. */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press("F1");
    await this.page.locator(".quick-input-widget input.input").fill(`>${title}`);
    await this.pick(title);
  }

  /** Chooses a row of the quick pick that is open. */
  async pick(text: string | RegExp): Promise<void> {
    await this.pickRow(text).click();
  }

  /** The first row of the quick pick that is open which contains this text. */
  pickRow(text: string | RegExp): Locator {
    return this.page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first();
  }

  /** The input box or list with this title. */
  inputBox(title: string): Locator {
    return this.page.locator(".quick-input-widget:visible", { hasText: title });
  }

  /** Types a path into the dialog for files or folders with this title, and takes what is there. */
  async chooseFile(title: string, path: string): Promise<void> {
    const dialog = this.inputBox(title);
    // It fills in where it begins and lists that, and then follows what is typed.
    await dialog.locator(".monaco-list-row", { hasText: ".." }).first().waitFor();
    await dialog.locator("input.input").fill(path);
    await dialog
      .locator(".monaco-list-row", { hasText: basename(path) })
      .first()
      .waitFor();
    await dialog.locator(".monaco-button", { hasText: /^(Inspect|Use)$/ }).click();
  }

  /** Answers the input box that is open. */
  async answer(text: string): Promise<void> {
    const input = this.page.locator(".quick-input-widget input.input");
    await input.fill(text);
    await input.press("Enter");
  }

  /** Chooses a row of the context menu of something. With the keyboard, since a fresh menu swallows clicks. */
  async contextMenu(target: Locator, title: string): Promise<void> {
    await target.click({ button: "right" });
    const label = this.page.locator(".action-label").getByText(title, { exact: true });
    const item = this.page.locator(".monaco-menu .action-item", { has: label });
    await item.hover();
    await item.and(this.page.locator(".focused")).waitFor();
    await this.page.keyboard.press("Enter");
    await item.waitFor({ state: "hidden" });
  }

  /** A message in the corner. Its buttons: `.getByRole("button", { name })`. */
  notification(text: string | RegExp): Locator {
    return this.page.locator(".notifications-toasts .notification-list-item", { hasText: text });
  }

  /** The modal dialog. Its buttons: `.getByRole("button", { name })`; Escape cancels. */
  dialog(): Locator {
    return this.page.locator(".monaco-dialog-box");
  }

  /** Takes the mouse to where nothing answers to it. */
  async restMouse(): Promise<void> {
    await this.page.mouse.move(0, 0);
    await this.page.locator(".monaco-hover:visible").waitFor({ state: "hidden" });
  }

  /** What appears when the mouse rests on something. */
  async hover(target: Locator): Promise<Locator> {
    await target.hover();
    const hover = this.page.locator(".monaco-hover:visible").first();
    await hover.waitFor();
    return hover;
  }
}
