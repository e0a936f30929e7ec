/**
 * Defines the scenario `invoke` for the command line.
 *
 * Invariant: invalid options are reported before the run.
 */
import type { Scenario, Surroundings } from '../../harness/scenario.js';
import { Progress } from '../../report/terminal/progress.js';
import { runInvoke } from './experiment.js';
import { describeInvoke, invokeFigures } from './report.js';
import type { InvokeResult } from './result.js';
import { INVOKE_OPTIONS, type InvokeSettings, invokeSettings } from './settings.js';

/** Compares two unbounded ways to call a slower service with a bounded one. */
export const invoke: Scenario<InvokeSettings, InvokeResult> = {
  name: 'invoke',
  summary: 'a service at twice the capacity of the slower one that it calls',
  options: INVOKE_OPTIONS,
  settings: invokeSettings,
  measure: measureInvoke,
  describe: describeInvoke,
  figures: invokeFigures,
};

async function measureInvoke(
  settings: InvokeSettings,
  { screen, paint, signal }: Surroundings,
): Promise<InvokeResult> {
  const progress = new Progress(screen, paint);
  try {
    return await runInvoke(settings, progress, signal);
  } finally {
    progress.stop();
  }
}
