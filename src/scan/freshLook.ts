// A fresh look at one store's writer, and who may write it by that: asked right before something is done.

import { type FoundStateDir, isUnnamed } from "../inspect/homes.ts";
import { type OpenclawConfig, readConfig } from "../inspect/openclawJson/config.ts";
import type { Permission, StoreKind, Writer } from "../model/store.ts";
import { type Look, lookAtWriters, secondLook, usualPort, type WatchedDir, writerOf } from "../owner/look.ts";
import { permissionFor, type WhileItRuns } from "../repair/permission.ts";
import { agentctlPermission } from "./agentctlStores.ts";
import { claudeMemPermission } from "./claudeMemStores.ts";
import type { ScanInput } from "./scan.ts";

export interface Place {
  readonly dir: FoundStateDir;
  readonly config: OpenclawConfig;
}

/**
 * Who may write this store, by a fresh look at its writer: the store's own state directory only, and a second time where
 * the first look is the only one (repair asks it right before it writes).
 */
export async function lookAgain(store: PermissionSubject, input: ScanInput): Promise<Permission> {
  if (store.kind === "agentctl") return agentctlPermission(store, input);
  if (store.kind === "claude-mem") return claudeMemPermission(store, input);
  return permissionOf(store, writerOf(await lookAt(store.stateDir, input), store.stateDir), input);
}

/** The writer of a state directory by a fresh look, and a second one where the first is the only one. */
export async function writerNow(stateDir: string, input: ScanInput): Promise<Writer> {
  return writerOf(await lookAt(stateDir, input), stateDir);
}

/** One look at the writer of a state directory, or a second one. */
export async function lookAt(stateDir: string, input: ScanInput): Promise<Look> {
  const places = watched([placeAt(stateDir)], input);
  const stoppedSince = input.memory?.stoppedSince ?? new Map<string, number>();
  const look = await lookAtWriters(places, input, stoppedSince);
  return look.unconfirmed.size > 0 ? secondLook(places, input, stoppedSince) : look;
}

/** The loopback port that is known to be this directory's. */
export function knownPort(stateDir: string, input: ScanInput): number | undefined {
  return watched([placeAt(stateDir)], input)[0]?.port;
}

function placeAt(stateDir: string): Place {
  return { dir: { path: stateDir, origin: "named" }, config: readConfig(stateDir) };
}

/** What of a store permission depends on besides its writer. */
export interface PermissionSubject {
  readonly kind: StoreKind;
  readonly path: string;
  readonly stateDir: string;
  readonly problem?: string;
  readonly unknown?: string;
  readonly movedFrom?: string;
}

export function permissionOf(
  subject: PermissionSubject,
  writer: Writer,
  input: ScanInput,
  whileItRuns?: WhileItRuns,
): Permission {
  const { kind, problem, unknown, movedFrom } = subject;
  const isTheirs = isClaimed(subject, input) || input.capture !== undefined;
  return permissionFor({
    kind,
    writer: writer.state,
    writerWhy: writer.why,
    platform: process.platform,
    problem,
    unknown,
    movedFrom: isTheirs ? undefined : movedFrom,
    unlisted: input.capture?.processes.incomplete,
    ...(whileItRuns !== undefined && { whileItRuns }),
  });
}

export function isClaimed({ path, movedFrom }: PermissionSubject, { mine = false }: ScanInput): boolean {
  if (typeof mine === "boolean") return mine;
  return mine.some((store) => store.path === path && store.movedFrom === movedFrom);
}

/** What a look at writers needs to know of each place. */
export function watched(places: readonly Place[], { where, env }: ScanInput): WatchedDir[] {
  const isOwnHome = isUnnamed(where);
  return places.map(({ dir, config }) => {
    const port = config.gatewayPort ?? (isOwnHome ? usualPort(dir.path, env) : undefined);
    return { path: dir.path, hasOwnConfig: config.exists, ...(port !== undefined && { port }) };
  });
}
