import assert from "node:assert/strict";
import { prepareSampleHome } from "../sampleHome.mjs";
import { openWorkbench } from "./suite.ts";

describe("The installed extension", () => {
  const workbench = openWorkbench({ home: prepareSampleHome });

  it("shows itself in the status bar", async () => {
    assert.match((await workbench().statusItem().textContent()) ?? "", /OpenClaw/);
    await workbench().screenshot("status-item", "light");
    await workbench().screenshot("status-item", "dark");
  });
});
