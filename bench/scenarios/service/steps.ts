/**
 * Runs the steps of an experiment one after the other, and shows their progress.
 *
 * Invariant: no step follows an interrupted one; no progress line remains afterwards.
 */
import type { Progress } from '../../report/terminal/progress.js';
import { type ArmLoad, runArm } from './arm-run.js';
import { describeArm, describeMoment } from './narration.js';
import type { ArmResult } from './result.js';
import type { StageOptions } from './stage.js';

/** Overhead of a step, for the estimate of the remaining time: process start, last responses, process end. */
export const AROUND_SECONDS = 1;

export interface Step {
  readonly label: string;
  readonly seconds: number;
  /** Fulfils with lines that describe the outcome, or undefined if it was interrupted. */
  run(): Promise<string[] | undefined>;
}

/** Runs the steps. @throws Error if one of them fails */
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

/** Drives one variant and describes its outcome; undefined if it was interrupted before its load. */
export async function tellArm(
  options: StageOptions,
  load: ArmLoad,
  progress: Progress,
): Promise<{ result: ArmResult; lines: string[] } | undefined> {
  const result = await runArm(options, load, (moment) => progress.update(describeMoment(moment)));
  return result && { result, lines: [describeArm(result)] };
}
