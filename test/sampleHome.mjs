// A home that shows every finding of the JSON stores at least once, among a healthy majority. Its rows, transcripts and
// trajectories are genuine ones of the captured cases under other names, with their times moved so that they look recent.
// Not in it is what needs a living process, a gateway's word, a network mount, or files that others may read.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inner, innerMaintenance, outer } from "./sample/forgotten.mjs";
import { cronJob } from "./sample/genuine.mjs";
import { later, nextGeneration, sick } from "./sample/sick.mjs";
import { well } from "./sample/well.mjs";

const cases = join(import.meta.dirname, "fixtures", "openclaw");
const minuteMs = 60_000;
const usualModel = "anthropic/claude-sonnet-4.5";

/** Above what Linux (2^22) and macOS (99,998) ever give to a process: surely dead. */
const deadPid = 4_194_305;

/**
 * Writes the sample home into `directory`, which is made where it is missing.
 * Deterministic but for the clock: keys, ids and ages are always the same.
 * @param {string} directory
 * @returns {Promise<string>} the home, which is `directory`
 */
export async function prepareSampleHome(directory) {
  const now = Date.now();
  const sample = { home: directory, now };
  await writeStateDir(sample, ".openclaw", "2026.5.18", [...well, ...sick]);
  await writeBroken(sample, join(directory, ".openclaw", "agents"));
  await writeRegistries(sample, join(directory, ".openclaw"));
  await writeStateDir(sample, ".openclaw-next", "2026.7.1", nextGeneration);
  await writeStateDir(sample, ".openclaw-old", "2026.5.18", outer);
  await writeStateDir(sample, ".openclaw-old/.openclaw", "2026.5.18", inner, innerMaintenance);
  await writeDebris(sample, join(directory, ".openclaw-old"));
  return directory;
}

/**
 * @typedef {{ home: string, now: number }} Sample
 * @typedef {import("./sample/genuine.mjs").SampleSession} SampleSession
 */

/**
 * @param {Sample} sample
 * @param {string} name
 * @param {string} version
 * @param {readonly SampleSession[]} sessions
 * @param {object} [maintenance] of its configuration
 */
async function writeStateDir(sample, name, version, sessions, maintenance) {
  const stateDir = join(sample.home, name);
  const touched = { lastTouchedVersion: version, lastTouchedAt: new Date(sample.now - 9 * 24 * 60 * minuteMs) };
  await write(
    join(stateDir, "openclaw.json"),
    JSON.stringify({ meta: touched, ...(maintenance && { session: { maintenance } }) }, null, 2),
    sample.now,
  );
  for (const agent of new Set(sessions.map((session) => session.agent))) {
    const directory = join(stateDir, "agents", agent, "sessions");
    /** @type {Record<string, unknown>} */
    const store = {};
    let newest = 0;
    for (const session of sessions.filter((one) => one.agent === agent)) {
      const at = sample.now - session.minutesAgo * minuteMs;
      newest = Math.max(newest, at);
      store[session.key] =
        session.value !== undefined ? session.value : await writeSession(sample, directory, session, at);
    }
    await write(join(directory, "sessions.json"), JSON.stringify(store, null, 2), newest);
  }
}

/**
 * Writes what lies beside the row and gives the row.
 * @param {Sample} sample
 * @param {string} directory
 * @param {SampleSession} session
 * @param {number} at When the row was last written.
 */
async function writeSession(sample, directory, session, at) {
  const { caseName, agent, key } = session.like;
  const from = join(cases, caseName, "home", ".openclaw", "agents", agent, "sessions");
  const genuine = (await readGenuineStore(join(from, "sessions.json")))[key];
  const sessionId = sampleId(session.sharesIdOf ?? session.key);
  const file = `${sessionId}${session.suffix ?? ""}.jsonl`;
  const shiftMs = at - genuine.updatedAt;
  const model = session.model ?? usualModel;
  const { damage = asItIs, damageTrajectory = asItIs } = session;
  const genuineFile = genuine.sessionFile.split("/").at(-1);
  /** @param {string} text */
  const renew = (text) =>
    shiftTimes(text, shiftMs)
      .replaceAll(`/home/claw/.openclaw/agents/${agent}/sessions/${genuineFile}`, inJson(join(directory, file)))
      .replaceAll(genuine.sessionId, sessionId)
      .replaceAll(`"${key}"`, JSON.stringify(session.key))
      .replaceAll("/home/claw", inJson(sample.home))
      .replaceAll('"fake"', '"openrouter"')
      .replaceAll('"fake-1"', JSON.stringify(model))
      .replaceAll("fake/fake-1", `openrouter/${model}`);

  if (session.sharesIdOf === undefined) {
    const base = genuineFile.replace(/\.jsonl$/, "");
    const ours = join(directory, file.replace(/\.jsonl$/, ""));
    const transcript = await readIfThere(join(from, `${base}.jsonl`));
    if (transcript !== undefined && session.transcript !== "missing") {
      const archive = session.transcript === "archived" ? `.deleted.${archiveTime(at + 2 * minuteMs)}` : "";
      await write(`${ours}.jsonl${archive}`, damage(speak(renew(transcript), session)), at);
    }
    const trajectory = await readIfThere(join(from, `${base}.trajectory.jsonl`));
    if (trajectory !== undefined && session.transcript === undefined) {
      await write(`${ours}.trajectory.jsonl`, damageTrajectory(speak(renew(trajectory), session)), at);
      const pointer = await readFile(join(from, `${base}.trajectory-path.json`), "utf8");
      const moved = pointer.replace(/[^"]*\.trajectory\.jsonl/, inJson(`${ours}.trajectory.jsonl`));
      await write(`${ours}.trajectory-path.json`, renew(moved), at);
    }
    if (session.lock !== undefined) await writeLock(sample, `${ours}.jsonl.lock`, session.lock, at);
  }
  const row = JSON.parse(renew(JSON.stringify(genuine)));
  if (session.label !== undefined) row.label = session.label;
  session.lie?.(row);
  return row;
}

/**
 * @param {Sample} sample
 * @param {string} path
 * @param {NonNullable<SampleSession["lock"]>} lock
 * @param {number} at
 */
async function writeLock(sample, path, lock, at) {
  if (lock === "empty") return write(path, "", at);
  // Taken this very moment: pid 1 of a container may be younger than the session.
  if (lock === "first process") return write(path, lockPayload(1, sample.now), sample.now);
  return write(path, lockPayload(deadPid, at, 88_629), at);
}

/**
 * @param {number} pid
 * @param {number} at
 * @param {number} [starttime]
 */
function lockPayload(pid, at, starttime) {
  return JSON.stringify({ pid, createdAt: new Date(at).toISOString(), starttime }, null, 2);
}

/**
 * Stores that cannot be read: one cut off by a crash of the machine, with a temporary file of its writer beside it, and
 * one that a bad restore left as a directory. And a store lock that nobody holds.
 * @param {Sample} sample
 * @param {string} agents
 */
async function writeBroken(sample, agents) {
  const whole = await readFile(join(agents, "research", "sessions", "sessions.json"), "utf8");
  const notes = join(agents, "notes", "sessions");
  const at = sample.now - 190 * minuteMs;
  await write(join(notes, "sessions.json"), whole.slice(0, Math.floor(whole.length * 0.7)), at);
  await write(join(notes, `.fs-safe-replace.21044.${sampleId("notes")}.tmp`), whole, at - 5 * minuteMs);
  await mkdir(join(agents, "restored", "sessions", "sessions.json"), { recursive: true });
  await write(join(agents, "research", "sessions", "sessions.json.lock"), lockPayload(deadPid + 1, at, 90_117), at);
}

/**
 * What months of kills and clean-ups leave: files that no row names, temporary files, archives past their retention, the
 * lock of a gateway that is gone, and a store that was begun anew beside its conversations.
 * @param {Sample} sample
 * @param {string} profile
 */
async function writeDebris(sample, profile) {
  const stateDir = join(profile, ".openclaw");
  const sessions = join(stateDir, "agents", "main", "sessions");
  const dayMs = 24 * 60 * minuteMs;
  const old = sample.now - 60 * dayMs;
  const from = join(cases, "2026.5.18-completed", "home", ".openclaw", "agents", "main", "sessions");
  const [name] = (await readdir(from)).filter((file) => /^[0-9a-f-]+\.jsonl$/.test(file));
  const genuine = await readFile(join(from, name ?? ""), "utf8");
  const genuineId = (name ?? "").replace(".jsonl", "");
  const conversation = (/** @type {string} */ id, /** @type {number} */ at) =>
    shiftTimes(genuine.replaceAll(genuineId, id), at - Date.UTC(2026, 10, 20)).replaceAll(
      "/home/claw",
      inJson(sample.home),
    );
  const leave = (/** @type {string} */ file, /** @type {string} */ text, at = old) =>
    write(join(sessions, file), text, at);
  await leave("travel-plan-before.jsonl", conversation("travel-plan-before", old));
  await leave(`${sampleId("gone")}.trajectory.jsonl`, "");
  await leave(`${sampleId("main")}.checkpoint.${sampleId("checkpoint")}.jsonl`, conversation(sampleId("main"), old));
  await leave(`${sampleId("deleted")}.jsonl.deleted.${archiveTime(old)}`, conversation(sampleId("deleted"), old));
  await leave(`.fs-safe-replace.21044.${sampleId("forgotten")}.tmp`, "{", sample.now - 3 * dayMs);
  await leave(`.fs-safe-replace.20310.${sampleId("forgotten before")}.tmp`, "{", sample.now - 5 * dayMs);
  await write(join(stateDir, "agents", "lost", "sessions", "sessions.json"), "{}", sample.now - 2 * dayMs);
  for (let i = 0; i < 6; i++) {
    const id = sampleId(`lost ${i}`);
    const at = sample.now - (3 + i) * dayMs;
    await write(join(stateDir, "agents", "lost", "sessions", `${id}.jsonl`), conversation(id, at), at);
  }
  const createdAt = new Date(sample.now - 9 * dayMs).toISOString();
  const lock = { pid: deadPid + 2, createdAt, configPath: join(stateDir, "openclaw.json"), startTime: 90_118 };
  await write(join(profile, "tmp", "openclaw-1000", "gateway.0a1b2c3d.lock"), JSON.stringify(lock), sample.now);
}

/**
 * The sub-agent registry and the cron run log, both of which know that a run ended whose row says it runs.
 * @param {Sample} sample
 * @param {string} stateDir
 */
async function writeRegistries(sample, stateDir) {
  const { subagent, cronRun } = later;
  const genuine = join(cases, "2026.5.18-reset-delete-cron-subagent", "home", ".openclaw");
  const registry = JSON.parse(await readFile(join(genuine, "subagents", "runs.json"), "utf8"));
  const [run] = /** @type {any[]} */ (Object.values(registry.runs));
  const at = sample.now - subagent.minutesAgo * minuteMs;
  const renewed = JSON.parse(
    shiftTimes(JSON.stringify(run), at - run.endedAt)
      .replaceAll("fake/fake-1", `openrouter/${usualModel}`)
      .replaceAll("/home/claw", inJson(sample.home)),
  );
  Object.assign(renewed, { runId: sampleId("sub-agent run"), childSessionKey: subagent.key, task: subagent.ask });
  const runs = { [renewed.runId]: renewed };
  await write(join(stateDir, "subagents", "runs.json"), JSON.stringify({ ...registry, runs }, null, 2), at);

  const endedAt = sample.now - cronRun.minutesAgo * minuteMs;
  const record = (/** @type {number} */ ts, /** @type {string} */ sessionId, /** @type {string} */ sessionKey) =>
    JSON.stringify({
      ts,
      jobId: cronJob,
      action: "finished",
      status: "ok",
      summary: "The report was posted.",
      sessionId,
      sessionKey,
      runAtMs: ts - 41_000,
      durationMs: 41_000,
      nextRunAtMs: ts - 41_000 + 24 * 60 * minuteMs,
    });
  const dayBefore = sampleId("the day before");
  const log = [
    record(endedAt - 24 * 60 * minuteMs, dayBefore, `agent:main:cron:${cronJob}:run:${dayBefore}`),
    record(endedAt, sampleId(cronRun.sharesIdOf ?? ""), cronRun.key),
  ];
  await write(join(stateDir, "cron", "runs", `${cronJob}.jsonl`), `${log.join("\n")}\n`, endedAt);
}

/**
 * Every time in a genuine text, epoch milliseconds and ISO, is moved; all of them were captured within one day.
 * @param {string} text
 * @param {number} shiftMs
 */
function shiftTimes(text, shiftMs) {
  const iso = (/** @type {string} */ time) => new Date(Date.parse(time) + shiftMs).toISOString();
  return text
    .replace(/\b1795\d{9}\b/g, (time) => String(Number(time) + shiftMs))
    .replace(/\b2026-11-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, iso)
    .replace(/\[\w{3} (2026-11-\d\d) (\d\d:\d\d) UTC\]/g, (_, day, time) => {
      const moved = iso(`${day}T${time}:00.000Z`);
      const weekday = new Date(moved).toUTCString().slice(0, 3);
      return `[${weekday} ${moved.slice(0, 10)} ${moved.slice(11, 16)} UTC]`;
    });
}

/**
 * Puts other words into the mouths of those who speak in a transcript or trajectory.
 * @param {string} jsonl
 * @param {SampleSession} session
 */
function speak(jsonl, { ask, answer }) {
  const asked = (/** @type {string} */ text) => text.replace(/UTC\] .*$/s, () => `UTC] ${ask}`);
  const lines = jsonl.split("\n").map((line) => {
    if (line === "") return line;
    const entry = JSON.parse(line);
    if (typeof entry.data?.prompt === "string") entry.data.prompt = asked(entry.data.prompt);
    const role = entry.message?.role;
    for (const part of Array.isArray(entry.message?.content) ? entry.message.content : []) {
      if (part.type !== "text") continue;
      if (role === "user") part.text = asked(part.text);
      if (role === "assistant") part.text = answer;
    }
    return JSON.stringify(entry);
  });
  return lines.join("\n");
}

/** @param {string} text */
function asItIs(text) {
  return text;
}

/** @param {string} seed @returns {string} A session id, the same for the same seed. */
function sampleId(seed) {
  const hex = createHash("sha256").update(seed).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** @param {number} at */
function archiveTime(at) {
  return new Date(at).toISOString().replaceAll(":", "-");
}

/** @param {string} text @returns {string} As it stands inside a JSON string. */
function inJson(text) {
  return JSON.stringify(text).slice(1, -1);
}

/** @type {Map<string, Promise<Record<string, any>>>} */
const genuineStores = new Map();

/**
 * A captured store, parsed once: many sessions are made from it.
 * @param {string} path
 * @returns {Promise<Record<string, any>>}
 */
function readGenuineStore(path) {
  const known = genuineStores.get(path) ?? readFile(path, "utf8").then((text) => JSON.parse(text));
  genuineStores.set(path, known);
  return known;
}

/** @param {string} path */
async function readIfThere(path) {
  return readFile(path, "utf8").catch(() => undefined);
}

/**
 * @param {string} path
 * @param {string} text
 * @param {number} mtimeMs
 */
async function write(path, text, mtimeMs) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o600 });
  await utimes(path, mtimeMs / 1000, mtimeMs / 1000);
}
