// Points in time, in a person's language. Knows nothing of VS Code.

/** The first of each kind takes ten milliseconds to make. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** `14:03`, or `19 Nov 06:00` where it is of another day than `now`. Both in epoch milliseconds. */
export function shortTime(at: number, { locale, now }: { readonly locale: string; readonly now: number }): string {
  const date = new Date(at);
  const time = [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
  if (date.toDateString() === new Date(now).toDateString()) return time;
  const parts = formatOf(locale, { day: "numeric", month: "short" }).formatToParts(at);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("day")} ${part("month")} ${time}`;
}

export function longTime(at: number, locale: string): string {
  return formatOf(locale, { dateStyle: "medium", timeStyle: "medium" }).format(at);
}

function formatOf(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${locale} ${Object.keys(options).join(" ")}`;
  const known = formats.get(name) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(name, known);
  return known;
}
