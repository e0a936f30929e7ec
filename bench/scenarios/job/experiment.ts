/**
 * Measures a job step by step, as each step needs the results of the earlier ones: its service time; the max
 * throughput by threads (and by jobs at once on each); latencies below and above that; then the advice, which
 * further runs verify.
 *
 * Invariant: a step whose prerequisites are missing, because of a failure or an interruption, is skipped; the
 * result keeps the earlier steps.
 */
import type { Surroundings } from '../../harness/scenario.js';
import { adviseAndVerify } from './advice/advising.js';
import { backlogBytes, backlogJobs, defaultP99Ms } from './advice/sizing.js';
import { chooseSlots } from './advice/slots.js';
import { serviceResult } from './measure/figures.js';
import { Measurer } from './measure/measurer.js';
import type { ServiceReply } from './measure/program.js';
import type { JobPoolOptions } from './measure/user-job.js';
import { type JobResult, labelInput } from './result.js';
import type { JobSettings } from './settings.js';
import { closedLoadBefore, measureLoads, measureSaturation, measureService } from './steps.js';

/** Runs all steps. */
export async function measureJob(
  settings: JobSettings,
  surroundings: Surroundings,
): Promise<JobResult> {
  const startedAt = new Date().toISOString();
  const measurer = new Measurer(settings, surroundings);
  const figures = await measureSteps(settings, measurer);
  return {
    scenario: 'job',
    startedAt,
    isInterrupted: measurer.isInterrupted,
    settings: { ...settings, input: labelInput(settings.input) },
    saturation: [],
    comparisons: [],
    loads: [],
    ...figures,
    jobFailures: measurer.jobFailures.summary(),
    failures: measurer.failures,
    unstable: measurer.unstable,
  };
}

type Figures = Partial<
  Pick<
    JobResult,
    | 'inputs'
    | 'service'
    | 'saturation'
    | 'chosen'
    | 'comparisons'
    | 'overloadBacklog'
    | 'loads'
    | 'advice'
  >
>;

async function measureSteps(settings: JobSettings, measurer: Measurer): Promise<Figures> {
  const reply = await measureService(settings, measurer);
  if (reply === undefined) return {};
  const { inputs } = reply;
  if (reply.isGivenUp) {
    measurer.failures.push(describeGivenUp(settings.job.label, reply));
    return { inputs };
  }
  const service = serviceResult(reply);
  if (service.time.count === 0) return { inputs, service };

  const saturation = await measureSaturation(settings, service, measurer);
  const choice = chooseSlots(saturation);
  if (choice === undefined || measurer.isInterrupted) return { inputs, service, saturation };
  const { chosen, comparisons } = choice;

  const wantedP99Ms = settings.p99Ms ?? defaultP99Ms(service);
  const overloadBacklog = backlogJobs(wantedP99Ms, service, chosen);
  const { threads, concurrency } = chosen;
  const bounded: JobPoolOptions = {
    threads,
    concurrency,
    backlog: {
      jobs: overloadBacklog,
      bytes: backlogBytes(overloadBacklog + threads * concurrency, inputs),
    },
  };
  const loads = await measureLoads(settings, service, chosen, bounded, measurer);
  const measured = { inputs, service, saturation, chosen, comparisons, overloadBacklog, loads };
  if (!settings.advise || measurer.isInterrupted) return measured;
  const closed = closedLoadBefore(settings, service, chosen);
  const advice = await adviseAndVerify(
    { ...measured, wantedP99Ms },
    { seconds: settings.seconds, ...closed },
    settings.job,
    measurer,
  );
  return { ...measured, advice };
}

/** Formats the reason for giving up, with its most frequent remedy. */
function describeGivenUp(label: string, { failures, warmUp }: ServiceReply): string {
  const [example] = failures.examples;
  return (
    `All of the first ${warmUp.jobs} calls of ${label} failed, which were made without an input` +
    `${example === undefined ? '' : ` (${example.message})`}. Give the job its inputs: --input 'docs/**/*.md', ` +
    'or a module that exports them.'
  );
}
