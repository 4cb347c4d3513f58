// Every id that package.json declares; a test holds the two equal.

export const extensionName = "openclawSessionInspector";

export const viewContainer = "openclawSessionInspector";
export const views = { sessions: "openclawSessionInspector.sessions" } as const;

export const commands = {
  refresh: "openclawSessionInspector.refresh",
  stop: "openclawSessionInspector.stop",
  filter: "openclawSessionInspector.filter",
  clearFilter: "openclawSessionInspector.clearFilter",
  showSystemSessions: "openclawSessionInspector.showSystemSessions",
  hideSystemSessions: "openclawSessionInspector.hideSystemSessions",
  openRow: "openclawSessionInspector.openRow",
  openStore: "openclawSessionInspector.openStore",
  openComparison: "openclawSessionInspector.openComparison",
  openTranscript: "openclawSessionInspector.openTranscript",
  openEvidence: "openclawSessionInspector.openEvidence",
  explainFinding: "openclawSessionInspector.explainFinding",
  copyKey: "openclawSessionInspector.copyKey",
  copySessionId: "openclawSessionInspector.copySessionId",
  copyPath: "openclawSessionInspector.copyPath",
  revealFile: "openclawSessionInspector.revealFile",
  finalize: "openclawSessionInspector.finalize",
  correct: "openclawSessionInspector.correct",
  restoreTranscript: "openclawSessionInspector.restoreTranscript",
  unlock: "openclawSessionInspector.unlock",
  tidy: "openclawSessionInspector.tidy",
  prune: "openclawSessionInspector.prune",
  applyComparison: "openclawSessionInspector.applyComparison",
  finalizeAll: "openclawSessionInspector.finalizeAll",
  stopRepairStart: "openclawSessionInspector.stopRepairStart",
  stopDaemon: "openclawSessionInspector.stopDaemon",
  repairWhileItRuns: "openclawSessionInspector.repairWhileItRuns",
  abortRun: "openclawSessionInspector.abortRun",
  archiveSession: "openclawSessionInspector.archiveSession",
  recoverSession: "openclawSessionInspector.recoverSession",
  pruneOlder: "openclawSessionInspector.pruneOlder",
  undoLastRepair: "openclawSessionInspector.undoLastRepair",
  showReceipts: "openclawSessionInspector.showReceipts",
  emptyQuarantine: "openclawSessionInspector.emptyQuarantine",
  showRestoreCandidates: "openclawSessionInspector.showRestoreCandidates",
  showMore: "openclawSessionInspector.showMore",
  copyReport: "openclawSessionInspector.copyReport",
  showLog: "openclawSessionInspector.showLog",
  nameStateDirectory: "openclawSessionInspector.nameStateDirectory",
  inspectCaptured: "openclawSessionInspector.inspectCaptured",
  closeCaptured: "openclawSessionInspector.closeCaptured",
  claimStore: "openclawSessionInspector.claimStore",
  readLargeDatabase: "openclawSessionInspector.readLargeDatabase",
  disownStore: "openclawSessionInspector.disownStore",
} as const;

export const settings = {
  homes: "openclawSessionInspector.homes",
  stateDirectories: "openclawSessionInspector.stateDirectories",
  showSystemSessions: "openclawSessionInspector.showSystemSessions",
  statusBar: "openclawSessionInspector.statusBar",
  askGateway: "openclawSessionInspector.askGateway",
} as const;

/** Theme colours. */
export const colors = {
  active: "openclawSessionInspector.activeForeground",
  contradiction: "openclawSessionInspector.contradictionForeground",
  suspicion: "openclawSessionInspector.suspicionForeground",
  unknown: "openclawSessionInspector.unknownForeground",
} as const;

export const contextKeys = {
  /** Why the tree is empty: "scanning", "none" (no OpenClaw), "empty" (no sessions), "unreadable", "stopped", or unset. */
  emptyBecause: "openclawSessionInspector.emptyBecause",
  /** Whether something is under way that takes longer than a moment and can be stopped. */
  working: "openclawSessionInspector.working",
  filtered: "openclawSessionInspector.filtered",
  systemSessionsShown: "openclawSessionInspector.systemSessionsShown",
  /** Whether some session is proposed to be finalized. */
  stale: "openclawSessionInspector.stale",
  /** Whether some leftover is proposed to be moved to the quarantine. */
  untidy: "openclawSessionInspector.untidy",
  /** Whether some store does not parse. */
  unparsable: "openclawSessionInspector.unparsable",
  /** Whether some captured store is open. */
  capturedShown: "openclawSessionInspector.capturedShown",
  /** The words of `contextValue` of what is selected in the tree. */
  selected: "openclawSessionInspector.selected",
  /** The kinds of repair that are proposed for the session whose document is active. */
  shown: "openclawSessionInspector.shown",
} as const;

/** Scheme of our read-only documents: rows, both sides of comparisons, excerpts. */
export const documentScheme = "openclaw-session";
