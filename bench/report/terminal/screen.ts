/**
 * Describes where a report is written, and how wide it is there: as wide as the terminal.
 *
 * Invariants: never narrower than 60 columns, which every table and chart can be fitted into; where
 * nobody says how wide the screen is, 80. Sentences stay narrower, as long lines are hard to read.
 */
export const MIN_COLUMNS = 60;
export const DEFAULT_COLUMNS = 80;
/** Of a sentence. */
const MAX_TEXT_COLUMNS = 100;

/** Where a report is written; process.stdout is one. */
export interface Screen {
  readonly isTTY?: boolean;
  /** Unknown where it is no terminal. */
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Shows nothing: for `--quiet`. */
export const SILENT: Screen = { write: () => {} };

/** A stream with a width: its terminal's, as it is at that moment, or else that of `COLUMNS`. */
export function screenOf(stream: Screen, environment: NodeJS.ProcessEnv): Screen {
  const columns = Number(environment['COLUMNS']);
  const given = Number.isInteger(columns) && columns > 0 ? columns : undefined;
  return {
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns ?? given;
    },
    write: (text) => stream.write(text),
  };
}

/** The columns of a report on that screen. */
export function columnsOf({ columns }: Pick<Screen, 'columns'>): number {
  return Math.max(MIN_COLUMNS, columns ?? DEFAULT_COLUMNS);
}

/** The columns of a sentence in a report of so many. */
export function textColumns(columns: number): number {
  return Math.min(columns, MAX_TEXT_COLUMNS);
}
