/**
 * Pairs the metrics of two runs and decides whether they differ.
 *
 * Invariants: metrics are paired by scenario, name and unit, never by position; a difference is claimed only if all
 * rounds of one run lie above all rounds of the other, and both have at least three; metrics and scenarios of only
 * one run are kept by name.
 */
import type { BenchFile, FileResult } from '../report/bench-file.js';
import type { NamedFigure, Unit } from '../report/document.js';
import { LEAST_ROUNDS } from '../harness/figures.js';

/** How the second run's metric compares with the first one's. */
export type Difference = 'faster' | 'slower' | 'more' | 'less';

/** A metric that both runs have. */
export interface FigurePair {
  readonly name: string;
  readonly unit: Unit;
  readonly before: NamedFigure;
  readonly after: NamedFigure;
  /** After ÷ before, of the medians; absent if either is negative, or the first is 0. */
  readonly ratio?: number;
  /** Absent if these rounds show none. */
  readonly difference?: Difference;
  /** Absent if there is no difference, or neither direction is better. */
  readonly isBetter?: boolean;
}

/** A scenario that both runs have. */
export interface ScenarioComparison {
  readonly scenario: string;
  readonly figures: readonly FigurePair[];
  /** Names of metrics. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
}

export interface RunComparison {
  readonly scenarios: readonly ScenarioComparison[];
  /** Names of scenarios. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
}

/** For each unit of speed, whether more or less is faster. */
const SPEED: Readonly<Partial<Record<Unit, 'more' | 'less'>>> = {
  perSecond: 'more',
  milliseconds: 'less',
  seconds: 'less',
};

/** Compares two runs. */
export function compareRuns(before: BenchFile, after: BenchFile): RunComparison {
  const [both, onlyBefore, onlyAfter] = pair(
    before.results,
    after.results,
    (result) => result.scenario,
  );
  return {
    scenarios: both.map(([first, second]) => compareResults(first, second)),
    onlyBefore: onlyBefore.map(({ scenario }) => scenario),
    onlyAfter: onlyAfter.map(({ scenario }) => scenario),
  };
}

function compareResults(before: FileResult, after: FileResult): ScenarioComparison {
  const [both, onlyBefore, onlyAfter] = pair(before.figures, after.figures, keyOfFigure);
  return {
    scenario: before.scenario,
    figures: both.map(([first, second]) => compareFigures(first, second)),
    onlyBefore: onlyBefore.map(({ name }) => name),
    onlyAfter: onlyAfter.map(({ name }) => name),
  };
}

/** The same name with another unit is another metric. */
function keyOfFigure({ name, unit }: NamedFigure): string {
  return JSON.stringify([name, unit]);
}

/** Compares a metric of two runs. */
export function compareFigures(before: NamedFigure, after: NamedFigure): FigurePair {
  const { name, unit, better } = before;
  const hasRatio = before.median > 0 && after.median >= 0;
  const direction = directionOf(before, after);
  return {
    name,
    unit,
    before,
    after,
    ...(hasRatio && { ratio: after.median / before.median }),
    ...(direction && { difference: inWords(direction, unit) }),
    ...(direction && better && { isBetter: direction === better }),
  };
}

function directionOf(before: NamedFigure, after: NamedFigure): 'more' | 'less' | undefined {
  if (roundsOf(before) < LEAST_ROUNDS || roundsOf(after) < LEAST_ROUNDS) return undefined;
  if (after.min > before.max) return 'more';
  return after.max < before.min ? 'less' : undefined;
}

/** Number of rounds that a metric was taken from. */
export function roundsOf({ rounds }: NamedFigure): number {
  return rounds?.length ?? 1;
}

function inWords(direction: 'more' | 'less', unit: Unit): Difference {
  const faster = SPEED[unit];
  if (faster === undefined) return direction;
  return direction === faster ? 'faster' : 'slower';
}

/** Pairs the items that have the same key, and lists those of either side without a partner, in their order. */
function pair<Item>(
  before: readonly Item[],
  after: readonly Item[],
  keyOf: (item: Item) => string,
): [both: Array<[Item, Item]>, onlyBefore: Item[], onlyAfter: Item[]] {
  const others = new Map(after.map((item) => [keyOf(item), item]));
  const both: Array<[Item, Item]> = [];
  const onlyBefore: Item[] = [];
  for (const item of before) {
    const other = others.get(keyOf(item));
    if (other === undefined) onlyBefore.push(item);
    else both.push([item, other]);
    others.delete(keyOf(item));
  }
  return [both, onlyBefore, [...others.values()]];
}
