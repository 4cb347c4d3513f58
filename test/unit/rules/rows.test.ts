import { done, key, minute, now, running } from "../../homeBuilder.ts";
import { alive, answered, ended, started, success, tellStories, traj, tx } from "./stories.ts";

tellStories("rows", {
  "DELIVERY-PENDING": [
    [
      "nothing else is done to the row",
      { rows: { [key]: running({ pendingFinalDelivery: true }) }, files: { [tx]: answered, [traj]: success } },
      {},
      ["RUN-FINISHED error none never", "DELIVERY-PENDING error none never"],
    ],
    [
      "a text is enough",
      { rows: { [key]: done({ pendingFinalDeliveryText: "…" }) }, files: { [tx]: answered } },
      {},
      ["DELIVERY-PENDING error none never"],
    ],
    [
      "a reply on its way",
      { rows: { [key]: done({ pendingFinalDelivery: true, updatedAt: now - minute }) }, files: { [tx]: answered } },
      alive,
      [],
    ],
    ["delivered", { rows: { [key]: done({ pendingFinalDelivery: false }) }, files: { [tx]: answered } }, {}, []],
  ],
  "ROW-DROPPED": [
    ["null", { rows: { [key]: null } }, {}, ["ROW-DROPPED error none never"]],
    ["a list", { rows: { [key]: [] } }, {}, ["ROW-DROPPED error none never"]],
    [
      "a sessionId that is a path",
      { rows: { [key]: running({ sessionId: "../x" }) } },
      {},
      ["ROW-DROPPED error none never"],
    ],
    [
      "a row without a sessionId, as cron leaves it",
      { rows: { "agent:main:cron:job-1": { updatedAt: started } } },
      {},
      [],
    ],
  ],
  "END-BEFORE-START": [
    [
      "an hour before",
      { rows: { [key]: done({ endedAt: started - 60 * minute }) }, files: { [tx]: answered } },
      {},
      ["END-BEFORE-START info none never"],
    ],
    ["at once", { rows: { [key]: done({ startedAt: ended, endedAt: ended }) }, files: { [tx]: answered } }, {}, []],
  ],
  "TERM-NO-END": [
    [
      "no record of the end",
      { rows: { [key]: done({ endedAt: undefined }) }, files: { [tx]: answered } },
      {},
      ["TERM-NO-END info none never"],
    ],
    [
      "the trajectory has it",
      { rows: { [key]: done({ endedAt: undefined }) }, files: { [tx]: answered, [traj]: success } },
      {},
      ["TERM-NO-END info correct proven"],
    ],
  ],
  "UPDATEDAT-BAD": [
    [
      "seconds",
      { rows: { [key]: done({ updatedAt: 1_795_000_000 }) }, files: { [tx]: answered } },
      {},
      ["UPDATEDAT-BAD warning correct ask"],
    ],
    [
      "text",
      { rows: { [key]: done({ updatedAt: "yesterday" }) }, files: { [tx]: answered } },
      {},
      ["UPDATEDAT-BAD warning correct ask"],
    ],
    [
      "none",
      { rows: { [key]: done({ updatedAt: undefined }) }, files: { [tx]: answered } },
      {},
      ["UPDATEDAT-BAD warning correct ask"],
    ],
    [
      "two days ahead",
      { rows: { [key]: done({ updatedAt: now + 2 * 86_400_000 }) }, files: { [tx]: answered } },
      {},
      ["UPDATEDAT-BAD warning correct ask"],
    ],
    ["an hour ahead", { rows: { [key]: done({ updatedAt: now + 60 * minute }) }, files: { [tx]: answered } }, {}, []],
  ],
  "STATUS-UNKNOWN": [
    [
      "a word",
      { rows: { [key]: done({ status: "stalled" }) }, files: { [tx]: answered } },
      {},
      ["STATUS-UNKNOWN info correct ask"],
    ],
    [
      "a number",
      { rows: { [key]: done({ status: 1 }) }, files: { [tx]: answered } },
      {},
      ["STATUS-UNKNOWN info correct ask"],
    ],
    ["none", { rows: { [key]: done({ status: undefined }) }, files: { [tx]: answered } }, {}, []],
  ],
});
