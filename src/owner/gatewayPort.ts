import { get } from "node:http";

const answerLimitBytes = 4096;
const patienceMs = 1500;

/**
 * Whether a gateway answers on this loopback port: GET /healthz gives {"ok":true,"status":"live"} (facts D3).
 * Never rejects; a refused connection, another program and silence all are "no".
 */
export function gatewayAnswers(port: number): Promise<boolean> {
  if (!Number.isInteger(port) || port < 1 || port > 65535) return Promise.resolve(false);
  return new Promise((resolve) => {
    const request = get(
      { host: "127.0.0.1", port, path: "/healthz", timeout: patienceMs, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (piece: string) => {
          text += piece;
          if (text.length > answerLimitBytes) request.destroy();
        });
        response.on("end", () => resolve(isLive(text)));
        response.on("close", () => resolve(false));
      },
    );
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

function isLive(text: string): boolean {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === "object" && answer !== null && "status" in answer && answer.status === "live";
  } catch {
    return false;
  }
}
