// What a command was called with. Our own menus give nodes of the tree, but anybody may call a command with anything.
import * as vscode from "vscode";
import type { Evidence } from "../model/evidence.ts";
import type { Finding, RepairKind } from "../model/finding.ts";
import type { StateDir } from "../model/scan.ts";
import type { Session } from "../model/session.ts";
import { UserError } from "../model/userError.ts";
import { readSessionUri } from "./documentUri.ts";
import type { SessionModel } from "./sessionModel.ts";
import type { TreeNode } from "./treeNode.ts";

type Unknown = Readonly<Record<string, unknown>>;

export class Targets {
  readonly #model: SessionModel;
  readonly #selection: () => readonly TreeNode[];

  /** @param selection what is selected in the tree */
  constructor(model: SessionModel, selection: () => readonly TreeNode[]) {
    this.#model = model;
    this.#selection = selection;
  }

  /** Every session meant, at least one. Throws a UserError where there is none. */
  sessions(args: readonly unknown[]): readonly [Session, ...Session[]] {
    const [first, ...rest] = this.#candidates(args).map((candidate) => this.#session(candidate));
    if (first === undefined || rest.includes(undefined)) throw notThere();
    return [first, ...(rest as Session[])];
  }

  /** The session meant, if it is a session that is meant. */
  anySession(args: readonly unknown[]): Session | undefined {
    return this.#session(this.#candidates(args)[0]);
  }

  /** Evidence of the finding meant, or of everything that is said of the session meant, each piece once. */
  evidence(args: readonly unknown[]): readonly Evidence[] {
    const finding = this.#finding(this.#candidates(args)[0]);
    if (finding !== undefined) return finding.evidence;
    const [session] = this.sessions(args);
    const all = [...session.proof, ...this.#model.findingsOf(session).flatMap(({ evidence }) => evidence)];
    return [
      ...new Map(
        all.map((one) => [`${one.path}\0${one.offset ?? one.line ?? one.event?.seq}\0${one.text}`, one]),
      ).values(),
    ];
  }

  /** Findings meant: the one of a node, or all of a session. */
  findings(args: readonly unknown[]): readonly Finding[] {
    const [candidate] = this.#candidates(args);
    const finding = this.#finding(candidate);
    return finding === undefined ? this.#model.findingsOf(this.sessions(args)[0]) : [finding];
  }

  /**
   * What is proposed for everything that is meant. Throws a UserError where something is not there, or where nothing is
   * proposed at all: then with the reason.
   */
  proposals(args: readonly unknown[], kinds: readonly RepairKind[]): readonly [Finding, ...Finding[]] {
    const found = this.#candidates(args).map((candidate) => this.#about(candidate));
    if (found.includes(undefined)) throw notThere();
    const findings = [...new Map(found.flatMap((one) => one ?? []).map((one) => [one.id, one])).values()];
    const [first, ...rest] = findings.filter(({ repair }) => kinds.includes(repair.kind));
    if (first !== undefined) return [first, ...rest];
    const why = findings[0]?.repair.why;
    throw new UserError(why ?? vscode.l10n.t("There is nothing to repair here: nothing was found that is wrong."));
  }

  /** The file of each thing meant: of a session its transcript, or else its store. Throws a UserError where there is none. */
  paths(args: readonly unknown[]): readonly [string, ...string[]] {
    const [first, ...rest] = this.#candidates(args).map((candidate) => this.#path(candidate));
    if (first === undefined || rest.includes(undefined)) throw notThere();
    return [first, ...(rest as string[])];
  }

  /** The store meant, or that of the session, finding or lock meant, by its id. */
  store(args: readonly unknown[]): string {
    const [candidate] = this.#candidates(args);
    const id = this.#session(candidate)?.store ?? this.#finding(candidate)?.store ?? record(candidate)["store"];
    if (typeof id !== "string" || this.#model.store(id) === undefined) throw notThere();
    return id;
  }

  /** The state directory meant, or that of the store or session meant. */
  stateDir(args: readonly unknown[]): StateDir {
    const [candidate] = this.#candidates(args);
    const { type, path } = record(candidate);
    const meant = type === "stateDir" ? path : this.#model.store(this.store(args))?.stateDir;
    const found = this.#model.stateDirs.find((stateDir) => stateDir.path === meant);
    if (found === undefined) throw notThere();
    return found;
  }

  /** A menu gives the node and, where several are selected, all of them; the palette gives nothing. */
  #candidates([first, second]: readonly unknown[]): readonly unknown[] {
    if (Array.isArray(second) && second.length > 1 && second.includes(first)) return second;
    if (first !== undefined) return [first];
    const active = vscode.window.activeTextEditor?.document.uri;
    if (active !== undefined && readSessionUri(active) !== undefined) return [active];
    const selection = this.#selection();
    if (selection.length > 0) return selection;
    throw new UserError(vscode.l10n.t("Select a session in the OpenClaw Sessions view first."));
  }

  #about(candidate: unknown): readonly Finding[] | undefined {
    const { type, store, path } = record(candidate);
    const lock = typeof store === "string" && typeof path === "string" ? this.#model.lock(store, path) : undefined;
    if (lock !== undefined) return this.#model.findingsOfLock(lock);
    if (type === "store" && typeof store === "string" && this.#model.store(store) !== undefined) {
      return this.#model.findingsOfStore(store);
    }
    const finding = this.#finding(candidate);
    if (finding !== undefined) return [finding];
    const session = this.#session(candidate);
    return session && this.#model.findingsOf(session);
  }

  #session(candidate: unknown): Session | undefined {
    const { store, key, path } = candidate instanceof vscode.Uri ? nameIn(candidate) : record(candidate);
    if (typeof store === "string" && typeof key === "string") return this.#model.session({ store, key });
    if (typeof store === "string" && typeof path === "string") {
      const lock = this.#model.lock(store, path);
      return lock?.session === undefined ? undefined : this.#model.session({ store, key: lock.session });
    }
    const finding = this.#finding(candidate);
    if (finding?.session === undefined) return undefined;
    return this.#model.session({ store: finding.store, key: finding.session });
  }

  #finding(candidate: unknown): Finding | undefined {
    const id = record(candidate)["finding"];
    return typeof id === "string" ? this.#model.finding(id) : undefined;
  }

  #path(candidate: unknown): string | undefined {
    const { type, path, store } = record(candidate);
    if (type === "stateDir" && typeof path === "string") {
      return this.#model.stateDirs.some((stateDir) => stateDir.path === path) ? path : undefined;
    }
    if (type === "lock" && typeof path === "string" && typeof store === "string") {
      return this.#model.lock(store, path)?.path;
    }
    const finding = this.#finding(candidate);
    if (finding !== undefined) {
      return finding.path ?? finding.lock ?? finding.evidence[0]?.path ?? this.#model.store(finding.store)?.path;
    }
    const session = this.#session(candidate);
    return session?.transcript ?? this.#model.store(session?.store ?? String(store))?.path;
  }
}

function nameIn(uri: vscode.Uri): Unknown {
  return { ...readSessionUri(uri) };
}

function record(value: unknown): Unknown {
  return typeof value === "object" && value !== null ? (value as Unknown) : {};
}

function notThere(): UserError {
  return new UserError(
    vscode.l10n.t("That is not in the last scan. Refresh the OpenClaw Sessions view and try again."),
  );
}
