// What the commands print: whole, also through a pipe and at 10,000 sessions (CLI.md), and built piece by piece, since
// nobody needs ten megabytes of it at once.

/** Of genuine sessions and findings: 100 to 300 KB. */
const itemsAtOnce = 256;

/** Resolves when the stream took it all. A reader that closed early is no error of ours. */
export async function print(stream: NodeJS.WriteStream, text: string): Promise<void> {
  await write(stream, text);
}

/** As `JSON.stringify(value, null, 2)` and a newline, with what a terminal would obey or hide escaped as JSON allows. */
export async function printJson(stream: NodeJS.WriteStream, value: Readonly<Record<string, unknown>>): Promise<void> {
  for (const piece of jsonPieces(value)) if (!(await write(stream, piece))) return;
}

/** The text of it, in pieces. What it holds may be any iterables: each is gone through once, and becomes a list. */
export function* jsonPieces(value: Readonly<Record<string, unknown>>): Generator<string> {
  let before = "{";
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const start = `${before}\n  ${JSON.stringify(name)}: `;
    before = ",";
    if (isIterable(member)) yield* listPieces(start, member);
    else yield visible(`${start}${JSON.stringify(member, null, 2).replaceAll("\n", "\n  ")}`);
  }
  yield before === "{" ? "{}\n" : "\n}\n";
}

function* listPieces(start: string, list: Iterable<unknown>): Generator<string> {
  let before = start;
  let isEmpty = true;
  for (const items of batches(list)) {
    // Two lists deep they are indented as they are to be: [\n  [\n    {…}\n  ]\n]
    const text = JSON.stringify([items], null, 2);
    // For itself, since to join texts of a megabyte is to copy them.
    yield before;
    yield visible(text.slice(isEmpty ? "[\n  ".length : "[\n  [".length, -"\n  ]\n]".length));
    before = ",";
    isEmpty = false;
  }
  yield isEmpty ? `${start}[]` : "\n  ]";
}

function* batches(list: Iterable<unknown>): Generator<unknown[]> {
  let items: unknown[] = [];
  for (const item of list) {
    if (items.push(item) < itemsAtOnce) continue;
    yield items;
    items = [];
  }
  if (items.length > 0) yield items;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/** What a terminal would obey or hide, escaped: the value is the same. Nearly all of it is plain, which is quickly seen. */
function visible(text: string): string {
  if (isPlain(text)) return text;
  return text.replace(/[\u007F-\u009F]|[\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
}

function isPlain(text: string): boolean {
  return !text.includes("\u007F") && Buffer.byteLength(text) === text.length;
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
    stream.write(text, isPlain(text) ? "latin1" : "utf8", (error) => {
      if (error) return;
      stream.off("error", failed);
      resolve(true);
    });
  });
}
