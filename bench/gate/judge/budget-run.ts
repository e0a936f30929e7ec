/**
 * Measures what budgets limit, with the scenarios of `millrace bench`; budgets with the same arguments share a run.
 *
 * Invariants: errors in the arguments of a run are reported before anything is measured; every budget gets a report,
 * whatever became of its run; a failed measurement never passes.
 */
import type { FileResult } from '../../report/bench-file.js';
import { UsageError } from '../../options/flags.js';
import type { Surroundings } from '../../harness/scenario.js';
import { measurePlanned, planOne, type PlannedScenario } from '../../cli/plan.js';
import { type BudgetValue, joinRuns, judgeBudget, unmeasured, valueOf } from './budget.js';
import type { Budget } from '../model/config.js';
import type { BudgetReport } from '../model/report.js';
import { splitWords } from '../config/shell-words.js';

/** Budgets, and the runs that measure them. */
export interface BudgetPlan {
  readonly budgets: readonly Budget[];
  readonly runs: readonly BudgetRun[];
}

/** Budgets that share a run. */
interface BudgetRun {
  readonly planned: PlannedScenario;
  readonly budgets: readonly Budget[];
}

/** The reason why a run has nothing to judge. */
interface Obstacle {
  readonly verdict: 'fail' | 'inconclusive';
  /** A sentence. */
  readonly obstacle: string;
}

/**
 * Number of runs if the first one breaks the limit of a metric that it measures only once: a single bad moment of the
 * machine then can't fail it.
 */
const RUNS_OF_A_SUSPECT = 3;

/** Reads the arguments of the runs. @throws UsageError that names the budget */
export function planBudgets(budgets: readonly Budget[]): BudgetPlan {
  const runs = new Map<string, { readonly planned: PlannedScenario; readonly budgets: Budget[] }>();
  for (const budget of budgets) {
    try {
      const words = typeof budget.run === 'string' ? splitWords(budget.run) : budget.run;
      const key = JSON.stringify(words);
      const run = runs.get(key) ?? { planned: planOne(words), budgets: [] };
      run.budgets.push(budget);
      runs.set(key, run);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(`Budget '${budget.name}': ${error.message}`, { cause: error });
    }
  }
  return { budgets, runs: [...runs.values()] };
}

/**
 * Measures and judges the budgets; the reports are in the same order.
 *
 * @throws UsageError if a run has no such metric, right after that run.
 */
export async function measureBudgets(
  { budgets, runs }: BudgetPlan,
  surroundings: Surroundings,
): Promise<readonly BudgetReport[]> {
  for (const { planned } of runs) await planned.scenario.check?.(planned.settings, surroundings);
  const reports = new Map<Budget, BudgetReport>();
  for (const run of runs) {
    for (const [budget, found] of await measureRun(run, surroundings)) {
      const report = 'obstacle' in found ? unmeasured(budget, found) : judgeBudget(budget, found);
      reports.set(budget, report);
    }
  }
  return budgets.map((budget) => reports.get(budget) as BudgetReport);
}

async function measureRun(
  { planned, budgets }: BudgetRun,
  surroundings: Surroundings,
): Promise<ReadonlyMap<Budget, BudgetValue | Obstacle>> {
  const first = await attempt(planned, surroundings);
  const found = new Map(budgets.map((budget) => [budget, find(budget, first)]));
  const suspects = [...found].filter(([budget, value]) => isSuspect(budget, value));
  for (let run = 2; run <= RUNS_OF_A_SUSPECT && suspects.length > 0; run += 1) {
    const again = await attempt(planned, surroundings);
    for (const [budget] of suspects) {
      const before = found.get(budget) as BudgetValue | Obstacle;
      found.set(budget, join(before, find(budget, again)));
    }
  }
  return found;
}

function find(budget: Budget, run: FileResult | Obstacle): BudgetValue | Obstacle {
  if ('obstacle' in run) return run;
  const value = valueOf(budget, run.figures);
  return value ?? { verdict: 'inconclusive', obstacle: `'${budget.over}' is 0 in every round.` };
}

function isSuspect(budget: Budget, found: BudgetValue | Obstacle): boolean {
  if ('obstacle' in found || found.rounds.length > 1) return false;
  return judgeBudget(budget, found).verdict === 'fail';
}

function join(
  before: BudgetValue | Obstacle,
  after: BudgetValue | Obstacle,
): BudgetValue | Obstacle {
  if ('obstacle' in before) return before;
  return 'obstacle' in after ? after : joinRuns(before, after);
}

async function attempt(
  planned: PlannedScenario,
  surroundings: Surroundings,
): Promise<FileResult | Obstacle> {
  const { signal } = surroundings;
  if (signal.aborted) return INTERRUPTED;
  try {
    const result = await measurePlanned(planned, surroundings);
    if (result.isInterrupted || signal.aborted) return INTERRUPTED;
    const [failure] = result.failures;
    return failure === undefined ? result : failed(failure);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    return signal.aborted ? INTERRUPTED : failed((error as Error).message);
  }
}

const INTERRUPTED: Obstacle = {
  verdict: 'inconclusive',
  obstacle: 'the run was interrupted before it was measured.',
};

/** A failed measurement needs attention no less than a slow one. */
function failed(reason: string): Obstacle {
  return { verdict: 'fail', obstacle: `it could not be measured. ${reason}` };
}
