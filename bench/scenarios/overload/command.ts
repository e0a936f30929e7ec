/**
 * Defines the scenario `overload` for the command line.
 *
 * Invariant: invalid options are reported before the run.
 */
import type { Scenario, Surroundings } from '../../harness/scenario.js';
import { Progress } from '../../report/terminal/progress.js';
import { runOverload } from './experiment.js';
import { describeOverload, overloadFigures } from './report.js';
import type { OverloadResult } from './result.js';
import { OVERLOAD_OPTIONS, type OverloadSettings, overloadSettings } from './settings.js';

/** Compares two unbounded kinds of service with a bounded one, at twice the capacity. */
export const overload: Scenario<OverloadSettings, OverloadResult> = {
  name: 'overload',
  summary: 'a service at twice its capacity: which variants die or stay flat',
  options: OVERLOAD_OPTIONS,
  settings: overloadSettings,
  measure: measureOverload,
  describe: describeOverload,
  figures: overloadFigures,
};

async function measureOverload(
  settings: OverloadSettings,
  { screen, paint, signal }: Surroundings,
): Promise<OverloadResult> {
  const progress = new Progress(screen, paint);
  try {
    return await runOverload(settings, progress, signal);
  } finally {
    progress.stop();
  }
}
