// docs/safety.md names tests: each exists, under that title, and every promise has some.
import { deepEqual, ok } from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs", "safety.md"), "utf8");

interface Named {
  readonly path: string;
  readonly titles: readonly string[];
}

/** `- [path](../path): *title*, *title*`, as the page spells it. */
function testsNamedIn(text: string): Named[] {
  return [...text.matchAll(/^- \[(test\/[^\]]+)\]\(\.\.\/\1\): (.*)$/gm)].map(([, path = "", rest = ""]) => ({
    path,
    titles: [...rest.matchAll(/\*([^*]+)\*/g)].map(([, title = ""]) => title),
  }));
}

/** What is given to `it` and `describe`, and the keys of tables that titles are made of. */
function titlesOf(path: string): string[] {
  const source = existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "";
  const called = [...source.matchAll(/\b(?:it|describe)\(\s*(["`])([\s\S]*?)(?<!\\)\1/g)].map(
    ([, , title = ""]) => title,
  );
  const keys = [...source.matchAll(/^ {2}"([^"]+)":/gm)].map(([, key = ""]) => key);
  return [...called, ...keys];
}

describe("The page on safety", () => {
  it("names only tests that exist", () => {
    const missing = testsNamedIn(page).flatMap(({ path, titles }) => {
      const known = titlesOf(path);
      return titles.filter((title) => !known.some((one) => one.includes(title))).map((title) => `${path}: ${title}`);
    });
    deepEqual(missing, []);
  });

  it("has some for each of the nine promises", () => {
    const promises = page.split(/^## /m).filter((part) => /^\d\. /.test(part));
    deepEqual(
      promises.map((part) => part[0]),
      ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
    );
    for (const part of promises)
      ok(
        testsNamedIn(part).some(({ titles }) => titles.length > 0),
        part.split("\n", 1)[0],
      );
  });

  it("is found from where people begin to read", () => {
    for (const start of ["README.md", "CONTRIBUTING.md"])
      ok(readFileSync(join(root, start), "utf8").includes("(docs/safety.md)"), start);
  });
});
