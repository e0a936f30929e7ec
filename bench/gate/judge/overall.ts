/**
 * Derives the verdict of the gate from single ones: applies the waivers and combines what is left.
 *
 * Invariant: the worst counts, fail before inconclusive before pass; new and waived results hold nothing up, and a gate
 * that has not measured everything never passes.
 */
import type { Waiver } from '../model/config.js';
import type { BudgetReport, GateReport, ScenarioReport, Verdict } from '../model/report.js';
import { dayOf, excuseOf, type KnownNames, waiversInForce } from './waivers.js';

/** Reports with the waivers applied. */
export interface Excused {
  readonly scenarios: readonly ScenarioReport[];
  readonly budgets: readonly BudgetReport[];
  readonly notes: readonly string[];
}

/** How a gate was run, and how it ended. */
export interface Course {
  readonly isStrict: boolean;
  readonly isInterrupted: boolean;
  /** True if something could not be measured. */
  readonly hasErrors: boolean;
}

/**
 * Applies the waivers in force.
 *
 * @param known - Names that exist beyond those measured, to detect a waiver that matches none.
 */
export function withWaivers(
  { scenarios, budgets }: Pick<Excused, 'scenarios' | 'budgets'>,
  waivers: readonly Waiver[],
  now: Date,
  known?: KnownNames,
): Excused {
  const inForce = waiversInForce(waivers, dayOf(now), known);
  return {
    scenarios: scenarios.map((scenario) => {
      const waiver = scenario.verdict === 'fail' ? excuseOfScenario(scenario, inForce) : undefined;
      return waiver === undefined ? scenario : { ...scenario, verdict: 'waived', waiver };
    }),
    budgets: budgets.map((budget) => {
      const waiver =
        budget.verdict === 'fail' ? excuseOf({ budget: budget.name }, inForce) : undefined;
      return waiver === undefined ? budget : { ...budget, verdict: 'waived', waiver };
    }),
    notes: inForce.notes,
  };
}

/** The overall verdict, and its exit code. */
export function overall(
  reports: ReadonlyArray<{ readonly verdict: Verdict }>,
  { isStrict, isInterrupted, hasErrors }: Course,
): Pick<GateReport, 'verdict' | 'exitCode'> {
  const has = (...verdicts: readonly Verdict[]): boolean =>
    reports.some(({ verdict }) => verdicts.includes(verdict));
  if (has('fail')) return { verdict: 'fail', exitCode: 2 };
  if (hasErrors) return { verdict: 'inconclusive', exitCode: 1 };
  const isOpen = isInterrupted || has('inconclusive', 'incomparable');
  if (!isOpen) return { verdict: 'pass', exitCode: 0 };
  return { verdict: 'inconclusive', exitCode: isStrict ? 3 : 0 };
}

/** The waiver of the whole scenario, or the first one if each metric that failed has one. */
function excuseOfScenario(
  { name, metrics }: ScenarioReport,
  inForce: Parameters<typeof excuseOf>[1],
): ScenarioReport['waiver'] {
  const whole = excuseOf({ scenario: name }, inForce);
  if (whole !== undefined) return whole;
  const failed = metrics.filter((each) => each.isJudged && each.verdict === 'fail');
  const excuses = failed.map(({ metric }) => excuseOf({ scenario: name, metric }, inForce));
  return excuses.every((excuse) => excuse !== undefined) ? excuses[0] : undefined;
}
