// What everybody downloads, and what every window reads before anybody opened the view. The targets and what stands between
// are in docs/performance.md; these are what was reached, and a little more.
import { ok } from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { eagerBytes, root } from "../bench/figures.ts";

describe("The package", () => {
  it("has no more than 192 KB", () => {
    const { size } = statSync(join(root, "dist", "openclaw-session-inspector.vsix"));
    ok(size <= 192 * 1024, `${size} bytes`);
  });

  it("has a window load no more than 33 KB before its view is opened", () => {
    const bytes = eagerBytes();
    ok(bytes > 10 * 1024 && bytes <= 33 * 1024, `${bytes} bytes`);
  });
});
