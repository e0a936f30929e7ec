/**
 * The texts of `--help`.
 *
 * Invariant: they are made from the tables that the parser uses, so that they can't promise what
 * there is not.
 */
import type { Scenario } from './scenario.js';
import { wrap } from './terminal/wrap.js';

const EXIT_CODES =
  'Exit code: 0 done (whatever was measured), 1 wrong usage or a failure of the tool itself, ' +
  '130 and 143 when interrupted (what was measured until then is still reported).';

/** For `millrace --help`. */
export function commandHelp(version: string): string {
  return text([
    `millrace ${version}: a bounded job pool for Node.js worker threads`,
    '',
    'Usage: millrace <command> [options]',
    '',
    ...columns([
      ['bench <scenario>', 'measure; millrace bench --help lists the scenarios'],
      ['--version', 'print the version'],
      ['--help', 'print this'],
    ]),
  ]);
}

/** For `millrace bench --help`. */
export function benchHelp(scenarios: readonly Scenario[]): string {
  return text([
    'Usage: millrace bench <scenario> [options]',
    '',
    'Scenarios:',
    ...columns(scenarios.map(({ name, summary }) => [name, summary])),
    ...scenarios.flatMap(({ name, options }) => ['', `Options of ${name}:`, ...columns(options)]),
    '',
    ...wrap(EXIT_CODES),
  ]);
}

function columns(rows: ReadonlyArray<readonly [string, string]>): string[] {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.flatMap(([name, meaning]) => wrap(`  ${name.padEnd(width)}${meaning}`, width + 2));
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
