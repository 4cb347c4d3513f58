// What the commands print: whole, also through a pipe and at 10,000 sessions (CLI.md), and built piece by piece, since
// nobody needs ten megabytes of it at once.

/** A pipe takes 64 KB at a time. */
const pieceLength = 1 << 16;

/** Resolves when the stream took it all. A reader that closed early is no error of ours. */
export async function print(stream: NodeJS.WriteStream, text: string): Promise<void> {
  await write(stream, text);
}

/** As `JSON.stringify(value, null, 2)` and a newline, with what a terminal would obey or hide escaped as JSON allows. */
export async function printJson(stream: NodeJS.WriteStream, value: unknown): Promise<void> {
  for (const piece of jsonPieces(value)) if (!(await write(stream, piece))) return;
}

/** The text of it, in pieces; lists may be any iterables, and are gone through once. */
export function* jsonPieces(value: unknown): Generator<string> {
  let text = "";
  for (const part of jsonParts(value)) {
    text += part;
    if (text.length < pieceLength) continue;
    yield visible(text);
    text = "";
  }
  yield visible(`${text}\n`);
}

/** Of an object with lists each item for itself: of a scan those are sessions and findings. */
function* jsonParts(value: unknown): Generator<string> {
  if (!isObject(value) || Array.isArray(value)) {
    yield jsonOf(value, "\n");
    return;
  }
  let before = "{\n  ";
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${before}${JSON.stringify(name)}: `;
    before = ",\n  ";
    if (!isIterable(member)) {
      yield jsonOf(member, "\n  ");
      continue;
    }
    let start = "[\n    ";
    for (const item of member) {
      yield `${start}${jsonOf(item, "\n    ")}`;
      start = ",\n    ";
    }
    yield start.startsWith("[") ? "[]" : "\n  ]";
  }
  yield before.startsWith("{") ? "{}" : "\n}";
}

/** `JSON.stringify` with an indentation takes three times as long. @param line a newline and the indentation so far */
function jsonOf(value: unknown, line: string): string {
  if (!isObject(value)) return JSON.stringify(value) ?? "null";
  const inner = `${line}  `;
  let text = "";
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === "" ? "" : ","}${inner}${jsonOf(item, inner)}`;
    return text === "" ? "[]" : `[${text}${line}]`;
  }
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (member === undefined) continue;
    text += `${text === "" ? "" : ","}${inner}${JSON.stringify(name)}: ${jsonOf(member, inner)}`;
  }
  return text === "" ? "{}" : `{${text}${line}}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return isObject(value) && Symbol.iterator in value;
}

/** What a terminal would obey or hide, escaped: the value is the same. Nearly all of it is plain, which is quickly seen. */
function visible(text: string): string {
  if (!text.includes("\u007F") && Buffer.byteLength(text) === text.length) return text;
  return text.replace(/[\u007F-\u009F]|[\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
}

function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`)
    .join("");
}

/** Gives whether somebody still reads. */
function write(stream: NodeJS.WriteStream, text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error.code === "EPIPE") resolve(false);
      else reject(error);
    };
    stream.once("error", failed);
    stream.write(text, (error) => {
      if (error) return;
      stream.off("error", failed);
      resolve(true);
    });
  });
}
