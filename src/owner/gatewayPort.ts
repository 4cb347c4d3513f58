import { get } from "node:http";
import { asRecord, asText } from "../inspect/openclawJson/records.ts";

const answerLimitBytes = 4096;
const patienceMs = 1500;

/**
 * Whether a gateway answers on this loopback port: GET /healthz gives {"ok":true,"status":"live"} (facts D3).
 * Never rejects; a refused connection, another program and silence all are "no".
 */
export async function gatewayAnswers(port: number): Promise<boolean> {
  return (await statusAt(port, "/healthz")) === "live";
}

/**
 * Whether a gateway of 2026.8 or later that answers there was told to end and finishes its runs, which can take 315 s:
 * GET /startupz gives {"ok":false,"status":"draining"} (2026.9.6). Never rejects; older ones and silence are "no".
 */
export async function gatewayDrains(port: number): Promise<boolean> {
  return (await statusAt(port, "/startupz")) === "draining";
}

/** The `status` that a probe answers with. */
function statusAt(port: number, path: string): Promise<string | undefined> {
  if (!Number.isInteger(port) || port < 1 || port > 65535) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path, timeout: patienceMs, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        text += piece;
        if (text.length <= answerLimitBytes) return;
        resolve(undefined);
        request.destroy();
      });
      response.on("end", () => resolve(statusIn(text)));
      response.on("close", () => resolve(undefined));
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(undefined));
  });
}

function statusIn(text: string): string | undefined {
  try {
    return asText(asRecord(JSON.parse(text))?.["status"]);
  } catch {
    return undefined;
  }
}
