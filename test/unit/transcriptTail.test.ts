import assert from "node:assert/strict";
import { closeSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readTranscriptTail } from "../../src/inspect/openclawJson/transcriptTail.ts";
import type { TranscriptTail } from "../../src/model/facts.ts";
import { unpackCase } from "../fixtures/unpack.ts";
import { temporaryDirectory } from "../temporary.ts";

function tailOfFile(path: string): TranscriptTail {
  const fd = openSync(path, "r");
  try {
    return readTranscriptTail(fd, statSync(path).size);
  } finally {
    closeSync(fd);
  }
}

function tailOf(content: string): TranscriptTail {
  const path = join(temporaryDirectory(), "transcript.jsonl");
  writeFileSync(path, content);
  return tailOfFile(path);
}

const header = { type: "session", version: 3, id: "s", timestamp: "2026-11-20T10:00:00.000Z", cwd: "/home/claw" };
const at = (second: number): string => `2026-11-20T10:00:${String(second).padStart(2, "0")}.000Z`;
const ms = (second: number): number => Date.parse(at(second));
/** What a tail says of the first line. */
const head = { type: "session", id: "s", version: 3 };
const said = (second: number, role: string, more: object = {}): object => ({
  type: "message",
  id: `m${second}`,
  timestamp: at(second),
  message: { role, content: [{ type: "text", text: role }], ...more },
});
const jsonl = (...entries: object[]): string => entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
const offsetOf = (...before: object[]): number => Buffer.byteLength(jsonl(...before));

/** The genuine transcript of a session, by key. */
function genuine(caseName: string, agent: string, key: string): string {
  const sessions = join(unpackCase(caseName).home, ".openclaw", "agents", agent, "sessions");
  const row = JSON.parse(readFileSync(join(sessions, "sessions.json"), "utf8"))[key];
  return join(sessions, `${row.sessionId}.jsonl`);
}

describe("transcript tail", () => {
  it("of an empty file: nothing, decided", () => {
    assert.deepEqual(tailOf(""), { decided: true, torn: false });
  });

  it("of a header only, as after a reset: its time, decided", () => {
    assert.deepEqual(tailOf(jsonl(header)), { decided: true, torn: false, header: head, lastAt: ms(0) });
  });

  it("of a finished turn: the assistant's stop", () => {
    const user = said(1, "user");
    const tail = tailOf(jsonl(header, user, said(2, "assistant", { stopReason: "stop" })));
    assert.deepEqual(tail, {
      decided: true,
      torn: false,
      header: head,
      firstUserAt: ms(1),
      lastAt: ms(2),
      lastMessage: {
        role: "assistant",
        at: ms(2),
        offset: offsetOf(header, user),
        stopReason: "stop",
        abort: false,
      },
    });
  });

  it("of a turn that only began: the user's message", () => {
    const answered = [header, said(1, "user"), said(2, "assistant", { stopReason: "stop" })];
    const user = { role: "user", at: ms(3), offset: offsetOf(...answered), abort: false };
    assert.deepEqual(tailOf(jsonl(...answered, said(3, "user"))), {
      decided: true,
      torn: false,
      header: head,
      firstUserAt: ms(1),
      lastAt: ms(3),
      lastMessage: user,
      lastUserMessage: user,
    });
  });

  it("of a turn in a tool: the tool's result, and no user message before the assistant's", () => {
    const tail = tailOf(
      jsonl(header, said(1, "user"), said(2, "assistant", { stopReason: "toolUse" }), said(3, "toolResult")),
    );
    assert.equal(tail.lastMessage?.role, "toolResult");
    assert.equal(tail.lastUserMessage, undefined);
  });

  it("goes on past entries that are no messages, and keeps the time of the last of any type", () => {
    const tail = tailOf(
      jsonl(header, said(1, "user"), { type: "custom", timestamp: at(5) }, { type: "label", timestamp: "no time" }),
    );
    assert.equal(tail.lastMessage?.role, "user");
    assert.equal(tail.lastAt, ms(5));
  });

  it("takes times as ISO text and as milliseconds, of the entry or of the message", () => {
    const entry = { type: "message", message: { role: "user", timestamp: ms(7) } };
    assert.equal(tailOf(jsonl(header, entry)).lastMessage?.at, ms(7));
    assert.equal(tailOf(jsonl({ type: "custom", ts: ms(8) })).lastAt, ms(8));
  });

  for (const [what, end] of [
    ["cut in the middle", '{"type":"message","message":{"role":"assist'],
    ["zeros, as a crash leaves them", "\0".repeat(100)],
    ["a scalar", "7\n"],
    ["an array", "[]\n"],
  ] as const) {
    it(`says torn where the last line is ${what}, and still finds the last message`, () => {
      const tail = tailOf(jsonl(header, said(1, "user")) + end);
      assert.equal(tail.torn, true);
      assert.equal(tail.lastMessage?.role, "user");
    });
  }

  it("is not torn where only the last newline is missing, or lines end in CRLF", () => {
    const text = jsonl(header, said(1, "user"));
    assert.equal(tailOf(text.trimEnd()).torn, false);
    const crlf = tailOf(text.replaceAll("\n", "\r\n"));
    assert.equal(crlf.torn, false);
    assert.equal(crlf.lastMessage?.offset, offsetOf(header) + 1);
    assert.equal(tailOf(`${text.replaceAll("\n", "\r\n")}\r\n`).torn, false);
  });

  it("takes torn lines in the middle as not there", () => {
    const tail = tailOf(`${jsonl(header, said(1, "user"))}{"type":"mess\n${jsonl(said(2, "assistant"))}`);
    assert.deepEqual([tail.torn, tail.lastMessage?.role], [false, "assistant"]);
  });

  it("decides nothing where one huge entry hides all before it", () => {
    const huge = said(2, "toolResult", { content: "x".repeat(6 << 20) });
    assert.deepEqual(tailOf(jsonl(header, said(1, "user"), huge)), {
      decided: false,
      torn: false,
      header: head,
      firstUserAt: ms(1),
    });
  });

  it("decides where the huge entry lies before the last message", () => {
    const huge = said(2, "toolResult", { content: "x".repeat(6 << 20) });
    const tail = tailOf(jsonl(header, said(1, "user"), huge, said(3, "assistant", { stopReason: "stop" })));
    assert.deepEqual([tail.decided, tail.lastMessage?.role], [true, "assistant"]);
  });

  it("stands what no program writes: messages without a message, odd roles, odd stop reasons", () => {
    const tail = tailOf(
      jsonl(
        { type: "message" },
        { type: "message", message: null },
        { type: "message", message: { role: 7, stopReason: {}, openclawAbort: true, model: [] }, timestamp: {} },
      ),
    );
    assert.deepEqual(tail.lastMessage, { role: "", offset: tail.lastMessage?.offset, abort: false });
  });

  it("knows a user's abort by the gateway's own message, although it says stop (2026.5.18)", () => {
    const tail = tailOfFile(genuine("2026.5.18-failed-timeout-aborted", "main", "agent:main:abort-chat"));
    assert.deepEqual(
      { role: tail.lastMessage?.role, stop: tail.lastMessage?.stopReason, abort: tail.lastMessage?.abort },
      { role: "assistant", stop: "stop", abort: true },
    );
  });

  it("knows an abort by either of its two marks", () => {
    const injected = said(1, "assistant", { stopReason: "stop", model: "gateway-injected" });
    const marked = said(1, "assistant", { stopReason: "stop", openclawAbort: { aborted: true } });
    const unmarked = said(1, "assistant", { stopReason: "stop", openclawAbort: { aborted: false } });
    const aborts = [injected, marked, unmarked].map((entry) => tailOf(jsonl(header, entry)).lastMessage?.abort);
    assert.deepEqual(aborts, [true, true, false]);
  });

  it("finds the user's second message at the end of a run that was killed (2026.5.18)", () => {
    const tail = tailOfFile(genuine("2026.5.18-sigkill-not-restarted", "main", "agent:main:main"));
    assert.equal(tail.lastUserMessage?.role, "user");
    assert.deepEqual(tail.lastMessage, tail.lastUserMessage);
  });

  it("finds the last of four errors (2026.5.18, HTTP 500)", () => {
    const tail = tailOfFile(genuine("2026.5.18-failed-timeout-aborted", "main", "agent:main:http500"));
    assert.deepEqual([tail.lastMessage?.role, tail.lastMessage?.stopReason], ["assistant", "error"]);
  });

  it("finds the torn line of the store that was torn by hand", () => {
    const sessions = join(unpackCase("2026.5.18-handmade-torn").home, ".openclaw", "agents", "main", "sessions");
    const torn = readdirSync(sessions)
      .filter((name) => /^[^.]+\.jsonl$/.test(name))
      .filter((name) => tailOfFile(join(sessions, name)).torn);
    const reallyTorn = readdirSync(sessions)
      .filter((name) => /^[^.]+\.jsonl$/.test(name))
      .filter((name) => !readFileSync(join(sessions, name), "utf8").endsWith("}\n"));
    assert.deepEqual(torn, reallyTorn);
    assert.equal(torn.length, 1);
  });
});
