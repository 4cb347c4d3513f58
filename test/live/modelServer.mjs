// A model that answers at once, or word by word for as long as it is listened to: what OpenClaw takes for OpenAI's API.
import { createServer } from "node:http";

/** @typedef {{ slow: boolean, asked: string }} Asked */

/**
 * A last user message with `[[slow]]` in it is answered slowly.
 * @param {number} port on loopback
 * @returns {Promise<{ requests: Asked[], close: () => Promise<void> }>}
 */
export async function startModel(port) {
  /** @type {Asked[]} */
  const requests = [];
  const server = createServer(async (request, response) => {
    if (request.method !== "POST") {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ object: "list", data: [{ id: "fake-1", object: "model", owned_by: "test" }] }));
      return;
    }
    let body = "";
    for await (const piece of request) body += piece;
    const { messages = [] } = JSON.parse(body);
    const asked = JSON.stringify(
      messages.findLast((/** @type {{ role: string }} */ { role }) => role === "user") ?? "",
    );
    const slow = asked.includes("[[slow]]");
    requests.push({ slow, asked });
    await answer(response, slow);
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(undefined)));
  return {
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * @param {import("node:http").ServerResponse} response
 * @param {boolean} slow
 */
async function answer(response, slow) {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (
    /** @type {object} */ delta,
    /** @type {string | null} */ finish = null,
    /** @type {object} */ more = {},
  ) => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    const chunk = { id: "chat", object: "chat.completion.chunk", created: 1, model: "fake-1", choices, ...more };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  send({ role: "assistant", content: "" });
  if (slow) {
    for (let word = 0; word < 1200 && !response.destroyed; word++) {
      send({ content: `word${word} ` });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } else send({ content: "A quick answer." });
  send({}, "stop", { usage: { prompt_tokens: 100, completion_tokens: 5, total_tokens: 105 } });
  response.end("data: [DONE]\n\n");
}
