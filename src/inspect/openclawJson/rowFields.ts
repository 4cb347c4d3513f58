/** The fields of a row that judgement or the tree uses (facts B1). Everything else of a row is passed over undecoded. */
export const rowFields: ReadonlySet<string> = new Set([
  "sessionId",
  "sessionFile",
  "status",
  "startedAt",
  "endedAt",
  "runtimeMs",
  "updatedAt",
  "lastInteractionAt",
  "abortedLastRun",
  "archivedAt",
  "outputTokens",
  "totalTokens",
  "compactionCount",
  "spawnDepth",
  "subagentRole",
  "spawnedBy",
  "parentSessionKey",
  "subagentRecovery",
  "compactionCheckpoints",
  "usageFamilySessionIds",
  "acp",
  "cliSessionBindings",
  "claudeCliSessionId",
  "initializationPending",
  "quotaSuspension",
  "pendingFinalDelivery",
  "pendingFinalDeliveryText",
  "restartRecoveryRuns",
  "chatType",
  "model",
  "label",
  "displayName",
]);

/** The statuses that end a run in the JSON eras, and the one that claims it runs (facts B3). */
export const terminalStatuses: ReadonlySet<unknown> = new Set(["done", "failed", "killed", "timeout"]);

/** Values of a row by field. Has nothing to inherit a name from, and unlike `Object.create(null)` no hash table of its own. */
export class Fields {
  [name: string]: unknown;
}
Object.setPrototypeOf(Fields.prototype, null);
Reflect.deleteProperty(Fields.prototype, "constructor");
