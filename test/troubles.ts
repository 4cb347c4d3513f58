// Bytes that a file may hold where JSON is looked for, and what is said of the ones that are none.
import { done, key, minute, now } from "./homeBuilder.ts";

const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");
export const row = `"${key}": {"sessionId": "a", "status": "done", "updatedAt": ${now - minute}}`;

/** What stands in the way of reading, and what is said of it. */
export const broken: readonly (readonly [string, string | Buffer, RegExp])[] = [
  ["nothing", "", /: it is empty \(line 1, byte 0 of 0\)\.$/],
  ["blanks only", " \n\t ", /: it is empty|: it ends in the middle/],
  ["a byte order mark", `\ufeff{${row}}`, /: it begins with a byte order mark \(line 1, byte 0/],
  ["UTF-16, little end first", utf16(`\ufeff{${row}}`), /: it is UTF-16, not UTF-8 \(/],
  ["UTF-16, big end first", utf16(`\ufeff{${row}}`).swap16(), /: it is UTF-16, not UTF-8 \(/],
  ["UTF-16 without a mark", utf16(`{${row}}`), /: a key is missing \(line 1, byte 1 /],
  ["NULs, as a crash leaves them", Buffer.alloc(4096), /: it begins with NUL bytes, as a crash can leave it/],
  ["NULs after it", Buffer.concat([Buffer.from(`{${row}}`), Buffer.alloc(9)]), /: something after the end/],
  ["a NUL in a string", '{"a": {"label": "x\0y"}}', /: a control character inside a string/],
  ["a list", `[{${row}}]`, /: it is no JSON object/],
  ["null", "null", /: it is no JSON object/],
  ["a string", '"{}"', /: it is no JSON object/],
  ["two stores", `{${row}}{${row}}`, /: something after the end/],
  ["a comma too many", `{${row},}`, /: a key is missing/],
  ["a comma too few", `{${row} ${row}}`, /: a comma or } is missing/],
  ["no colon", '{"a" 1}', /: a colon is missing/],
  ["single quotes", "{'a': 1}", /: a key is missing/],
  ["names without quotes", "{a: 1}", /: a key is missing/],
  ["comments", `{/* mine */ ${row}}`, /: a key is missing/],
  ["NaN", '{"a": {"updatedAt": NaN}}', /: a value is missing/],
  ["undefined", '{"a": undefined}', /: a value is missing/],
  ["a word of Python", '{"a": True}', /: a value is missing/],
  ["a word that ends early", '{"a": tru}', /: an unknown word/],
  ["a number with a leading zero", '{"a": 01}', /: a comma or } is missing/],
  ["a number that ends early", '{"a": 1.}', /: an unfinished number/],
  ["a hexadecimal number", '{"a": 0x1}', /: a comma or } is missing/],
  ["an escape that JSON has not", '{"a": "\\x41"}', /: an unknown escape inside a string/],
  ["an escape that ends early", '{"a": "\\u00"}', /: an unfinished \\u escape inside a string/],
  ["a line break in a string", '{"a": "x\ny"}', /: a control character inside a string/],
  ["brackets that do not match", '{"a": [1}', /: a comma or \] is missing/],
  [
    "a depth of 100,000 that never ends",
    `{"a": ${"[".repeat(100_000)}`,
    /: it ends in the middle \(line 1, byte 100006 /,
  ],
  ["another program's bytes", Buffer.from("7f454c460201", "hex"), /: it is no JSON object/],
];

/** What JSON allows and no program writes: read as JSON.parse reads it, judged without a guess. */
export const odd: readonly (readonly [string, string, readonly string[]])[] = [
  ["no rows", "{}", []],
  ["rows that are no objects", '{"a": null, "b": [], "c": 1, "d": "running", "e": true}', ["a", "b", "c", "d", "e"]],
  [
    "duplicate keys: the last counts",
    `{"a": {"status": "running"}, "b": {}, "a": ${JSON.stringify(done())}}`,
    ["a", "b"],
  ],
  [
    "__proto__ and constructor",
    '{"__proto__": {"status": "running"}, "constructor": {}, "toString": null}',
    ["__proto__", "constructor", "toString"],
  ],
  ["an empty key", '{"": {"status": "done"}}', [""]],
  ["lone surrogates", '{"\\ud800": {"label": "\\udfff", "status": "\\ud83d"}}', ["\ud800"]],
  ["escapes in a key", '{"a\\u0000\\n\\u001b[31m": {}}', ["a\0\n\u001b[31m"]],
  ["a depth of 100,000 in a field", `{"a": {"acp": ${"[".repeat(100_000)}${"]".repeat(100_000)}}}`, ["a"]],
  ["a depth of 100,000 in a row", `{"a": ${'{"b":'.repeat(100_000)}1${"}".repeat(100_000)}}`, ["a"]],
  [
    "numbers that no number holds",
    '{"a": {"startedAt": 1e999, "updatedAt": -1e999, "runtimeMs": 123456789012345678901234567890}}',
    ["a"],
  ],
];

const deepest = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
/** All of it, and what is JSON but nothing that was looked for. */
export const troubles = [
  ...broken.map(([, bytes]) => bytes),
  ...odd.map(([, text]) => text),
  ...[
    "{}",
    "[]",
    '{"runs": {"a": null, "b": []}}',
    '{"runs": [null, 1, {"runId": 1}]}',
    '{"pid": -1}',
    '{"pid": 1e300}',
    '{"pid": "1"}',
  ],
  ...[`${"x".repeat(1 << 20)}\n`, "\n".repeat(10_000), `${deepest}\n${deepest}`, Buffer.alloc(5 << 20, 0x5b)],
];
