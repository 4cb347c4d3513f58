// Makes the .vsix. The README's pictures are ten times what the rest weighs: with a repository in package.json, vsce links
// them there; as long as there is none, the packaged README goes without them. `-o FILE` puts it elsewhere.
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { createVSIX } from "@vscode/vsce";

const { values } = parseArgs({
  options: { out: { type: "string", short: "o", default: "dist/openclaw-session-inspector.vsix" } },
});
const { repository } = JSON.parse(await readFile("package.json", "utf8"));
const readme = await readFile("README.md", "utf8");
const picture = /^!\[[^\]]*\]\(docs\/images\/[^)]*\)\n\n/gm;
await writeFile("dist/README.md", repository === undefined ? readme.replace(picture, "") : readme);

await createVSIX({
  packagePath: values.out,
  readmePath: "dist/README.md",
  dependencies: false,
  allowMissingRepository: true,
  rewriteRelativeLinks: repository !== undefined,
});
