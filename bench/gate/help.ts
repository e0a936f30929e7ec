/**
 * Formats the output of `millrace gate --help`.
 *
 * Invariant: the options come from the parser's tables, the names of scenarios from `BUILT_INS`.
 */
import { columns, lines } from '../cli/help.js';
import { SCREEN_OPTIONS } from '../options/screen.js';
import { optionRows } from '../options/table.js';
import { wrap } from '../report/terminal/wrap.js';
import { BUILT_INS } from './find/built-in.js';
import { CALIBRATE_OPTIONS } from './calibrate-command.js';
import { OWN_OPTIONS } from './options.js';

const EXIT_CODES =
  'Exit code: 0 PASS (or INCONCLUSIVE without --strict), 1 wrong usage, or something could not be measured, ' +
  '2 FAIL: a regression, 3 INCONCLUSIVE with --strict, 130 and 143 interrupted.';

export function gateHelp(): string {
  return lines([
    'Usage: millrace gate [<what> …] [--base REF] [options]',
    '       millrace gate --budget FILE [options]',
    '       millrace gate <what> … --baseline FILE [options]',
    '       millrace gate calibrate [options]',
    '',
    ...wrap(
      'Builds base and head, measures both in turns, and reports whether head is slower. Without a name: the ' +
        'scenarios of millrace.config.ts, .js or .json.',
    ),
    '',
    'What can be compared:',
    ...columns([
      ['./jobs.js#name', 'a job of your own, on a pool'],
      ['./parse.bench.js', 'the tasks of a tinybench Bench: its default export, or bench'],
      ['./parse.bench.ts#name', 'the benchmarks of a Vitest bench file (3 or 4), or one of them'],
      [Object.keys(BUILT_INS).join(', '), 'the package millrace itself, as each side has it'],
    ]),
    '',
    'Options:',
    ...columns([...optionRows(OWN_OPTIONS), ...optionRows(SCREEN_OPTIONS)]),
    '',
    ...wrap(EXIT_CODES),
  ]);
}

export function calibrateHelp(): string {
  return lines([
    'Usage: millrace gate calibrate [options]',
    '',
    ...wrap(
      "Measures the gate's false-positive rate and power on this machine: gates of the same code, which must not " +
        'fail, and of code that was made slower, which should. Takes 1.5 hours with the defaults.',
    ),
    '',
    'Options:',
    ...columns(optionRows(CALIBRATE_OPTIONS)),
  ]);
}
