/** Values of a row by column; the session tables hold no others. */
export type ColumnValues = Readonly<Record<string, string | number | null>>;

/** One session of a database, whole: every column of its row and of its window, and whether its validation is pending, where that is kept. */
export interface RowImage {
  readonly key: string;
  readonly node: ColumnValues;
  /** The window of its current session id; null where it has none. */
  readonly window: ColumnValues | null;
  readonly isPending?: boolean;
}

/** What a receipt keeps of the rows that it changed. */
export interface RowImages {
  readonly schema: 1;
  readonly before: readonly RowImage[];
  readonly after: readonly RowImage[];
}
