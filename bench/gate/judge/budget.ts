/**
 * Judges a budget by the results of its run: computes its value and checks it against the limits.
 *
 * Invariants: a ratio is computed within rounds; a limit is broken only if the median breaks it and no round keeps it,
 * so that one slow moment of the machine fails nothing.
 */
import type { NamedFigure, Unit } from '../../report/document.js';
import { type Figure, figureOf } from '../../harness/figures.js';
import { UsageError } from '../../options/flags.js';
import { didYouMean } from '../../options/nearest.js';
import { oneLine } from '../../options/one-line.js';
import { ratiosWithin } from '../../math/series.js';
import { formatUnit } from '../../report/format.js';
import type { Budget } from '../model/config.js';
import type { BudgetReport } from '../model/report.js';

/** Value of a budget, with every round; just one if it was measured once. */
export interface BudgetValue extends Figure {
  readonly unit: Unit;
}

/** Max number of metric names in a message. */
const LISTED = 8;

/**
 * The value of a budget in one run; undefined if no round has a ratio.
 *
 * @throws UsageError if the run has no such metric, has it in another unit, or lacks rounds of one part of a ratio.
 */
export function valueOf(budget: Budget, figures: readonly NamedFigure[]): BudgetValue | undefined {
  const figure = pick(budget, 'figure', figures);
  const { median, min, max } = figure;
  const rounds = roundsOf(figure);
  if (budget.over === undefined) {
    checkUnit(budget, figure.unit);
    return { median, min, max, rounds, unit: figure.unit };
  }
  const divisors = roundsOf(pick(budget, 'over', figures));
  if (divisors.length !== rounds.length) {
    throw new UsageError(
      `Budget '${budget.name}' divides '${budget.figure}', which has ${countRounds(rounds)}, by ` +
        `'${budget.over}', which has ${countRounds(divisors)}; valid are metrics with the same rounds.`,
    );
  }
  const ratio = figureOf(ratiosWithin(new Map(rounds.entries()), new Map(divisors.entries())));
  return ratio && { ...ratio, unit: 'ratio' };
}

/** Joins runs that each measured the value once: every run is a round. */
export function joinRuns(before: BudgetValue, after: BudgetValue): BudgetValue {
  const rounds = [...before.rounds, ...after.rounds];
  return { ...before, ...figureOf(new Map(rounds.entries())) };
}

/** Checks a value against the limits. */
export function judgeBudget(budget: Budget, value: BudgetValue): BudgetReport {
  const { median, min, max, rounds, unit } = value;
  const { atLeast = -Infinity, atMost = Infinity } = budget;
  const isKept = median >= atLeast && median <= atMost;
  const isBroken = max < atLeast || min > atMost;
  const write = (figure: number): string => formatUnit(figure, unit);
  const range =
    rounds.length === 1 ? '' : ` (${write(min)} to ${write(max)} in ${rounds.length} rounds)`;
  const found = `'${budget.name}' is ${write(median)}${range}`;
  const limits = formatLimits(budget, unit);
  const doubt = isKept || isBroken ? '' : ', though not in every round';
  return {
    ...reportOf(budget, unit),
    value: { median, min, max },
    verdict: isKept ? 'pass' : isBroken ? 'fail' : 'inconclusive',
    reason: `${found}, which ${isKept ? 'meets' : 'breaks'} the limit${doubt}: ${limits}.`,
  };
}

/** The report of a budget without a value. @param obstacle - The reason, a sentence. */
export function unmeasured(
  budget: Budget,
  { verdict, obstacle }: { readonly verdict: BudgetReport['verdict']; readonly obstacle: string },
): BudgetReport {
  const unit = budget.unit ?? (budget.over === undefined ? undefined : 'ratio');
  return {
    ...reportOf(budget, unit),
    verdict,
    reason: oneLine(`'${budget.name}': ${obstacle}`),
  };
}

function reportOf(
  { name, atLeast, atMost }: Budget,
  unit: Unit | undefined,
): Omit<BudgetReport, 'verdict' | 'reason'> {
  return {
    name,
    ...(unit !== undefined && { unit }),
    ...(atLeast !== undefined && { atLeast }),
    ...(atMost !== undefined && { atMost }),
  };
}

function formatLimits({ atLeast, atMost }: Budget, unit: Unit): string {
  return [
    ...(atLeast === undefined ? [] : [`min ${formatUnit(atLeast, unit)}`]),
    ...(atMost === undefined ? [] : [`max ${formatUnit(atMost, unit)}`]),
  ].join(', ');
}

function pick(
  budget: Budget,
  field: 'figure' | 'over',
  figures: readonly NamedFigure[],
): NamedFigure {
  const wanted = budget[field];
  const found = figures.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  const names = figures.map(({ name }) => name);
  const listed = names.slice(0, LISTED).map((name) => `'${name}'`);
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  const there = names.length === 0 ? 'it has none' : `valid is one of ${listed.join(', ')}${more}`;
  throw new UsageError(
    `Budget '${budget.name}': ${field} is '${wanted}', which its run does not have; ` +
      `${there}.${didYouMean(wanted ?? '', names)}`,
  );
}

function checkUnit({ name, figure, unit }: Budget, actual: Unit): void {
  if (unit === undefined || unit === actual) return;
  throw new UsageError(
    `Budget '${name}' has its limits in '${unit}', but '${figure}' is in '${actual}'.`,
  );
}

function roundsOf({ median, rounds }: NamedFigure): readonly number[] {
  return rounds ?? [median];
}

function countRounds(rounds: readonly number[]): string {
  return rounds.length === 1 ? 'one round' : `${rounds.length} rounds`;
}
