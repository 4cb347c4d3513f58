// Rows whose transcript is gone (facts I 21, 22).
import type { Evidence } from "../../model/evidence.ts";
import { type Draft, nothing, said } from "../draft.ts";
import { basenameOf } from "../paths.ts";
import { rowEvidence } from "../rowEvidence.ts";
import type { SessionCase } from "../sessionCase.ts";
import { clock } from "../words.ts";

export function transcriptRules(session: SessionCase): readonly Draft[] {
  const { transcript } = session.facts;
  if (transcript.state !== "absent" || transcript.path === undefined || !hadTranscript(session)) return said();
  const { key } = session;
  const name = transcript.end === undefined ? basenameOf(transcript.path) : `of ${transcript.end.sessionId}`;
  const restorable = transcript.archives.find(({ reason, path }) => reason !== "reset" && !path.endsWith(".zst"));
  const [newest] = transcript.archives;
  const missing = rowEvidence(session, `its transcript ${name} is not there`);
  if (newest === undefined) {
    return [
      {
        code: "TX-MISSING",
        session: key,
        field: session.facts.row.fields["sessionFile"] === undefined ? "sessionId" : "sessionFile",
        args: { key, file: name },
        evidence: [missing, ...ownIdEvidence(transcript.ownIdFile)],
        repair: nothing("There is no archive of it here: look for it in your backups."),
      },
    ];
  }
  const shown = restorable ?? newest;
  const archivedAt = shown.archivedAt ?? shown.mtimeMs;
  return [
    {
      code: "TX-ARCHIVED",
      session: key,
      field: session.facts.row.fields["sessionFile"] === undefined ? "sessionId" : "sessionFile",
      args: { key, archived: clock(archivedAt) },
      evidence: [
        missing,
        { kind: "archive", path: shown.path, at: archivedAt, text: `An archive of it (${shown.reason}).` },
      ],
      repair:
        restorable === undefined
          ? nothing(
              newest.reason === "reset"
                ? "It was reset: somebody asked to forget it."
                : "The archive is compressed: unpack it and give it back its name by hand.",
            )
          : { kind: "restore", class: "ask", from: restorable.path, why: "The newest archive would be renamed back." },
    },
  ];
}

function ownIdEvidence(path: string | undefined): Evidence[] {
  return path === undefined
    ? []
    : [{ kind: "transcript", path, text: "The transcript of its own session id is there." }];
}

/**
 * It ran before, so that a transcript must have been there. A first turn that died leaves a row without one and has
 * lost nothing (facts K), other agents' command-line tools keep theirs elsewhere, and a row that is being set up has
 * none yet (facts C, claude-cli, ACP, initializing; heartbeat and slash-routing keys).
 */
function hadTranscript({ facts, kind, status, end, quiet }: SessionCase): boolean {
  const { fields, key } = facts.row;
  if (fields["cliSessionBindings"] != null || fields["claudeCliSessionId"] != null) return false;
  if (kind === "acp" || kind === "heartbeat" || fields["acp"] != null || fields["initializationPending"]) return false;
  if (/:slash:/i.test(key)) return false;
  const answered = [fields["outputTokens"], fields["compactionCount"]].some(
    (count) => typeof count === "number" && count > 0,
  );
  const ended = facts.trajectory?.last;
  return (
    status === "done" ||
    (quiet && end?.outcome === "done") ||
    answered ||
    (ended?.type === "session.ended" && ended.status === "success")
  );
}
