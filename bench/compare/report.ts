/**
 * Describes the comparison of two runs: first what makes it doubtful, then a table for each scenario.
 *
 * Invariants: a metric without a claimed difference is never called equal; metrics of only one run are listed by
 * name, or counted if there are many.
 */
import type { BenchFile } from '../report/bench-file.js';
import {
  type Block,
  type Cell,
  type Document,
  heading,
  text,
  type Unit,
} from '../report/document.js';
import { LEAST_ROUNDS } from '../harness/figures.js';
import {
  compareRuns,
  type FigurePair,
  roundsOf,
  type RunComparison,
  type ScenarioComparison,
} from './pairs.js';
import { describeDifferences } from './differences.js';
import type { Spread } from '../math/series.js';
import { formatCount, formatFigure, formatList, formatUnit } from '../report/format.js';

/** A run and the path that it was read from. */
export interface ReadRun {
  readonly path: string;
  readonly run: BenchFile;
}

/** The comparison of two runs, as data. */
export interface RunsReport {
  readonly before: ReadRun;
  readonly after: ReadRun;
  /** Other differences between the runs, one sentence each. */
  readonly warnings: readonly string[];
  readonly comparison: RunComparison;
}

const NO_DIFFERENCE = 'no difference';
/** Max names listed of metrics or scenarios that only one run has. */
const NAMED = 4;

/** Compares two runs and their environments. */
export function reportRuns(before: ReadRun, after: ReadRun): RunsReport {
  return {
    before,
    after,
    warnings: describeDifferences(before.run, after.run),
    comparison: compareRuns(before.run, after.run),
  };
}

/** Describes the comparison for a person. */
export function describeRuns({ before, after, warnings, comparison }: RunsReport): Document {
  const { scenarios, onlyBefore, onlyAfter } = comparison;
  const pairs = scenarios.flatMap(({ figures }) => figures);
  return {
    title: 'Two runs of millrace bench',
    blocks: [
      text(describeRun('before', before)),
      text(describeRun('after', after)),
      ...(warnings.length === 0
        ? []
        : [
            heading('Caution: differences may have causes other than the program'),
            ...warnings.map((warning) => text(warning, 'point')),
          ]),
      ...(pairs.length === 0
        ? [text('The two runs have no metric in common.')]
        : [text(describeMethod(pairs))]),
      ...scenarios.flatMap((scenario) => describeScenario(scenario)),
      ...describeOnly('scenario', 'before', onlyBefore),
      ...describeOnly('scenario', 'after', onlyAfter),
    ],
  };
}

function describeRun(which: string, { path, run }: ReadRun): string {
  const { millrace, node } = run.environment;
  return `${which}:  ${path}, millrace ${millrace}, Node ${node}, ${run.startedAt}: ${run.command}`;
}

function describeMethod(pairs: readonly FigurePair[]): string {
  const rounds = pairs.flatMap(({ before, after }) => [roundsOf(before), roundsOf(after)]);
  const least = Math.max(LEAST_ROUNDS, Math.min(...rounds));
  return (
    'Ratios are after ÷ before. A difference is claimed if all rounds of one run are above all ' +
    `rounds of the other and both have at least ${LEAST_ROUNDS}; '${NO_DIFFERENCE}' means that these ` +
    `rounds show none. With ${least} rounds each, equal values separate like this by chance once in ` +
    `${formatCount(oneIn(least))} times.`
  );
}

/** Returns x if one in x orders of both runs' rounds separates the runs completely; two of all orders do. */
function oneIn(rounds: number): number {
  let orders = 1;
  for (let at = 1; at <= rounds; at += 1) orders *= (rounds + at) / at;
  return orders / 2;
}

function describeScenario({
  scenario,
  figures,
  onlyBefore,
  onlyAfter,
}: ScenarioComparison): Block[] {
  const table: Block[] =
    figures.length === 0
      ? [text('No metric in common.')]
      : [
          {
            kind: 'table',
            head: ['', 'before', 'after', 'ratio', 'after is'],
            rows: figures.map((pair) => describePair(pair)),
          },
        ];
  return [
    heading(scenario),
    ...table,
    ...describeOnly('metric', 'before', onlyBefore),
    ...describeOnly('metric', 'after', onlyAfter),
  ];
}

function describePair({
  name,
  unit,
  before,
  after,
  ratio,
  ...pair
}: FigurePair): Array<Cell | string> {
  const { difference = NO_DIFFERENCE, isBetter } = pair;
  return [
    name,
    figureCell(before, unit),
    figureCell(after, unit),
    ratio === undefined ? '-' : formatFigure(ratio),
    isBetter === undefined ? difference : { text: difference, meaning: isBetter ? 'good' : 'bad' },
  ];
}

function figureCell({ median, min, max }: Spread, unit: Unit): Cell {
  const figure = formatUnit(median, unit);
  return min === max
    ? { text: figure }
    : { text: figure, range: rangeText(min, max, figure, unit) };
}

/** Drops the unit if all three values share it: '9.81–12.3' below '10.1 ms'. */
function rangeText(min: number, max: number, figure: string, unit: Unit): string {
  if (unit === 'perSecond') return `${formatFigure(min)}–${formatFigure(max)}`;
  const [low, high] = [formatUnit(min, unit), formatUnit(max, unit)];
  const own = unitOf(figure);
  const isShared = own === unitOf(low) && own === unitOf(high);
  const bare = (words: string): string =>
    isShared ? words.slice(0, words.length - own.length) : words;
  return `${bare(low)}–${bare(high)}`;
}

function unitOf(figure: string): string {
  return /[^\d.,]*$/.exec(figure)?.[0] ?? '';
}

function describeOnly(what: string, which: string, names: readonly string[]): Block[] {
  if (names.length === 0) return [];
  const shown = names.length <= NAMED + 1 ? names : names.slice(0, NAMED);
  const more = names.length - shown.length;
  const list = formatList([
    ...shown.map((name) => `'${name}'`),
    ...(more > 0 ? [`${more} more`] : []),
  ]);
  const noun = names.length === 1 ? what : `${what}s`;
  return [text(`Only '${which}' has the ${noun} ${list}.`)];
}
