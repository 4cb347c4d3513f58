// Screenshots for the README, small: what a browser writes as three bytes a dot fits into one, since a window of text has
// few colours that differ to the eye.
import { crc32, deflateSync, inflateSync } from "node:zlib";

interface Image {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue for each dot. */
  readonly dots: Uint8Array;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const paletteSize = 256;

/**
 * @param png as Chromium makes it: 8 bits for each of red, green and blue, not interlaced
 * @returns the same picture with at most 256 colours, the most frequent of its own
 */
export function withPalette(png: Buffer): Buffer {
  const image = decode(png);
  const { palette, indexes } = reduce(image);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(image.width, 0);
  header.writeUInt32BE(image.height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const rows = Buffer.alloc((image.width + 1) * image.height);
  for (let y = 0; y < image.height; y++) {
    rows.set(indexes.subarray(y * image.width, (y + 1) * image.width), y * (image.width + 1) + 1);
  }
  const parts = [chunk("IHDR", header), chunk("PLTE", Buffer.from(palette.flat()))];
  return Buffer.concat([signature, ...parts, chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND")]);
}

function decode(png: Buffer): Image {
  const data: Buffer[] = [];
  let [width, height, depth, kind] = [0, 0, 0, 0];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      [depth, kind] = [body.readUInt8(8), body.readUInt8(9)];
    }
    if (type === "IDAT") data.push(body);
    at += length + 12;
  }
  if (depth !== 8 || kind !== 2)
    throw new Error(`The screenshot has ${depth} bits and colour type ${kind}, not 8 and 2.`);
  return { width, height, dots: unfilter(inflateSync(Buffer.concat(data)), width * 3, height) };
}

/** Takes back what PNG's filters did to each row (PNG specification, 9.2). */
function unfilter(raw: Uint8Array, stride: number, height: number): Uint8Array {
  const dots = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const to = y * stride + x;
      const left = x >= 3 ? (dots[to - 3] ?? 0) : 0;
      const above = y > 0 ? (dots[to - stride] ?? 0) : 0;
      const corner = x >= 3 && y > 0 ? (dots[to - stride - 3] ?? 0) : 0;
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter ?? 0] ?? 0;
      dots[to] = (raw[y * (stride + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return dots;
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

function reduce({ dots }: Image): { palette: number[][]; indexes: Uint8Array } {
  const counts = new Map<number, number>();
  for (let at = 0; at < dots.length; at += 3) {
    const color = colorAt(dots, at);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const colors = [...counts].sort((a, b) => b[1] - a[1]).map(([color]) => color);
  const palette = colors.slice(0, paletteSize).map(parts);
  const nearest = new Map(colors.map((color, rank) => [color, rank < paletteSize ? rank : closest(color, palette)]));
  const indexes = new Uint8Array(dots.length / 3);
  for (let dot = 0; dot < indexes.length; dot++) indexes[dot] = nearest.get(colorAt(dots, dot * 3)) ?? 0;
  return { palette, indexes };
}

function colorAt(dots: Uint8Array, at: number): number {
  return ((dots[at] ?? 0) << 16) | ((dots[at + 1] ?? 0) << 8) | (dots[at + 2] ?? 0);
}

function parts(color: number): number[] {
  return [color >> 16, (color >> 8) & 255, color & 255];
}

function closest(color: number, palette: readonly number[][]): number {
  const wanted = parts(color);
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (const [index, offered] of palette.entries()) {
    const distance = offered.reduce((sum, part, i) => sum + (part - (wanted[i] ?? 0)) ** 2, 0);
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

function chunk(type: string, body: Buffer = Buffer.alloc(0)): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), body]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
