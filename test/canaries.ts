// A home with a secret in every place that OpenClaw keeps them in, each of which must stay there.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type BuiltHome,
  buildHome,
  done,
  key,
  lock,
  minute,
  now,
  running,
  sessionId,
  trajectory,
  transcript,
} from "./homeBuilder.ts";

/** No secret of ours is spelled so. */
export const canary = /c4n4ry-[a-z-]+/;

export const secretKey = "agent:main:whatsapp:direct:c4n4ry-peer";

/** In the environment of whoever looks. */
export const environment = {
  OPENCLAW_GATEWAY_TOKEN: "c4n4ry-env-token",
  OPENCLAW_GATEWAY_PASSWORD: "c4n4ry-env-password",
  ANTHROPIC_API_KEY: "c4n4ry-env-key",
};

const files: Readonly<Record<string, unknown>> = {
  "daemon-env.json": { ANTHROPIC_API_KEY: "c4n4ry-daemon-env" },
  ".env": "OPENAI_API_KEY=c4n4ry-dotenv\n",
  "identity/device.json": { version: 1, deviceId: "c4n4ry-device-id", privateKeyPem: "c4n4ry-private-key" },
  "identity/device-auth.json": { tokens: { operator: { token: "c4n4ry-device-token" } } },
  "devices/paired.json": {
    a: { publicKey: "c4n4ry-paired-key", tokens: { operator: { token: "c4n4ry-paired-token" } } },
  },
  "devices/pending.json": { a: { requestId: "c4n4ry-pending" } },
  "credentials/oauth.json": { refresh: "c4n4ry-refresh" },
  "agents/main/agent/auth-profiles.json": { profiles: { "anthropic:default": { key: "c4n4ry-auth-profile" } } },
  "agents/main/agent/auth.json": { anthropic: { key: "c4n4ry-auth" } },
  "agents/main/agent/models.json": { providers: { x: { apiKey: "c4n4ry-models" } } },
  "exec-approvals.json": { socket: { token: "c4n4ry-exec" } },
  "state/openclaw.sqlite": "c4n4ry-sqlite-auth-table",
};

const config = {
  gateway: {
    port: 1,
    auth: { mode: "token", token: "c4n4ry-gateway-token", password: "c4n4ry-gateway-password" },
    remote: { token: "c4n4ry-remote-token" },
  },
  env: { vars: { SOME_KEY: "c4n4ry-config-env" } },
  models: { providers: { anthropic: { apiKey: "c4n4ry-provider-key" } } },
  channels: { telegram: { botToken: "c4n4ry-bot-token" } },
  agents: { list: [{ id: "main", name: "c4n4ry-agent-name" }] },
};

/** @param within a directory that the home lies in */
export function homeWithCanaries(within = "c4n4ry-person"): BuiltHome {
  const built = buildHome({
    within,
    config,
    rows: {
      [key]: running({
        displayName: "c4n4ry-display",
        skillsSnapshot: { env: { TOKEN: "c4n4ry-in-a-row" } },
        "c4n4ry-field": 1,
      }),
      [secretKey]: done({ sessionId: "c4n4ry-session", label: "c4n4ry-label", status: "c4n4ry-status", updatedAt: 7 }),
    },
    files: {
      [`~/${sessionId}.jsonl`]: transcript(["user", now - 60 * minute, { content: "my password is c4n4ry-said" }]),
      [`~/${sessionId}.trajectory.jsonl`]: trajectory(
        ["session.started", now - 60 * minute, { env: { TOKEN: "c4n4ry-trajectory" } }],
        ["session.ended", now - 50 * minute, { status: "success", answer: "c4n4ry-answer" }],
      ),
      [`~/${sessionId}.jsonl.lock`]: lock(),
    },
  });
  for (const [name, content] of Object.entries(files)) {
    const path = join(built.stateDir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  }
  return built;
}
