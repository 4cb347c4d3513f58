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

/** A folder from another machine or another time, judged by what was seen there and then, as the CLI does (CLI.md). */
export interface CapturedPlace {
  /** A state directory, or a home that holds some. */
  readonly path: string;
  /** The time of capture, epoch milliseconds. */
  readonly at: number;
  /** File with the output of `ps -eo pid,ppid,lstart,args` there. Without it nobody knows what ran: it is shown only. */
  readonly processes?: string;
}

/** A moved store that a person said is theirs: this one, from there. Another copy at its path is another store. */
export interface ClaimedStore {
  readonly path: string;
  readonly movedFrom: string;
}

/** Everything that a person said about what to look at. */
export interface Asked {
  readonly where: Where;
  readonly captured: readonly CapturedPlace[];
  readonly claimed: readonly ClaimedStore[];
  /** Whether running gateways may be asked what they run. */
  readonly mayAsk: boolean;
}
