/**
 * The steps of an experiment, one after the other, with their progress.
 *
 * Invariant: an interrupted step is the last one; nothing of the progress is left afterwards.
 */
import type { Progress } from '../../report/terminal/progress.js';
import { type ArmLoad, runArm } from './arm-run.js';
import { describeArm, describeMoment } from './narration.js';
import type { ArmResult } from './result.js';
import type { StageOptions } from './stage.js';

/** Start, last answers and end of the processes, for the time that is left. */
export const AROUND_SECONDS = 1;

export interface Step {
  readonly label: string;
  readonly seconds: number;
  /** Fulfils with lines that say what came out, or undefined where it was interrupted. */
  run(): Promise<string[] | undefined>;
}

/** Carries out the steps. @throws Error where one of them can't be carried out */
export async function runSteps(
  steps: readonly Step[],
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  for (const [at, { label, seconds, run }] of steps.entries()) {
    const later = steps.slice(at + 1).reduce((sum, step) => sum + step.seconds, 0);
    progress.begin(label, seconds, later);
    const lines = signal.aborted ? undefined : await run();
    if (lines === undefined) break;
    progress.end(lines);
  }
  progress.stop();
}

/** Drives one arm, and says what became of it; undefined where it was interrupted before its load. */
export async function tellArm(
  options: StageOptions,
  load: ArmLoad,
  progress: Progress,
): Promise<{ result: ArmResult; lines: string[] } | undefined> {
  const result = await runArm(options, load, (moment) => progress.update(describeMoment(moment)));
  return result && { result, lines: [describeArm(result)] };
}
