/**
 * Carries out `millrace bench compare`: shows two runs side by side, on the screen and in files.
 *
 * Invariants: every error in the files is reported before anything is written; a compared file is never written to.
 */
import { realpathSync } from 'node:fs';
import { describeRuns, type ReadRun, reportRuns, type RunsReport } from './report.js';
import { UsageError } from '../options/flags.js';
import { checkDistinct, checkWritable, writeJson, writeText } from '../store/json-file.js';
import { renderMarkdownDocument } from '../report/markdown/document.js';
import { readRun } from './read-run.js';
import { renderDocument } from '../report/terminal/document.js';
import type { Paint } from '../report/terminal/paint.js';
import { DEFAULT_COLUMNS } from '../report/terminal/screen.js';
import { wrap } from '../report/terminal/wrap.js';

/** Raised when a reader of the old format would misread the new one. */
const COMPARISON_SCHEMA = 'millrace-bench-comparison/1';

/** Paths of the comparison's files; undefined: not written. */
export interface CompareTargets {
  readonly json?: string | undefined;
  readonly md?: string | undefined;
}

/** Reads both files, writes the requested ones and returns the text to print. @throws UsageError */
export function compareFiles(
  operands: readonly string[],
  paint: Paint,
  { json, md }: CompareTargets = {},
  columns: number = DEFAULT_COLUMNS,
): string {
  const [before, after, ...rest] = operands;
  if (before === undefined || after === undefined || rest.length > 0) {
    throw new UsageError("'compare' needs two files written by --json.");
  }
  const report = reportRuns(
    { path: before, run: readRun(before) },
    { path: after, run: readRun(after) },
  );
  checkDistinct({ json, md });
  for (const [option, path] of Object.entries({ json, md })) {
    if (path === undefined) continue;
    checkWritable(option, path);
    checkNoInput(option, path, [before, after]);
  }
  const document = describeRuns(report);
  if (json !== undefined) writeJson(json, dataOf(report));
  if (md !== undefined) writeText(md, renderMarkdownDocument(document, '#').join('\n'));
  const written = [json, md].filter((path) => path !== undefined);
  return [
    ...renderDocument(document, paint, columns),
    ...(written.length === 0 ? [] : ['', ...wrap(`Written: ${written.join(', ')}`)]),
    '',
  ].join('\n');
}

function checkNoInput(option: string, path: string, inputs: readonly string[]): void {
  const input = inputs.find((each) => realPathOf(each) === realPathOf(path));
  if (input === undefined) return;
  throw new UsageError(
    `Option '--${option}' is '${path}', one of the files to compare; valid is another file.`,
  );
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** The data that `--json` writes: the metrics of both runs, paired. */
function dataOf({ before, after, warnings, comparison }: RunsReport): object {
  return {
    schema: COMPARISON_SCHEMA,
    before: headOf(before),
    after: headOf(after),
    warnings,
    ...comparison,
  };
}

function headOf({ path, run: { schema, command, startedAt, environment } }: ReadRun): object {
  return { path, schema, command, startedAt, environment };
}
