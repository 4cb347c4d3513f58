// What a running gateway says of its own sessions.
import { join } from "node:path";
import JSON5 from "json5";
import { asNumber, asRecord, asText } from "../inspect/openclawJson/records.ts";
import { isUnreadable, readText } from "../inspect/regularFile.ts";
import type { WriterReport } from "../model/facts.ts";
import { type Fields, type GatewayAddress, type NoAnswer, notAGateway, refusal, talk } from "./gatewaySocket.ts";

export interface GatewayQuestion extends GatewayAddress {
  /** How many rows its stores hold. */
  readonly rows: number;
}

/** What a gateway on loopback wants of who asks it: nothing, or its shared token. */
export type GatewayAccess = Pick<GatewayAddress, "token">;

/** What came of a question: its report, or why there is none, and whether that will stay so. */
export interface GatewayAnswer extends NoAnswer {
  readonly report?: WriterReport;
}

/** Rows that may come up between two questions. */
const margin = 50;
const configLimitBytes = 8 << 20;

/**
 * Asks for the sessions once, once more with a larger limit where there are more, and for what the gateway counts as
 * active. Never rejects.
 */
export function askGateway({ rows, ...address }: GatewayQuestion): Promise<GatewayAnswer> {
  return talk<GatewayAnswer>(address, "operator.read", async (ask) => {
    let list = await ask("sessions.list", { limit: rows + margin });
    const total = asNumber(list?.["totalCount"]);
    if (list?.["hasMore"] === true && total !== undefined) list = await ask("sessions.list", { limit: total + margin });
    if (list === undefined) return refusal;
    // A version that does not count what is active has told us all that it can.
    const report = reportOf(list, await ask("gateway.restart.preflight", {}), Date.now());
    return report === undefined ? notAGateway : { report, why: "", refused: false };
  });
}

/**
 * What these answers of `sessions.list` and `gateway.restart.preflight` say; undefined where there is no list. The second
 * is asked after the first: what began between the two is counted.
 */
export function reportOf(
  list: Fields | undefined,
  preflight: Fields | undefined,
  at: number,
): WriterReport | undefined {
  const rows = list?.["sessions"];
  if (!Array.isArray(rows)) return undefined;
  const running = new Set<string>();
  const idle = new Set<string>();
  const statuses = new Map<string, string>();
  for (const row of rows.map(asRecord)) {
    const key = asText(row?.["key"]);
    if (key === undefined) continue;
    const status = asText(row?.["status"]);
    if (status !== undefined) statuses.set(key, status);
    if (row?.["hasActiveRun"] === true) running.add(key);
    else if (row?.["hasActiveRun"] === false) idle.add(key);
  }
  for (const key of running) idle.delete(key);
  const active = asNumber(asRecord(preflight?.["counts"])?.["totalActive"]);
  const counts = active === undefined ? "unknown" : active === 0 && running.size === 0 ? "none" : "some";
  const listed = listedIn(list);
  return { at, running, idle, statuses, counts, ...(listed !== undefined && { listed }) };
}

/** Keys and session ids of an answer of `sessions.list`; undefined where it holds no list, or not all of it. */
export function listedIn(answer: Fields | undefined): ReadonlySet<string> | undefined {
  const rows = answer?.["sessions"];
  if (!Array.isArray(rows) || answer?.["hasMore"] === true) return undefined;
  const total = asNumber(answer?.["totalCount"]) ?? rows.length;
  if (total > rows.length) return undefined;
  const names = rows.map(asRecord).flatMap((row) => [asText(row?.["key"]), asText(row?.["sessionId"])]);
  return new Set(names.filter((name) => name !== undefined));
}

/**
 * How the gateway of a state directory lets itself be asked, by its configuration; undefined where it would take more
 * than its literal token: then it is not asked, since a refused question is noted in its log as an attack would be.
 */
export function accessOf(stateDir: string): GatewayAccess | undefined {
  const text = readText(join(stateDir, "openclaw.json"), configLimitBytes);
  const gateway = isUnreadable(text) ? undefined : asRecord(parsed(text)?.["gateway"]);
  if (gateway === undefined || asRecord(gateway["tls"])?.["enabled"] === true) return undefined;
  const auth = asRecord(gateway["auth"]);
  if (auth?.["mode"] === "none") return {};
  if (auth === undefined || (auth["mode"] !== undefined && auth["mode"] !== "token")) return undefined;
  const token = asText(auth["token"])?.trim();
  // "${NAME}" is taken from the gateway's environment, which is not ours.
  return token === undefined || token === "" || token.includes("${") ? undefined : { token };
}

function parsed(text: string): Fields | undefined {
  try {
    return asRecord(JSON5.parse(text));
  } catch {
    return undefined;
  }
}
