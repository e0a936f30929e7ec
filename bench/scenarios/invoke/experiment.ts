/**
 * Runs the experiment: one variant after the other, each with a service, a second service and a load generator
 * in processes of their own.
 *
 * Invariants: no variant is affected by leftovers of another one; if the processes of a variant fail, this is
 * reported and the other variants are still measured; an interrupted experiment still has a result, with what
 * was measured so far.
 */
import { builtFile } from '../../process/built-file.js';
import { chooseDocuments, summarizeDocuments } from '../service/load/corpus.js';
import { installedFolders } from '../../process/installation.js';
import { describeDocuments, describeLoad } from '../service/narration.js';
import type { StageOptions } from '../service/stage.js';
import { AROUND_SECONDS, runSteps, type Step, tellArm } from '../service/steps.js';
import type { Progress } from '../../report/terminal/progress.js';
import type { ArmName, ArmOptions } from './arms.js';
import { describePools, describeSecondService } from './narration.js';
import type { InvokeArm, InvokeResult } from './result.js';
import { SecondService } from './second-service.js';
import { type InvokeSettings, servedPerSecond } from './settings.js';

const PROGRAM = builtFile('bench/scenarios/invoke/service.js');

/** Runs the experiment. */
export async function runInvoke(
  settings: InvokeSettings,
  progress: Progress,
  signal: AbortSignal,
): Promise<InvokeResult> {
  const startedAt = new Date().toISOString();
  const { seconds, ratePerSecond, threads, concurrency, backlogJobs, ceilingBytes, seed } =
    settings;
  const documents = chooseDocuments(installedFolders(), seed);
  const summary = summarizeDocuments(documents);
  const capacity = servedPerSecond(settings);
  const arms: InvokeArm[] = [];
  const failures: string[] = [];

  const drive = async (name: ArmName): Promise<string[] | undefined> => {
    const { slots, delayMs } = settings;
    const second = await SecondService.open({ kind: 'start', slots, delayMs, seed });
    try {
      const armOptions: ArmOptions = { port: second.port, threads, concurrency, backlogJobs };
      const stage: StageOptions = {
        program: PROGRAM,
        arm: name,
        armOptions,
        documents,
        ceilingBytes,
        signal: AbortSignal.any([signal, second.ended]),
        seed,
      };
      const told = await tellArm(stage, { ratePerSecond, seconds }, progress);
      const secondService = await second.count();
      if (told === undefined) return undefined;
      const { result, lines } = told;
      const goodputShare = result.goodputPerSecond / capacity;
      arms.push({ ...result, name, goodputShare, secondService });
      return lines;
    } finally {
      await second.close();
    }
  };
  const step = (name: ArmName): Step => ({
    label: name,
    seconds: seconds + AROUND_SECONDS,
    async run() {
      try {
        return await drive(name);
      } catch (error) {
        failures.push(`${name}: ${(error as Error).message}`);
        return [`${name} could not be measured: ${(error as Error).message}`];
      }
    },
  });

  progress.say(describeDocuments(summary));
  progress.say(describeSecondService(settings));
  progress.say(describePools(settings));
  const factor = ratePerSecond / capacity;
  const reason = `${Number(factor.toFixed(2))} × its capacity`;
  progress.say(describeLoad(ratePerSecond, reason, seconds));
  await runSteps(settings.arms.map(step), progress, signal);
  return {
    scenario: 'invoke',
    startedAt,
    isInterrupted: signal.aborted,
    failures,
    settings,
    documents: summary,
    arms,
  };
}
