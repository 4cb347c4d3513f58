/** Who holds a lock, by the pid that it names. `foreign`: certainly another program. */
export type LockOwner = "alive" | "dead" | "recycled" | "foreign" | "unknown";

export type LockKind = "transcript" | "store" | "directory" | "gateway";

export interface Lock {
  /** Id of the store it belongs to. */
  readonly store: string;
  readonly path: string;
  readonly kind: LockKind;
  /** Key of the session whose transcript it locks. */
  readonly session?: string;
  readonly pid?: number;
  readonly createdAt?: number;
  readonly owner: LockOwner;
  /** One sentence: how the owner was told. */
  readonly why: string;
  readonly verdict: "held" | "stale" | "unknown";
  readonly findings: readonly string[];
  /** The file that it is an element of; absent where it is a file itself. */
  readonly file?: string;
  /** The element as it is spelled. */
  readonly text?: string;
}
