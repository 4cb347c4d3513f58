// Points in time, in a person's language. Knows nothing of VS Code.

/** The first of each kind takes fifteen milliseconds to make, in which nothing else of the window goes on. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** `14:03`, or `19 Nov 06:00` where it is of another day than `now`. Both in epoch milliseconds. */
export function shortTime(at: number, { locale, now }: { readonly locale: string; readonly now: number }): string {
  const date = new Date(at);
  const time = [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${dayOf(date, locale)} ${time}`;
}

/** `19 Nov` */
function dayOf(date: Date, locale: string): string {
  if (locale === "en") {
    // `Thu Nov 19 2026`, whatever the machine speaks: the language itself says it so, and no format has to be made.
    const [, month, day] = date.toDateString().split(" ");
    return `${Number(day)} ${month}`;
  }
  const parts = formatOf(locale, { day: "numeric", month: "short" }).formatToParts(date);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("day")} ${part("month")}`;
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
