// Servers on loopback that answer as a gateway does, or not: they speak as much of WebSocket as a question needs.
import { createHash } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

const servers: Server[] = [];

export const quiet = { counts: { queueSize: 0, pendingReplies: 0, embeddedRuns: 0, activeTasks: 0, totalActive: 0 } };
export const busy = { counts: { ...quiet.counts, embeddedRuns: 1, totalActive: 1 } };

/** A server that speaks as much of WebSocket as the question needs. What it was asked is added to `asked`. */
export async function gatewayServer(
  answerTo: (method: string, params: never) => unknown,
  asked: unknown[] = [],
): Promise<number> {
  const { server, port } = await httpServer((_request, response) => response.end());
  server.on("upgrade", (request, socket: Socket) => {
    const accept = createHash("sha1").update(
      `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`,
    );
    const headers = "Upgrade: websocket\r\nConnection: Upgrade";
    const status = "HTTP/1.1 101 Switching Protocols";
    socket.write(`${status}\r\n${headers}\r\nSec-WebSocket-Accept: ${accept.digest("base64")}\r\n\r\n`);
    socket.write(frame({ type: "event", event: "connect.challenge", payload: { nonce: "n" } }));
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      for (const { id, method, params } of requestsIn(bytes)) {
        asked.push([method, params]);
        const payload = answerTo(method, params as never);
        if (payload === "close") socket.destroy();
        else if (payload instanceof Error) socket.write(frame({ type: "res", id, ok: false, error: {} }));
        else socket.write(frame({ type: "res", id, ok: true, payload }));
        // A gateway tells more than it is asked.
        if (!socket.destroyed) socket.write(frame({ type: "event", event: "tick", payload: { ts: 1 } }));
      }
    });
  });
  return port;
}

export async function httpServer(listener: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  return { server, port: (server.address() as AddressInfo).port };
}

/** Ends all of them. */
export function closeServers(): void {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
}

/** A short text frame of a server: not masked. */
function frame(value: object): Buffer {
  const text = Buffer.from(JSON.stringify(value));
  const header = text.length < 126 ? [0x81, text.length] : [0x81, 126, text.length >> 8, text.length & 0xff];
  return Buffer.concat([Buffer.from(header), text]);
}

/** The requests in these bytes of a client: short, masked text frames. What closes the connection is no request. */
function requestsIn(bytes: Buffer): { id: string; method: string; params: unknown }[] {
  const requests = [];
  for (let at = 0; at < bytes.length; ) {
    const isText = (bytes[at] ?? 0) === 0x81;
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const length = short === 126 ? bytes.readUInt16BE(at + 2) : short;
    const mask = at + (short === 126 ? 4 : 2);
    const text = bytes.subarray(mask + 4, mask + 4 + length).map((byte, i) => byte ^ (bytes[mask + (i % 4)] ?? 0));
    if (isText) requests.push(JSON.parse(Buffer.from(text).toString()));
    at = mask + 4 + length;
  }
  return requests;
}
