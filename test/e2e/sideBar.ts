// The activity bar and the trees beside it.
import type { Locator, Page } from "playwright-core";

export class SideBar {
  readonly part: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.part = page.locator(".part.sidebar");
  }

  /** The entry of a view container in the activity bar, by its title. */
  entry(title: string): Locator {
    return this.#page.locator(`.activitybar .action-item:has(.action-label[aria-label^="${title}"])`);
  }

  /** Shows a view container by its title in the activity bar. */
  async open(title: string): Promise<void> {
    const entry = this.entry(title);
    await entry.waitFor();
    // A click on the one that is already open would hide it.
    if (!(await entry.and(this.#page.locator(".checked")).isVisible())) await entry.click();
    await entry.and(this.#page.locator(".checked")).waitFor();
  }

  /** Tree rows that contain this text. Rows far outside of what is visible do not exist: scroll first. */
  row(text: string | RegExp): Locator {
    return this.part.locator(".monaco-list-row[role=treeitem]", { hasText: text });
  }

  /** The rows in view, from above, indented: `label (description)`. */
  async outline(): Promise<string[]> {
    const rows = await this.part.locator(".monaco-list-row[role=treeitem]").evaluateAll((elements) =>
      elements.map((row) => {
        const text = (name: string) => row.querySelector(`.label-${name}`)?.textContent ?? "";
        const described = text("description") && ` (${text("description")})`;
        const indent = "  ".repeat(Number(row.getAttribute("aria-level")) - 1);
        return { index: Number(row.getAttribute("data-index")), line: `${indent}${text("name")}${described}` };
      }),
    );
    // VS Code reuses the elements of rows in any order.
    return rows.sort((a, b) => a.index - b.index).map(({ line }) => line);
  }

  /** Drags the side bar's edge. */
  async widen(width: number): Promise<void> {
    const box = await this.part.boundingBox();
    if (!box) throw new Error("The side bar is closed.");
    const y = box.y + box.height / 2;
    await this.#page.mouse.move(box.x + box.width, y);
    await this.#page.mouse.down();
    await this.#page.mouse.move(box.x + width, y);
    await this.#page.mouse.up();
  }

  async expand(row: Locator): Promise<void> {
    if ((await row.getAttribute("aria-expanded")) === "true") return;
    await row.locator(".monaco-tl-twistie").click();
    await row.and(this.#page.locator("[aria-expanded=true]")).waitFor();
  }

  async collapse(row: Locator): Promise<void> {
    if ((await row.getAttribute("aria-expanded")) === "false") return;
    await row.locator(".monaco-tl-twistie").click();
    await row.and(this.#page.locator("[aria-expanded=false]")).waitFor();
  }

  /** Presses a button of a row, which shows while the mouse is on it. */
  async rowAction(row: Locator, title: string): Promise<void> {
    await row.hover();
    await row.locator(`.actions .action-label[aria-label="${title}"]`).click();
  }

  /** Presses a button above a tree, which shows while the mouse is there. */
  async viewAction(title: string): Promise<void> {
    await this.part.hover();
    await this.part.getByRole("button", { name: title, exact: true }).click();
  }
}
