// A small model on loopback that speaks as much of OpenAI's chat completions as a gateway needs. What it does is told by
// the last marked user message:
//   [[quick]] a short answer · [[slow:SECONDS]] streams that long · [[hang]] never answers · [[err500]] fails
//   [[exec:SECONDS]] calls the tool `exec` with a sleep, then answers
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

/** @typedef {{ role: string, content: unknown }} Message */

const pieceEveryMs = 500;

/**
 * @param {number} port
 * @returns {Promise<{ close: () => Promise<void>, isStreaming: () => boolean }>}
 */
export async function startModel(port) {
  let open = 0;
  const server = createServer((request, response) => {
    open++;
    response.once("close", () => open--);
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(undefined));
  });
  const close = () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    return closed.then(() => undefined);
  };
  return { close, isStreaming: () => open > 0 };
}

/**
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 */
async function answer(request, response) {
  if (request.method === "GET") {
    json(response, 200, { object: "list", data: [{ id: "fake-1", object: "model", owned_by: "local" }] });
    return;
  }
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const asked = JSON.parse(Buffer.concat(pieces).toString());
  const { mode, seconds, afterTool } = wishOf(asked.messages ?? []);
  if (mode === "hang") return;
  if (mode === "err500") {
    json(response, 500, { error: { message: "the model failed on purpose", type: "server_error" } });
    return;
  }
  if (!asked.stream) {
    json(response, 200, { ...envelope(), choices: [{ index: 0, message: text("Short."), finish_reason: "stop" }] });
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream", connection: "close" });
  if (mode === "exec" && !afterTool) {
    // Else it goes on in the background after ten seconds, and the turn ends.
    callTool(response, "exec", { command: `sleep ${seconds}; echo slept`, yieldMs: (seconds + 60) * 1000 });
    return;
  }
  send(response, { role: "assistant", content: "" });
  for (let sent = 0; mode === "slow" && sent < (seconds * 1000) / pieceEveryMs; sent++) {
    if (response.destroyed) return;
    send(response, { content: `word${sent} ` });
    await wait(pieceEveryMs);
  }
  send(response, { content: afterTool ? "Done after the tool." : "Done." });
  end(response, "stop");
}

/**
 * @param {readonly Message[]} messages
 * @returns {{ mode: string, seconds: number, afterTool: boolean }}
 */
function wishOf(messages) {
  for (let at = messages.length - 1; at >= 0; at--) {
    if (messages[at]?.role !== "user") continue;
    const marks = [...textOf(messages[at]?.content).matchAll(/\[\[(\w+)(?::(\d+))?\]\]/g)];
    const [, mode = "", seconds = "30"] = marks.at(-1) ?? [];
    if (mode === "") continue;
    const afterTool = messages.slice(at + 1).some(({ role }) => role === "tool");
    return { mode, seconds: Number(seconds), afterTool };
  }
  return { mode: "quick", seconds: 0, afterTool: false };
}

/** @param {unknown} content */
function textOf(content) {
  if (typeof content === "string") return content;
  return Array.isArray(content) ? content.map((part) => part?.text ?? "").join(" ") : "";
}

/** @param {string} content */
function text(content) {
  return { role: "assistant", content };
}

function envelope() {
  return { id: `chat-${Date.now()}`, created: Math.floor(Date.now() / 1000), model: "fake-1", usage: usage() };
}

function usage() {
  return { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
}

/**
 * @param {import("node:http").ServerResponse} response
 * @param {object} delta
 * @param {string | null} [finish]
 */
function send(response, delta, finish = null) {
  const { usage: used, ...rest } = envelope();
  const choices = [{ index: 0, delta, finish_reason: finish }];
  const chunk = { ...rest, object: "chat.completion.chunk", choices, ...(finish !== null && { usage: used }) };
  response.write(`data: ${JSON.stringify(chunk)}\n\n`);
}

/**
 * @param {import("node:http").ServerResponse} response
 * @param {string} name
 * @param {object} parameters
 */
function callTool(response, name, parameters) {
  const call = {
    index: 0,
    id: `call_${Date.now()}`,
    type: "function",
    function: { name, arguments: JSON.stringify(parameters) },
  };
  send(response, { role: "assistant", content: null, tool_calls: [call] });
  end(response, "tool_calls");
}

/**
 * @param {import("node:http").ServerResponse} response
 * @param {string} reason
 */
function end(response, reason) {
  send(response, {}, reason);
  response.end("data: [DONE]\n\n");
}

/**
 * @param {import("node:http").ServerResponse} response
 * @param {number} status
 * @param {object} body
 */
function json(response, status, body) {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { "content-type": "application/json", "content-length": bytes.length });
  response.end(bytes);
}
