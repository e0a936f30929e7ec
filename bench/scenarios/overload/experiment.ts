/**
 * Runs the experiment: documents, capacity, then one variant after the other, each in fresh processes.
 *
 * Invariants: an interrupted experiment still has a result, with what was measured so far. A machine's speed
 * drifts, so the capacity is measured right before the `millrace` variant (where it sets the rate) and right
 * after it; goodput is compared with the median of both. The variants are reported in their usual order,
 * whatever order they ran in.
 */
import { builtFile } from '../../process/built-file.js';
import { chooseDocuments, summarizeDocuments } from '../service/load/corpus.js';
import { installedFolders } from '../../process/installation.js';
import type { Progress } from '../../report/terminal/progress.js';
import { describeDocuments, describeLoad } from '../service/narration.js';
import type { ArmResult } from '../service/result.js';
import type { StageOptions } from '../service/stage.js';
import { AROUND_SECONDS, runSteps, type Step, tellArm } from '../service/steps.js';
import type { ArmName, ArmOptions } from './arms.js';
import { type Capacity, capacityFrom, capacitySeconds, measureCapacity } from './capacity.js';
import { describeCapacity, describeService } from './narration.js';
import type { OverloadResult } from './result.js';
import { OVERLOAD_FACTOR, type OverloadSettings } from './settings.js';

const PROGRAM = builtFile('bench/scenarios/overload/service.js');

/** Runs the experiment. @throws Error if a step can't be carried out */
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
  const results = new Map<ArmName, ArmResult>();
  let rate = settings.ratePerSecond;

  const armOptions: ArmOptions = { threads, backlogJobs };
  const stageFor = (arm: ArmName): StageOptions & { readonly armOptions: ArmOptions } => {
    return { program: PROGRAM, arm, armOptions, documents, ceilingBytes, signal, seed };
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
      return [line, describeLoad(rate, `${OVERLOAD_FACTOR} × the capacity`, seconds)];
    },
  });
  const armStep = (arm: ArmName): Step => ({
    label: arm,
    seconds: seconds + AROUND_SECONDS,
    async run() {
      const load = { ratePerSecond: rate ?? 0, seconds };
      const told = await tellArm(stageFor(arm), load, progress);
      if (told !== undefined) results.set(arm, told.result);
      return told?.lines;
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
  return {
    scenario: 'overload',
    startedAt,
    isInterrupted: signal.aborted,
    failures: [],
    settings,
    documents: summary,
    capacity,
    arms: settings.arms.flatMap((name) => {
      const result = results.get(name);
      return result === undefined ? [] : [{ ...withShare(result, capacity), name }];
    }),
  };
}

function withShare(arm: ArmResult, capacity: Capacity | null): ArmResult {
  if (capacity === null) return arm;
  return { ...arm, goodputShare: arm.goodputPerSecond / capacity.perSecond };
}
