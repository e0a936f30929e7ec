/**
 * The whole experiment: documents, capacity, then one arm after the other, each in fresh processes.
 *
 * Invariants: an interrupted experiment still has a result, with what was measured until then. A
 * machine's speed drifts, so the capacity is measured right before the millrace arm (it sets the rate)
 * and right after it; goodput is compared with both together. The arms are reported in their usual
 * order, whatever order they ran in.
 */
import { chooseDocuments, summarizeDocuments } from '../../documents.js';
import { installedFolders } from '../../installation.js';
import type { Progress } from '../../terminal/progress.js';
import type { ArmName } from './arms/arm.js';
import { runArm } from './arm-run.js';
import { type Capacity, capacityFrom, capacitySeconds, measureCapacity } from './capacity.js';
import {
  describeArm,
  describeCapacity,
  describeDocuments,
  describeLoad,
  describeMoment,
  describeService,
} from './narration.js';
import type { ArmResult, OverloadResult } from './result.js';
import { OVERLOAD_FACTOR, type OverloadSettings } from './settings.js';
import type { StageOptions } from './stage.js';

/** Start, last answers and end of the processes, for the time that is left. */
const AROUND_SECONDS = 1;

interface Step {
  readonly label: string;
  readonly seconds: number;
  /** Fulfils with lines that say what came out, or undefined where it was interrupted. */
  run(): Promise<string[] | undefined>;
}

/** Runs the experiment. @throws Error where it can't be carried out */
export async function runOverload(
  settings: OverloadSettings,
  progress: Progress,
  signal: AbortSignal,
): Promise<OverloadResult> {
  const startedAt = new Date().toISOString();
  const { seconds, threads, backlogJobs, ceilingBytes, seed } = settings;
  const documents = chooseDocuments(installedFolders(), seed);
  const summary = summarizeDocuments(documents);
  const windows: number[] = [];
  const results: ArmResult[] = [];
  let rate = settings.ratePerSecond;

  const stageFor = (arm: ArmName): StageOptions => {
    const armOptions = { threads, backlogJobs };
    return { arm, armOptions, documents, ceilingBytes, signal, seed };
  };
  const capacityStep = (label: string): Step => ({
    label,
    seconds: capacitySeconds(seconds) + AROUND_SECONDS,
    async run() {
      const measured = await measureCapacity(stageFor('millrace'), seconds);
      if (measured === undefined) return undefined;
      windows.push(...measured);
      const capacity = capacityFrom(measured);
      const line = describeCapacity(label, capacity);
      if (rate !== undefined) return [line];
      rate = OVERLOAD_FACTOR * capacity.perSecond;
      return [line, describeLoad(rate, OVERLOAD_FACTOR, seconds)];
    },
  });
  const armStep = (arm: ArmName): Step => ({
    label: arm,
    seconds: seconds + AROUND_SECONDS,
    async run() {
      const load = { ratePerSecond: rate ?? 0, seconds };
      const result = await runArm(stageFor(arm), load, (moment) =>
        progress.update(describeMoment(moment)),
      );
      if (result === undefined) return undefined;
      results.push(result);
      return [describeArm(result)];
    },
  });

  progress.say(describeDocuments(summary));
  progress.say(describeService(settings));
  if (rate !== undefined) progress.say(describeLoad(rate, undefined, seconds));
  const steps: Step[] = settings.arms.includes('millrace')
    ? [capacityStep('capacity'), armStep('millrace'), capacityStep('capacity again')]
    : settings.ratePerSecond === undefined
      ? [capacityStep('capacity')]
      : [];
  const others = settings.arms.filter((arm) => arm !== 'millrace');
  await runSteps([...steps, ...others.map((arm) => armStep(arm))], progress, signal);

  const capacity = windows.length === 0 ? null : capacityFrom(windows);
  const shown = settings.arms.flatMap((arm) => results.filter(({ name }) => name === arm));
  return {
    scenario: 'overload',
    startedAt,
    isInterrupted: signal.aborted,
    failures: [],
    settings,
    documents: summary,
    capacity,
    arms: shown.map((arm) => withShare(arm, capacity)),
  };
}

async function runSteps(steps: readonly Step[], progress: Progress, signal: AbortSignal) {
  for (const [at, { label, seconds, run }] of steps.entries()) {
    const later = steps.slice(at + 1).reduce((sum, step) => sum + step.seconds, 0);
    progress.begin(label, seconds, later);
    const lines = signal.aborted ? undefined : await run();
    if (lines === undefined) break;
    progress.end(lines);
  }
  progress.stop();
}

function withShare(arm: ArmResult, capacity: Capacity | null): ArmResult {
  if (capacity === null) return arm;
  return { ...arm, goodputShare: arm.goodputPerSecond / capacity.perSecond };
}
