// Stores that cannot be read at all (facts I 3).
import type { StoreFacts } from "../../model/facts.ts";
import { agentOf, type Draft, nothing } from "../draft.ts";
import { basenameOf } from "../paths.ts";
import { isInDatabase } from "../sessionCase.ts";
import { clock } from "../words.ts";

export function storeRules(store: StoreFacts): Draft[] {
  const { content } = store;
  const agent = agentOf(store);
  if (content.state === "unreadable") {
    return [
      {
        code: "STORE-UNREADABLE",
        path: store.path,
        args: { agent, reason: content.reason },
        evidence: [{ kind: "file", path: store.path, text: `The store cannot be opened: ${content.reason}.` }],
        repair: nothing(
          isInDatabase(store)
            ? "Nothing is said of its sessions until it can be read."
            : "Give this user permission to read it, or run the inspector as its owner.",
        ),
      },
    ];
  }
  if (content.state !== "unparsable") return [];
  const { reason, line, offset, sizeBytes, candidates } = content;
  const running = store.writer.state === "stopped" ? "" : " Stop the gateway now: its next write replaces the store.";
  return [
    {
      code: "STORE-UNPARSABLE",
      path: store.path,
      args: { agent, reason, line, offset, size: sizeBytes },
      evidence: [
        { kind: "file", path: store.path, line, offset, text: `Reading as JSON fails here: ${reason}.` },
        ...candidates.map((file) => ({
          kind: "archive" as const,
          path: file.path,
          at: file.mtimeMs,
          text: `Might hold it: ${basenameOf(file.path)}, ${file.sizeBytes} bytes, from ${clock(file.mtimeMs)}.`,
        })),
      ],
      repair: nothing(`A store that does not parse is never written by this tool.${running}`),
    },
  ];
}
