// Open files and what stands in them: problems, quick fixes, lenses, differences.
import type { FrameLocator, Locator, Page } from "playwright-core";

export class Editors {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Opens a file of the folder by its name. */
  async open(name: string): Promise<Locator> {
    await this.#page.keyboard.press("Control+P");
    await this.#page.locator(".quick-input-widget input.input").fill(name);
    await this.#page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first().click();
    const editor = this.editor(name);
    await editor.waitFor();
    return editor;
  }

  /** The text editor of a file, by the end of its path. */
  editor(name: string): Locator {
    return this.#page.locator(`.editor-instance .monaco-editor[data-uri$="${name}"]`);
  }

  /** Lines that are in view and contain this text; in a difference, those of both sides. */
  line(text: string | RegExp): Locator {
    return this.#page.locator(".editor-instance .view-line", { hasText: text });
  }

  /** A word in view, as the colouring cuts it: a whole string of JSON, a name. */
  word(text: string | RegExp): Locator {
    return this.line(text).locator("span > span", { hasText: text });
  }

  diff(): Locator {
    return this.#page.locator(".monaco-diff-editor");
  }

  /** The lines in view of one side of a difference. */
  async side(side: "original" | "modified"): Promise<string[]> {
    const lines = await this.diff()
      .locator(`.editor.${side} .view-line`)
      .evaluateAll((elements) =>
        elements.map((line) => {
          const [, top] = /top:\s*(\d+)/.exec(line.getAttribute("style") ?? "") ?? [];
          return { top: Number(top), text: line.textContent ?? "" };
        }),
      );
    // VS Code reuses the elements of lines in any order, and draws spaces as others.
    return lines.sort((a, b) => a.top - b.top).map(({ text }) => text.replaceAll("\u00a0", " "));
  }

  /** The wavy lines in view. */
  squiggles(severity: "error" | "warning" | "info"): Locator {
    return this.#page.locator(`.editor-instance .squiggly-${severity}`);
  }

  /** What a page shows, as Markdown's preview. */
  preview(): FrameLocator {
    return this.#page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  }

  tab(name: string | RegExp): Locator {
    return this.#page.getByRole("tab", { name });
  }

  /** One that does nothing is no link. */
  codeLens(text: string | RegExp): Locator {
    return this.#page.locator(".codelens-decoration > :is(a, span)", { hasText: text });
  }

  /** Presses a button at the right end of the tabs. */
  async titleAction(title: string): Promise<void> {
    await this.titleButton(title).click();
  }

  titleButton(title: string): Locator {
    return this.#page.locator(`.editor-group-container .editor-actions .action-label[aria-label^="${title}"]`);
  }

  /** Shows the Problems panel. @returns its rows: files and, below them, their problems */
  async problems(text: string | RegExp): Promise<Locator> {
    const panel = this.#page.locator(".markers-panel");
    if (!(await panel.isVisible())) await this.#page.keyboard.press("Control+Shift+M");
    return panel.locator(".monaco-list-row", { hasText: text });
  }

  /** The light bulb of a word; a preferred fix makes it blue. Read-only editors have none. */
  async lightBulb(word: Locator): Promise<Locator> {
    await word.click();
    const bulb = this.#page.locator(".lightBulbWidget:visible, [class*=gutter-lightbulb]:visible").first();
    await bulb.waitFor();
    return bulb;
  }

  /** Applies a quick fix of a word. */
  async quickFix(word: Locator, title: string | RegExp): Promise<void> {
    await this.lightBulb(word);
    await this.#page.keyboard.press("Control+.");
    const fix = this.#page.locator(".action-widget .monaco-list-row.action", { hasText: title });
    await fix.waitFor();
    // With the mouse the row would be covered in older versions; the arrow keys work in all.
    const focused = fix.and(this.#page.locator(".focused"));
    for (let rows = 0; rows < 20 && !(await focused.isVisible()); rows++) await this.#page.keyboard.press("ArrowDown");
    await this.#page.keyboard.press("Enter");
    await fix.waitFor({ state: "hidden" });
  }
}
