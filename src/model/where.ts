/** What a person said about where to look. All empty: this user's own home and environment. */
export interface Where {
  /** Home directories to look in instead of this user's own. */
  readonly homes: readonly string[];
  /** OpenClaw state directories to inspect besides. */
  readonly stateDirs: readonly string[];
  /** Folders of agentctl (`.agentctl`) and of claude-mem (`.claude-mem`) besides. */
  readonly agentctlDirs?: readonly string[];
  readonly claudeMemDirs?: readonly string[];
}
