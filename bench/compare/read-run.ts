/**
 * Reads what `--json` has written, for a later look at it.
 *
 * Invariant: what leaves this file has all that a comparison needs, with numbers where it says so and
 * no control characters where it is shown; a file that hasn't is a `UsageError` with path and reason.
 */
import { type BenchFile, SCHEMA } from '../report/bench-file.js';
import { UNITS } from '../report/document.js';
import { UsageError } from '../options/flags.js';
import {
  flawOfEnvironment,
  flawOfFlags,
  flawOfList,
  flawOfNumberList,
  flawOfNumbers,
  flawOfTexts,
  flawOfWord,
  isObject,
} from '../store/flaws.js';
import { readStored } from '../store/stored-json.js';

/** @throws UsageError */
export function readRun(path: string): BenchFile {
  const file = readStored(path, { schema: SCHEMA, description: "a run of 'millrace bench'" });
  const flaw = flawOf(file);
  if (flaw !== undefined) throw new UsageError(`'${path}' is damaged: ${flaw}.`);
  return file as unknown as BenchFile;
}

/** What is wrong with the content, if anything: "results[0].figures[3].median is no number". */
function flawOf(file: Record<string, unknown>): string | undefined {
  return (
    flawOfTexts(file, ['command', 'startedAt'], '') ??
    flawOfEnvironment(file['environment']) ??
    flawOfList(file['results'], 'results', flawOfResult)
  );
}

function flawOfResult(result: Record<string, unknown>, at: string): string | undefined {
  const { settings, failures, figures } = result;
  if (!isObject(settings)) return `${at}.settings is no object`;
  if (!Array.isArray(failures)) return `${at}.failures is no list`;
  return (
    flawOfFlags(result, ['isInterrupted'], `${at}.`) ??
    flawOfTexts(result, ['scenario'], `${at}.`) ??
    flawOfList(figures, `${at}.figures`, flawOfFigure)
  );
}

function flawOfFigure(figure: Record<string, unknown>, at: string): string | undefined {
  const { rounds, better } = figure;
  if (better !== undefined && better !== 'more' && better !== 'less') {
    return `${at}.better is neither 'more' nor 'less'`;
  }
  return (
    flawOfWord(figure, 'unit', UNITS, `${at}.`) ??
    (rounds === undefined ? undefined : flawOfNumberList(rounds, `${at}.rounds`)) ??
    flawOfTexts(figure, ['name'], `${at}.`) ??
    flawOfNumbers(figure, ['median', 'min', 'max'], `${at}.`)
  );
}
