import { equal } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { findingsPage, findingsPagePath } from "../checks/findingsPage.ts";

describe("docs/findings.md", () => {
  it("says what the catalogue says (npm run docs makes it)", () => {
    equal(readFileSync(findingsPagePath, "utf8"), findingsPage());
  });
});
