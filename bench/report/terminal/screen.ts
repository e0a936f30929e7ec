/**
 * Defines the screen that a report is written to, and the report's width: that of the terminal.
 *
 * Invariants: a report is never narrower than 60 columns, which every table and chart fits into; if the width is
 * unknown, it is 80. Sentences stay narrower, because long lines are hard to read.
 */
export const MIN_COLUMNS = 60;
export const DEFAULT_COLUMNS = 80;
/** Max width of a sentence. */
const MAX_TEXT_COLUMNS = 100;

/** The output of a report, such as process.stdout. */
export interface Screen {
  readonly isTTY?: boolean;
  /** Undefined if unknown, as without a terminal. */
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Shows nothing: for `--quiet`. */
export const SILENT: Screen = { write: () => {} };

/** Wraps a stream with a width: the current one of its terminal, or else that of `COLUMNS`. */
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

/** Width of a report on this screen. */
export function columnsOf({ columns }: Pick<Screen, 'columns'>): number {
  return Math.max(MIN_COLUMNS, columns ?? DEFAULT_COLUMNS);
}

/** Width of a sentence in a report of this width. */
export function textColumns(columns: number): number {
  return Math.min(columns, MAX_TEXT_COLUMNS);
}
