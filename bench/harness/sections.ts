/**
 * Turns the results of a run into the sections of its report.
 *
 * Invariant: every result of a known scenario has a section, in the order of the run; results of unknown scenarios,
 * such as those of a later version, are left out.
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
