import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import * as vscode from "vscode";

describe("The extension in VS Code", () => {
  it("activates by itself", async () => {
    const extension = vscode.extensions.getExtension("openclaw-session-inspector.openclaw-session-inspector");
    assert.ok(extension);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it("is given a home of its own to inspect", () => {
    assert.ok(existsSync(`${process.env["OPENCLAW_INSPECTOR_TEST_HOME"]}/.openclaw`));
  });
});
