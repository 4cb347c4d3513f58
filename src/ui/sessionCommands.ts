// The commands that open and copy what was found. None of them writes.
import * as vscode from "vscode";
import { UserError } from "../model/userError.ts";
import { closeCaptured, inspectCaptured } from "./captured.ts";
import type { Command, CommandParts, SessionCommand } from "./commands.ts";
import { openComparison } from "./comparison.ts";
import { openEvidence, openTranscript } from "./excerpt.ts";
import { copyLines, openStore, revealFile, sessionIds } from "./files.ts";
import { openFindingsPage } from "./findingsPage.ts";
import { readLargeDatabase } from "./largeDatabase.ts";
import { copyReport } from "./report.ts";
import { openRow } from "./rowDocument.ts";

const code = /^[A-Z][A-Z0-9-]{1,40}$/;

export function sessionCommands(parts: CommandParts): Record<SessionCommand, Command> {
  const { claims, client, documents, model, targets } = parts;
  return {
    openRow: (...args) => openRow(targets.sessions(args)[0], documents),
    openStore: (...args) => {
      const store = model.store(targets.store(args));
      const session = targets.anySession(args);
      if (store?.kind !== "openclaw-sqlite") return store && openStore(store, session, client);
      // A database is no text: its rows are shown one by one.
      return session === undefined ? revealFile(store.path) : openRow(session, documents);
    },
    openComparison: (...args) => {
      const [session] = targets.sessions(args);
      return openComparison(
        session,
        model.findingsOf(session).find(({ repair }) => repair.set !== undefined),
      );
    },
    openTranscript: (...args) => openTranscript(targets.sessions(args)[0], client),
    openEvidence: (...args) => openEvidence(targets.evidence(args), client),
    explainFinding: (...args) => {
      const [first] = args;
      const explained = typeof first === "string" && code.test(first) ? first : targets.findings(args)[0]?.code;
      if (explained !== undefined) return openFindingsPage(parts.extension, explained);
      throw new UserError(vscode.l10n.t("Nothing was found that is wrong with this session."));
    },
    copyKey: (...args) => copyLines(targets.sessions(args).map(({ key }) => key)),
    copySessionId: (...args) => {
      const ids = sessionIds(targets.sessions(args));
      if (ids.length === 0) throw new UserError(vscode.l10n.t("The row has no session id. Copy its key instead."));
      return copyLines(ids);
    },
    copyPath: (...args) => copyLines(targets.paths(args)),
    revealFile: (...args) => revealFile(targets.paths(args)[0]),
    inspectCaptured: () => inspectCaptured(parts),
    closeCaptured: (...args) => closeCaptured(args, parts),
    readLargeDatabase: (...args) => readLargeDatabase(model.store(targets.store(args)), parts),
    claimStore: async (...args) => {
      const store = model.store(targets.store(args));
      if (store !== undefined) await claims.ask([store]);
    },
    disownStore: async (...args) => {
      const store = model.store(targets.store(args));
      if (store !== undefined) await claims.disown(store);
    },
    copyReport: () => copyReport({ client, documents, model, version: parts.version }),
  };
}
