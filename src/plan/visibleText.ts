// Text of a store, fit to be shown: nothing in it hides, turns round, becomes an icon or a link, or runs on for ever
// (promise 8). For display only; what is copied or compared stays as it was.

/** What shows nothing: format characters, separators, fillers, tags. The joiner inside an emoji shows something. */
const unseen =
  /\u200D(?!\p{Extended_Pictographic})|(?!\u200D)\p{Cf}|[\p{Zl}\p{Zp}\u115F\u1160\u2800\u3164\uFFA0]|\u034F|[\u{E0100}-\u{E01EF}]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const control = /[\u0000-\u001F\u007F-\u009F]/g;
const half = /\p{Cs}/gu;
const icon = /\$(?=\([\w~-]+\))/g;
/** Where Markdown sees a link, `[text](target)` and bare addresses of pages and mail, or another character, `&lt;`. */
const link = /(?<=\])(?=\()|(?<=:)(?=\/\/)|(?<=\bwww)(?=\.)|(?<=@)(?=\w)|(?<=&)(?=#?\w+;)/gi;
const breakUp = "\u200B";
const ellipsis = "…";

/**
 * One line of plain text. Control, bidirectional and zero-width characters become visible marks (`␊`, `<U+202E>`), lone
 * surrogates U+FFFD.
 * @param maxLength in UTF-16 units, the ellipsis of a cut included
 */
export function visibleText(text: string, maxLength: number = Number.POSITIVE_INFINITY): string {
  // A mark is longer than what it stands for, so a text can be cut before it is looked at: 1 MB costs as little as a line.
  const shown = text
    .slice(0, maxLength + 1)
    .replace(half, "\uFFFD")
    .replace(control, controlMark)
    .replace(unseen, mark);
  if (shown.length <= maxLength) return shown;
  // A cut through a pair leaves half a character.
  return shown.slice(0, Math.max(0, maxLength - 1)).replace(/[\uD800-\uDBFF]$/, "") + ellipsis;
}

/** The same of a text of several lines, tabs left as they are. @param maxLength of a line */
export function visibleLines(text: string, maxLength?: number): string {
  const shown = (piece: string): string => visibleText(piece, maxLength);
  return text
    .split("\n")
    .map((line) => line.split("\t").map(shown).join("\t"))
    .join("\n");
}

/**
 * The same for places where VS Code makes icons of `$(name)` or links of what looks like one: labels, CodeLenses, quick
 * picks, notifications, Markdown.
 */
export function labelText(text: string, maxLength: number = 100): string {
  return visibleText(text, maxLength).replace(icon, `$${breakUp}`).replace(link, breakUp);
}

function controlMark(character: string): string {
  const code = character.charCodeAt(0);
  if (code <= 0x1f) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : mark(character);
}

function mark(character: string): string {
  return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}>`;
}
