// The activity bar and the trees beside it.
import type { Locator, Page } from "playwright-core";

export class SideBar {
  readonly part: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.part = page.locator(".part.sidebar");
  }

  /** Shows a view container by its title in the activity bar. */
  async open(title: string): Promise<void> {
    const label = this.#page.locator(`.activitybar .action-item:has(.action-label[aria-label^="${title}"])`);
    await label.waitFor();
    // A click on the one that is already open would hide it.
    if (!(await label.and(this.#page.locator(".checked")).isVisible())) await label.click();
    await label.and(this.#page.locator(".checked")).waitFor();
  }

  /** Tree rows that contain this text. Rows far outside of what is visible do not exist: scroll first. */
  row(text: string | RegExp): Locator {
    return this.part.locator(".monaco-list-row[role=treeitem]", { hasText: text });
  }

  async expand(row: Locator): Promise<void> {
    if ((await row.getAttribute("aria-expanded")) === "true") return;
    await row.locator(".monaco-tl-twistie").click();
    await row.and(this.#page.locator("[aria-expanded=true]")).waitFor();
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
