/**
 * Turns the results of a run into the sections of its report.
 *
 * Invariant: every result whose scenario is known has one, in the order of the run; what a later version
 * has measured is left out.
 */
import type { BenchFile } from '../report/bench-file.js';
import type { Section } from '../report/section.js';
import type { Scenario } from './scenario.js';

export function sectionsOf({ results }: BenchFile, scenarios: readonly Scenario[]): Section[] {
  return results.flatMap((result): Section[] => {
    const scenario = scenarios.find(({ name }) => name === result.scenario);
    if (scenario === undefined) return [];
    return [{ result, document: scenario.describe(result), summary: scenario.summary }];
  });
}
