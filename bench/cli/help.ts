/**
 * Writes the `--help` texts.
 *
 * Invariant: the options come from the parser's tables (`options/table.ts`), so the help can't list an option that
 * does not exist.
 */
import type { Scenario } from '../harness/scenario.js';
import { SCREEN_OPTIONS } from '../options/screen.js';
import { optionRows } from '../options/table.js';
import { wrap } from '../report/terminal/wrap.js';
import { FILE_OPTIONS } from './options.js';

const EXIT_CODES =
  'Exit code: 0 everything was measured, 1 wrong usage, or something could not be measured, ' +
  '130 and 143 interrupted (the results so far are reported).';

/** The text of `millrace --help`. */
export function commandHelp(version: string): string {
  return lines([
    `millrace ${version}: a bounded job pool for Node.js worker threads`,
    '',
    'Usage: millrace <command> [options]',
    '',
    ...columns([
      ['bench', '2-minute demo benchmark; writes millrace-report.html and .json'],
      ['bench <scenario …>', 'measure; see millrace bench --help'],
      ['bench ./jobs.js#name', 'measure your own job, and get pool settings for it'],
      ['bench list', 'list the scenarios'],
      ['bench compare A B', 'compare two --json results'],
      ['gate [<what> …]', 'is this commit slower? See millrace gate --help'],
      ['gate calibrate', "measure the gate's false-positive rate and power on this machine"],
      ['--version', 'print the version'],
      ['--help', 'print this help'],
    ]),
  ]);
}

/** The text of `millrace bench --help`. */
export function benchHelp(scenarios: readonly Scenario[]): string {
  return lines([
    'Usage: millrace bench [<scenario> …] [options]',
    '       millrace bench ./jobs.js#render [--input FILES] [--advise] [options]',
    '       millrace bench list',
    '       millrace bench compare <before.json> <after.json> [options]',
    '',
    ...wrap('Without a scenario: a 2-minute demo benchmark, with millrace-report.html and .json.'),
    '',
    'Scenarios:',
    ...columns(scenarios.map(({ name, summary }) => [name, summary])),
    '',
    'Options of every run:',
    ...columns([...optionRows(FILE_OPTIONS), ...optionRows(SCREEN_OPTIONS)]),
    ...scenarios.flatMap(({ name, options }) => [
      '',
      `Options of ${name}:`,
      ...columns(optionRows(options)),
    ]),
    '',
    ...wrap(EXIT_CODES),
  ]);
}

/** The text of `millrace bench list`. */
export function scenarioList(scenarios: readonly Scenario[]): string {
  return lines(columns(scenarios.map(({ name, summary }) => [name, summary])));
}

/** Formats names with their meanings beside them. */
export function columns(rows: ReadonlyArray<readonly [string, string]>): string[] {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.flatMap(([name, meaning]) => wrap(`  ${name.padEnd(width)}${meaning}`, width + 2));
}

/** Joins lines into one text. */
export function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
