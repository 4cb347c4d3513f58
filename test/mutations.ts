// Random damage, the same for the same seed.

/** mulberry32: the same numbers for the same seed. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const piecesToInsert = [
  '"',
  "\\",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "0",
  "-",
  ".",
  "e",
  "\n",
  "\t",
  "\0",
  "\\u00",
  "null",
  "é",
  '"a":1,',
];

/** The store with one piece of it taken out, doubled, replaced or put elsewhere. */
export function mutate(store: Buffer, random: (below: number) => number): Buffer {
  const at = random(store.length);
  const length = 1 + random(random(4) === 0 ? 200 : 3);
  const [before, cut, after] = [store.subarray(0, at), store.subarray(at, at + length), store.subarray(at + length)];
  const piece = Buffer.from(piecesToInsert[random(piecesToInsert.length)] ?? "");
  switch (random(6)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1:
      return Buffer.concat([before, cut, cut, after]);
    case 2:
      return Buffer.concat([before, piece, cut, after]);
    case 3:
      return Buffer.concat([before, piece, store.subarray(at + 1)]);
    case 4:
      return Buffer.concat([before, Buffer.from([random(256)]), store.subarray(at + 1)]);
    default: {
      const other = random(store.length);
      return Buffer.concat([before, store.subarray(other, other + length), after]);
    }
  }
}
