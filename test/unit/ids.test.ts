import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as ids from "../../src/ids.ts";

const root = join(import.meta.dirname, "..", "..");
const manifestText = readFileSync(join(root, "package.json"), "utf8");
const manifest = JSON.parse(manifestText);
const { contributes } = manifest;
const strings: Record<string, string> = JSON.parse(readFileSync(join(root, "package.nls.json"), "utf8"));

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();
const idsOf = (entries: readonly { id: string }[]): string[] => sorted(entries.map(({ id }) => id));

describe("The ids in the code and in package.json", () => {
  it("are the same commands", () => {
    const declared = contributes.commands.map(({ command }: { command: string }) => command);
    assert.deepEqual(sorted(declared), sorted(Object.values(ids.commands)));
  });

  it("are the same container and views", () => {
    assert.deepEqual(idsOf(contributes.viewsContainers.activitybar), [ids.viewContainer]);
    assert.deepEqual(Object.keys(contributes.views), [ids.viewContainer]);
    assert.deepEqual(idsOf(contributes.views[ids.viewContainer]), sorted(Object.values(ids.views)));
  });

  it("are the same settings", () => {
    assert.deepEqual(sorted(Object.keys(contributes.configuration.properties)), sorted(Object.values(ids.settings)));
  });

  it("are the same colours", () => {
    assert.deepEqual(idsOf(contributes.colors), sorted(Object.values(ids.colors)));
  });

  it("name nothing of ours that does not exist", () => {
    const known: string[] = [ids.viewContainer];
    for (const group of [ids.commands, ids.views, ids.settings, ids.colors, ids.contextKeys])
      known.push(...Object.values(group));
    const used = [...`${manifestText}${JSON.stringify(strings)}`.matchAll(/openclawSessionInspector\.\w+/g)].map(
      ([id]) => id,
    );
    assert.deepEqual(
      sorted(used).filter((id) => !known.includes(id)),
      [],
    );
  });

  it("use every context key in a condition", () => {
    for (const key of Object.values(ids.contextKeys)) assert.ok(manifestText.includes(key), key);
  });
});

describe("package.json", () => {
  it("has a menu or a place in the palette for every command", () => {
    const hidden = contributes.menus.commandPalette.filter(({ when }: { when: string }) => when === "false");
    const elsewhere = Object.entries<{ command: string }[]>(contributes.menus).flatMap(([menu, items]) =>
      menu === "commandPalette" ? [] : items.map(({ command }) => command),
    );
    const inTree = [ids.commands.showMore];
    for (const { command } of hidden) assert.ok([...elsewhere, ...inTree].includes(command), command);
  });

  it("takes all its words from package.nls.json, and all of those are used", () => {
    const used = [...manifestText.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? "");
    assert.deepEqual(sorted(used), sorted(Object.keys(strings)));
  });

  it("lets no workspace say which directories are read", () => {
    const { homes, stateDirectories } = ids.settings;
    assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations, [homes, stateDirectories]);
    for (const id of [homes, stateDirectories]) assert.equal(contributes.configuration.properties[id].scope, "machine");
  });

  it("gives every colour a value of its own for high contrast", () => {
    for (const { id, defaults } of contributes.colors) {
      for (const theme of ["highContrast", "highContrastLight"]) assert.match(defaults[theme], /^#[0-9A-F]{6}$/, id);
    }
  });
});
