import { done, key, now, running, sessionId } from "../../homeBuilder.ts";
import { alive, answered, cronKey, day, subKey, tellStories, tx } from "./stories.ts";

const otherId = "99999999-2222-4333-8444-555555555555";
const files = { [tx]: answered };
const old = { startedAt: now - 41 * day, endedAt: now - 40 * day, updatedAt: now - 40 * day };
const here = { here: true } as const;
const many = (count: number): Record<string, unknown> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `agent:main:s${i}`,
      { updatedAt: now, sessionId: `s${i}`, status: "failed", endedAt: now },
    ]),
  );
const otherHome = (name: string): Record<string, string> => ({
  [`${name}/agents/main/sessions/sessions.json`]: JSON.stringify({ [key]: done({ sessionId: otherId }) }),
  [`${name}/agents/main/sessions/${otherId}.jsonl`]: answered,
});

tellStories("maintenance and places", {
  "PRUNE-RISK": [
    ["forty days", { rows: { [key]: done(old) }, files }, {}, ["PRUNE-RISK warning none never"]],
    [
      "even where it says running",
      { rows: { [key]: running({ startedAt: now - 41 * day, updatedAt: now - 40 * day }) } },
      alive,
      ["PRUNE-RISK warning none never"],
    ],
    ["twenty days", { rows: { [key]: done({ ...old, updatedAt: now - 20 * day }) }, files }, {}, []],
    ["2026.4.2 only warns", { rows: { [key]: done(old) }, files, version: "2026.4.2" }, {}, []],
    [
      "switched off",
      { rows: { [key]: done(old) }, files, config: { session: { maintenance: { mode: "warn" } } } },
      {},
      [],
    ],
    [
      "kept for longer",
      { rows: { [key]: done(old) }, files, config: { session: { maintenance: { pruneAfter: "60d" } } } },
      {},
      [],
    ],
    ...["telegram:group:1", "slack:channel:c1", "slack:channel:c1:thread:9", "telegram:direct:5:topic:7"].map(
      (rest) => [`${rest} is spared`, { rows: { [`agent:main:${rest}`]: done(old) }, files }, {}, []] as const,
    ),
    ["a group by its kind of chat", { rows: { "agent:main:x": done({ ...old, chatType: "group" }) }, files }, {}, []],
    ...[cronKey, subKey, "agent:main:heartbeat"].map(
      (made) => [`${made} is made to be taken out`, { rows: { [made]: done(old) }, files }, {}, []] as const,
    ),
    ["nothing was said in it", { rows: { [key]: done({ ...old, status: "failed" }) } }, {}, []],
  ],
  PERM: [
    ["others may read it", { rows: {}, mode: 0o644 }, here, ["PERM warning correct ask"]],
    ["the group may write it", { rows: {}, mode: 0o620 }, here, ["PERM warning correct ask"]],
    [
      "others may read it, and it is no store",
      { rows: "{", mode: 0o644 },
      here,
      ["STORE-UNPARSABLE error none never", "PERM warning none never"],
    ],
    ["its owner's alone", { rows: {}, mode: 0o600 }, here, []],
    ["read-only", { rows: {}, mode: 0o400 }, here, []],
    [
      "no file at all",
      { rows: {}, files: { "agents/work/sessions/sessions.json/left.txt": "" } },
      here,
      ["STORE-UNREADABLE error none never"],
    ],
    ["a captured copy: modes mean nothing", { rows: {}, mode: 0o644 }, {}, []],
    [
      "a moved copy: modes mean nothing",
      {
        rows: { [key]: done({ sessionFile: `/elsewhere/agents/main/sessions/${sessionId}.jsonl` }) },
        files,
        mode: 0o644,
      },
      here,
      [],
    ],
  ],
  "STORE-HUGE": [
    ["over what is kept, and the slack", { rows: many(551) }, {}, ["STORE-HUGE warning none never"]],
    ["within the slack", { rows: many(550) }, {}, []],
    [
      "its configuration keeps more",
      { rows: many(551), config: { session: { maintenance: { maxEntries: 1000 } } } },
      {},
      [],
    ],
    [
      "eleven MB",
      { rows: JSON.stringify({ [key]: done({ note: "x".repeat(11 << 20) }) }), files },
      {},
      ["STORE-HUGE warning none never"],
    ],
  ],
  "STATE-SPLIT": [
    [
      "the home under its old name too: said once of each",
      {
        rows: { [key]: done() },
        files: { ...files, ...otherHome("../.clawdbot"), "agents/work/sessions/sessions.json": "{}" },
      },
      {},
      ["STATE-SPLIT warning none never", "STATE-SPLIT warning none never"],
    ],
    [
      "one inside the other",
      { rows: { [key]: done() }, files: { ...files, ...otherHome(".openclaw") } },
      {},
      ["STATE-SPLIT warning none never", "STATE-SPLIT warning none never"],
    ],
    [
      "profiles side by side",
      { rows: { [key]: done() }, files: { ...files, ...otherHome("../.openclaw-work") } },
      {},
      [],
    ],
    [
      "the old name is empty",
      { rows: { [key]: done() }, files: { ...files, "../.clawdbot/agents/main/sessions/sessions.json": "{}" } },
      {},
      [],
    ],
  ],
  "STORE-ON-SYNC": [
    ["in a cloud folder", { rows: {}, within: "Dropbox" }, here, ["STORE-ON-SYNC warning none never"]],
    ["of an organisation", { rows: {}, within: "OneDrive - Example" }, here, ["STORE-ON-SYNC warning none never"]],
    ["a captured copy in a cloud folder", { rows: {}, within: "Dropbox" }, {}, []],
    ["a name that only looks like one", { rows: {}, within: "onedrive-sync-test" }, here, []],
  ],
});
