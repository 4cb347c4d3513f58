// What the scanner calls parsable is exactly what JSON.parse calls so, and its rows are JSON.parse's rows, wherever the
// borders of what is read at once fall.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { oversize } from "../../src/inspect/openclawJson/rowCollector.ts";
import { mutate, randomNumbers } from "../mutations.ts";
import { compare, parsed, scanBytes } from "../reading.ts";

const readSizes = [1, 2, 7, 4096, 1 << 20];

/** A value in the places where one can stand: a row, a field in use, a field that is not, and deep inside. */
function places(value: string): string[] {
  return [
    `{"k":${value}}`,
    `{"k":{"status":${value}}}`,
    `{"k":{"other":${value}}}`,
    `{"k":{"acp":{"a":[1,${value},{"b":${value}}]}}}`,
    `{"k":[${value}]}`,
    `{"k":{"status":${value},"status":1},"k":{"label":${value}}}`,
  ];
}

const numbers = [
  ...["0", "-0", "1", "-1", "10", "1e5", "1E5", "1e+5", "1E-5", "0e0", "0.0", "-0.0e-0", "1.5e308", "1e999", "-1e-999"],
  ...[
    "123456789012345678901234567890",
    "0.1234567890123456789",
    "00",
    "01",
    "-01",
    "1.",
    ".1",
    "-.1",
    "-",
    "+1",
    "--1",
  ],
  ...["1e", "1e+", "1E-", "1.e1", "0x1", "0b1", "1_000", "1a", "1.2.3", "1e1.5", "NaN", "Infinity", "-Infinity", "1n"],
  ...["- 1", "1 2", "0.e1", "2.e+3", "１", "1\u00a0", "0e", "9.3e+3e", "-a", "1,"],
];
const literals = [
  ...["true", "false", "null", "tru", "truee", "True", "TRUE", "nul", "nulll", "undefined", "t", "f", "n", "nan"],
  ...["true false", "falsetrue", "nu ll", "none", "''", "'a'", "`a`", "a", "$", "@", "=", "#", "//c", "/**/1", "*"],
];
const strings = [
  ...[
    '""',
    '"a"',
    '"a',
    'a"',
    '"',
    '"\\"',
    '"\\',
    '"\\\\"',
    '"\\/\\b\\f\\n\\r\\t"',
    '"\\a"',
    '"\\x41"',
    '"\\0"',
    '"\\\'"',
  ],
  ...['"\\u0041"', '"\\u004"', '"\\u00"', '"\\u0"', '"\\u"', '"\\u004g"', '"\\U0041"', '"\\u 041"', '"\\u-041"'],
  ...['"\\ud83d\\ude00"', '"\\ud800"', '"\\udc00\\ud800"', '"\\uDEAD"', '"\\u0000"', '"\\uFFFF"', '"\\u00zz"'],
  ...['"\t"', '"\n"', '"\r"', '"\0"', '"\u001f"', '"\u007f"', '"\u0080"', '"\u2028\u2029"', '"\ufeff"', '"\u{1f600}"'],
  ...['"a" "b"', '"a"b', '"a""b"', '"\\ "', '"\\\n"', '"é\\u00e9"', '"\\\\\\""', '"\\"\\\\"'],
];
const structures = [
  ...[
    "{}",
    "[]",
    "[1]",
    "[1,2]",
    "{ }",
    "[ ]",
    "[,]",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1 2]",
    "[1;2]",
    "[1:2]",
    "[",
    "]",
    "[",
  ],
  ...["{", "}", "{]", "[}", "[[]", "[]]", "{{}}", '{"a"}', '{"a":}', '{"a" 1}', '{"a"::1}', '{"a":1,}', "{,}", "{:1}"],
  ...['{"a":1 "b":2}', '{"a":1;"b":2}', '{"a":1,,"b":2}', "{1:2}", "{a:1}", "{null:1}", "{'a':1}", '{"a":1}}', "[{}]"],
  ...[
    '{"":0}',
    '{"a":1,"a":2}',
    '{"a":{"a":{"a":[]}}}',
    "[[[[[[]]]]]]",
    '[{"a":[{"b":[]}]}]',
    '["a","b",{"c":null}]',
    "",
  ],
];

const documents = [
  ...[
    "",
    " ",
    "\n",
    "{}",
    " {} ",
    "\t{}\r\n",
    "{}{}",
    "{} {}",
    "{},",
    "{}x",
    "[]",
    "[{}]",
    "null",
    "true",
    "1",
    '"a"',
    "{",
  ],
  ...[
    "}",
    '{"',
    '{"a',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '{"a":{',
    '{"a":{}',
    "\ufeff{}",
    "{\ufeff}",
    "{}\ufeff",
    "{}\0",
  ],
  ...[
    "\0{}",
    "\v{}",
    "\f{}",
    "\u00a0{}",
    "\u2028{}",
    "{}\u2003",
    "{}//",
    "/**/{}",
    '{"a":1}\n\n\n',
    '{\r\n"a":\r\n1\r\n}',
  ],
  ...[
    '{"__proto__":{"status":"running"}}',
    '{"constructor":{"status":"done"}}',
    '{"":{"status":"done"}}',
    '{"a":{"":1}}',
  ],
  ...[
    '{"a":{"__proto__":{"status":"x"},"status":"y"}}',
    '{"toString":null,"hasOwnProperty":1}',
    '{"1":{},"0":{},"a":{}}',
  ],
  ...['{"a":{"st\\u0061tus":"running"}}', '{"\\u0061":{"status":1},"a":{"status":2}}', '{"a":{"status":1},"a":null}'],
  ...['{"a":null,"a":{"status":1}}', '{"a":{"status":{"status":1}}}', '{"a":[{"status":1}],"b":{"status":2}}'],
  ...[
    '{"a":{"status":"x","b":{"status":"y"},"endedAt":1}}',
    `{"${"k".repeat(10_240)}":{"label":"${"v".repeat(10_240)}"}}`,
  ],
  ...['{"😀":{"label":"😀\\n😀"}}', '{"a\\u0000b":{"label":"\\u0000"}}', '{"\\ud800":{"label":"\\udfff"}}'],
];

const bytesAsTheyAre: [string, Buffer][] = [
  ["UTF-8 with BOM", Buffer.from('\ufeff{"a":{}}')],
  ["UTF-16LE", Buffer.from('{"a":{}}', "utf16le")],
  ["UTF-16LE with BOM", Buffer.from('\ufeff{"a":{}}', "utf16le")],
  ["UTF-16BE", Buffer.from('{"a":{}}', "utf16le").swap16()],
  ["latin1 in a string", Buffer.from('{"a":{"label":"\u00e9t\u00e9"}}', "latin1")],
  ["latin1 in a key", Buffer.from('{"\u00e9":{"label":1},"\u00ea":2}', "latin1")],
  [
    "a surrogate as UTF-8",
    Buffer.concat([Buffer.from('{"a":{"label":"'), Buffer.from("eda080", "hex"), Buffer.from('"}}')]),
  ],
  ["overlong", Buffer.concat([Buffer.from('{"a":{"label":"'), Buffer.from("c0af", "hex"), Buffer.from('"}}')])],
  ["a cut character", Buffer.concat([Buffer.from('{"a":{"label":"'), Buffer.from("e282", "hex"), Buffer.from('"}}')])],
  ["a lone continuation outside", Buffer.concat([Buffer.from('{"a":'), Buffer.from("80", "hex"), Buffer.from("1}")])],
  ["0xff everywhere", Buffer.alloc(64, 0xff)],
  ["zeros, as a crash leaves them", Buffer.alloc(4096)],
  ["a store that ends in zeros", Buffer.concat([Buffer.from('{"a":{}}'), Buffer.alloc(512)])],
];

const casesDirectory = join(import.meta.dirname, "..", "fixtures", "openclaw");

/** A genuine store without the snapshots that make its rows long. */
function shortStore(caseName: string, agent: string): Buffer {
  const path = join(casesDirectory, caseName, "home", ".openclaw", "agents", agent, "sessions", "sessions.json");
  const store = JSON.parse(readFileSync(path, "utf8")) as Record<string, Record<string, unknown>>;
  for (const row of Object.values(store)) {
    delete row["skillsSnapshot"];
    delete row["systemPromptReport"];
  }
  return Buffer.from(JSON.stringify(store, null, 2));
}

/** Of a few names, so that rows repeat one another; deep here and there. */
function nestedRow(random: (below: number) => number): Record<string, unknown> {
  const value = (depth: number): unknown => {
    const scalars = [
      random(1e9),
      -random(99) / 7,
      random(9) * 1e-9,
      6e22,
      'a "b" \\ \n é \u{1f600}',
      "plain",
      true,
      null,
    ];
    if (depth === 0 || random(3) > 0) return scalars[random(scalars.length)];
    if (random(40) === 0) return JSON.parse("[".repeat(20) + "]".repeat(20));
    if (random(2) === 0) return Array.from({ length: random(4) }, () => value(depth - 1));
    return Object.fromEntries(["on", "of", "with"].slice(random(4)).map((name) => [name, value(depth - 1)]));
  };
  const names = ["status", "label", "origin", "acp", "estimatedCostUsd", "report"];
  return Object.fromEntries(names.slice(random(3)).map((name) => [name, value(5)]));
}

describe("store scanner", () => {
  for (const [kind, values] of Object.entries({ numbers, literals, strings, structures })) {
    it(`agrees with JSON.parse on ${kind}, wherever they stand`, () => {
      for (const value of values) {
        for (const text of places(value)) for (const size of readSizes) compare(Buffer.from(text), size, text);
      }
    });
  }

  it("agrees with JSON.parse on whole documents", () => {
    for (const text of documents) for (const size of readSizes) compare(Buffer.from(text), size, text.slice(0, 80));
  });

  for (const [name, bytes] of bytesAsTheyAre) {
    it(`agrees with JSON.parse on bytes that are no plain text: ${name}`, () => {
      for (const size of readSizes) compare(bytes, size, name);
    });
  }

  it("says where a store stops being JSON", () => {
    const { scan } = scanBytes(Buffer.from('{"a": {"status": "done",}}'), 7);
    assert.deepEqual(scan, { ok: false, offset: 24, reason: "a key is missing" });
    assert.deepEqual(scanBytes(Buffer.alloc(0), 7).scan, { ok: false, offset: 0, reason: "it is empty" });
    assert.deepEqual(scanBytes(Buffer.from('{"a":{'), 1).scan, {
      ok: false,
      offset: 6,
      reason: "it ends in the middle",
    });
  });

  it("reads a nesting of 100,000 as JSON.parse does", () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    for (const text of [`{"a":{"b":${deep}}}`, `{"a":{"acp":${deep}}}`, `{"a":${deep}}`, `{"a":${deep.slice(1)}}`]) {
      assert.equal(scanBytes(Buffer.from(text), 4096).scan.ok, parsed(Buffer.from(text)) !== undefined);
    }
    const objects = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    assert.equal(scanBytes(Buffer.from(objects), 1 << 20).scan.ok, true);
  });

  it("leaves long values and keys undecoded, wherever the window ends", () => {
    const long = "x".repeat((1 << 16) + 1);
    for (const padding of [0, 1, 900_000, (1 << 20) - 70_000, (1 << 20) - 20]) {
      const text = `{"pad":"${"p".repeat(padding)}","a":{"label":"${long}","status":"done"},"${long}":{"status":"done"}}`;
      const { scan, rows } = scanBytes(Buffer.from(text), 1 << 20);
      assert.equal(scan.ok, true);
      assert.ok(rows.get("a")?.fields["label"] === oversize, `after ${padding} bytes`);
      assert.equal(rows.get("a")?.fields["status"], "done");
      const unnamed = [...rows.keys()].filter((key) => key.startsWith("(a key of "));
      assert.equal(unnamed.length, 1, `after ${padding} bytes`);
    }
  });

  it("calls every truncation of a genuine store unparsable, and the whole one not", () => {
    const store = shortStore("2026.4.2-sigkill-not-restarted", "work");
    for (let length = 0; length <= store.length; length++) {
      const readBytes = readSizes[length % readSizes.length] ?? 1;
      assert.equal(compare(store.subarray(0, length), readBytes, `${length} bytes`), length === store.length);
    }
  });

  it("reads what rows repeat as JSON.parse does, also where a byte of it differs, is missing or is too much", () => {
    const random = randomNumbers(20_261_121);
    const snapshot = {
      prompt: 'say \\ "it" '.repeat(30),
      skills: Array.from({ length: 20 }, (_, i) => ({ name: `s${i}` })),
    };
    const row = {
      status: "done",
      skillsSnapshot: snapshot,
      report: { tools: snapshot.skills, skills: snapshot.skills },
    };
    const store = Object.fromEntries(["a", "b", "c", "d"].map((key) => [key, { ...row, label: key }]));
    const seen = { parsable: 0, broken: 0 };
    for (let round = 0; round < 2000; round++) {
      const whole = Buffer.from(JSON.stringify(store, null, random(2) * 2));
      const bytes = round % 20 === 0 ? whole : mutate(whole, random);
      const readBytes = [61, 4096, 1 << 20][random(3)] ?? 1;
      seen[compare(bytes, readBytes, `round ${round}`) ? "parsable" : "broken"] += 1;
    }
    assert.ok(seen.parsable > 300 && seen.broken > 300, JSON.stringify(seen));
  });

  it("reads rows of the same names as JSON.parse does, also where one has others, another order or a byte that differs", () => {
    const random = randomNumbers(20_261_122);
    const values = [0, 1795169700000, -3, 1.5, true, false, null, "done", "with \\ in it", "", [], {}, { on: "web" }];
    const names = ["sessionId", "updatedAt", "status", "label", "channel", "model", "runtimeMs"];
    const rowOf = (): unknown => {
      if (random(12) === 0) return [[1, 2], null, "row"][random(3)];
      const own = names.filter(() => random(8) > 0);
      return Object.fromEntries((random(6) === 0 ? own.toReversed() : own).map((name) => [name, values[random(13)]]));
    };
    const seen = { parsable: 0, broken: 0 };
    for (let round = 0; round < 3000; round++) {
      const store = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`row ${i}`, rowOf()]));
      const whole = Buffer.from(JSON.stringify(store, null, [0, 2, "\t"][random(3)]));
      const bytes = round % 5 === 0 ? whole : mutate(whole, random);
      const readBytes = [97, 4096, 1 << 20][random(3)] ?? 1;
      seen[compare(bytes, readBytes, `round ${round}`) ? "parsable" : "broken"] += 1;
    }
    assert.ok(seen.parsable > 500 && seen.broken > 500, JSON.stringify(seen));
  });

  it("reads rows that hold objects and lists of their own as JSON.parse does, and says the same of what is broken", () => {
    const random = randomNumbers(20_261_123);
    const seen = { parsable: 0, broken: 0 };
    for (let round = 0; round < 1500; round++) {
      const store = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`row ${i}`, nestedRow(random)]));
      const whole = Buffer.from(JSON.stringify(store, null, [0, 1, 2, "\t"][random(4)]));
      const bytes = round % 5 === 0 ? whole : mutate(whole, random);
      seen[compare(bytes, 1 << 20, `round ${round}`) ? "parsable" : "broken"] += 1;
      const { scan } = scanBytes(bytes, 1 << 20);
      for (const size of [1, 89]) assert.deepEqual(scanBytes(bytes, size).scan, scan, `round ${round}`);
    }
    assert.ok(seen.parsable > 300 && seen.broken > 300, JSON.stringify(seen));
  });

  it("reads a store of more than it reads at once as JSON.parse does, whatever stands where that ends", () => {
    const random = randomNumbers(20_261_124);
    const seen = { parsable: 0, broken: 0 };
    const long = "what is long ".repeat(300);
    for (let round = 0; round < 24; round++) {
      const rows = Array.from({ length: 120 }, (_, i) => {
        const own = {
          ...nestedRow(random),
          prompt: long.slice(random(3000)),
          list: new Array(random(400)).fill(i / 7),
        };
        return [`row ${i}`, { ...own, report: { at: i, own, tools: new Array(90).fill({ name: "tool", chars: 7 }) } }];
      });
      const whole = Buffer.from(JSON.stringify(Object.fromEntries(rows), null, random(2) * 2));
      assert.ok(whole.length > (5 << 20) / 4);
      // At the end of what is read first, or after it.
      const at = (1 << 20) - 2000 + random(4000);
      const bytes =
        round % 3 === 0 ? whole : Buffer.concat([whole.subarray(0, at), mutate(whole.subarray(at), random)]);
      seen[compare(bytes, 1 << 20, `round ${round}`) ? "parsable" : "broken"] += 1;
    }
    assert.ok(seen.parsable > 7 && seen.broken > 5, JSON.stringify(seen));
  });

  for (const [caseName, agent] of [
    ["2026.4.2-sigkill-not-restarted", "main"],
    ["2026.5.18-completed", "main"],
    ["2026.5.18-failed-timeout-aborted", "main"],
    ["2026.5.18-reset-delete-cron-subagent", "main"],
    ["2026.9.6-downgrade-sessions-json-next-to-sqlite", "main"],
    ["2026.5.18-handmade-torn", "work"],
  ] as const) {
    it(`reads the genuine store of ${caseName} as JSON.parse does`, () => {
      const path = join(casesDirectory, caseName, "home", ".openclaw", "agents", agent, "sessions", "sessions.json");
      const bytes = readFileSync(path);
      for (const size of [7, 4096, 1 << 20]) compare(bytes, size, caseName);
    });
  }

  it("agrees with JSON.parse on thousands of mutations of genuine rows", () => {
    const random = randomNumbers(20_261_120);
    const stores = [
      shortStore("2026.4.2-sigkill-not-restarted", "work"),
      shortStore("2026.5.18-reset-delete-cron-subagent", "work"),
    ];
    const seen = { parsable: 0, broken: 0 };
    for (let round = 0; round < 2000; round++) {
      let bytes = stores[round % stores.length] ?? Buffer.alloc(0);
      for (let times = 1 + random(3); times > 0; times--) bytes = mutate(bytes, random);
      const readBytes = [1, 7, 61, 4096][random(4)] ?? 1;
      seen[compare(bytes, readBytes, `round ${round}`) ? "parsable" : "broken"] += 1;
    }
    assert.ok(seen.parsable > 200 && seen.broken > 200, JSON.stringify(seen));
  });
});
