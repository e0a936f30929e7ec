/**
 * What measuring an own job says: the job by itself, what a pool of it can do, what arrivals meet
 * (`loads-report.ts`), what failed, and the advice (`advice/report.ts`).
 *
 * Invariants: beside every figure that has rounds stands their range; what limits the figures (no
 * stable warm-up, failed jobs, noise) is told.
 */
import {
  type BarsBlock,
  type Block,
  type CurvesBlock,
  type Document,
  heading,
  spreadCell,
  text,
} from '../../report/document.js';
import { describeLimits } from '../../harness/limits.js';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatFigure,
  formatMegabytes,
  formatPercent,
  formatUnit,
} from '../../report/format.js';
import { describeAdvice } from './advice/report.js';
import type { JobFailures } from '../../user-job/job-failures.js';
import { describeLoads } from './loads-report.js';
import { describeSlots, type SaturationResult, type ServiceResult } from './measure/figures.js';
import type { JobResult } from './result.js';
import type { JobSettings } from './settings.js';

/** From this share of its time on a job counts as computing. */
const COMPUTING_SHARE = 0.5;

/** For a person. */
export function describeOwnJob(result: JobResult): Document {
  const { settings, service, saturation, chosen, loads, advice, jobFailures } = result;
  const spreads = [
    ...saturation.map(({ jobsPerSecond }) => jobsPerSecond),
    ...loads.map(({ p99 }) => p99),
  ];
  return {
    title: `Your job: ${settings.job.label}`,
    blocks: [
      ...describeInputs(result),
      ...(service === undefined ? [] : describeService(service)),
      ...describeSaturation(saturation, chosen, settings),
      ...describeLoads(result),
      ...describeFailures(jobFailures),
      ...(advice === undefined ? [] : describeAdvice(advice)),
      ...describeLimits(spreads, result).map((line) => text(line)),
    ],
  };
}

function describeInputs({ inputs, settings }: JobResult): Block[] {
  if (inputs === undefined) return [];
  if (settings.input.kind === 'none') return [text('Without an input (--input gives it some).')];
  const more = inputs.hasMore ? ' There were more; these are the first ones.' : '';
  const many = inputs.count === 1 ? 'One input' : `${formatCount(inputs.count)} inputs`;
  return [
    text(
      `${many}, ${formatBytes(inputs.bytes)} in all, dealt in a shuffled order again and again.${more}`,
    ),
  ];
}

function describeService({
  time,
  warmUp,
  cpuShare,
  cpuMsPerJob,
  idleShare,
  waitsMostly,
}: ServiceResult): Block[] {
  if (time.count === 0) return [heading('The job by itself'), text('No job succeeded.')];
  const kind = waitsMostly
    ? 'it mostly waits, so that one thread can serve several at once (concurrency)'
    : cpuShare >= COMPUTING_SHARE
      ? 'it computes, so that more at once need more threads'
      : 'it holds its thread without computing: it blocks it (synchronous I/O), or other programs had the processor';
  return [
    heading('The job by itself: one after the other, timed on its thread'),
    {
      kind: 'table',
      head: ['', 'p50', 'p90', 'p99', 'p99.9', 'max', 'mean', 'jobs'],
      rows: [
        [
          'ms',
          ...[time.p50, time.p90, time.p99, time.p999, time.max, time.mean].map(formatFigure),
          formatCount(time.count),
        ],
      ],
    },
    text(
      `Coefficient of variation ${formatFigure(time.variation)}. Processor time per job ` +
        `${formatDuration(cpuMsPerJob)}, with what is around it, ${formatPercent(cpuShare)} of its time; its thread ` +
        `was idle for ${formatPercent(idleShare)} of that: ${kind}.`,
    ),
    text(
      warmUp.isStable
        ? `The times were stable (within 10 %) after ${formatCount(warmUp.jobs)} jobs, ${formatDuration(warmUp.ms)}.`
        : `The times did not become stable (within 10 %) in ${formatDuration(warmUp.ms)}, ${formatCount(warmUp.jobs)} ` +
            'jobs: the inputs differ much, or the machine is busy. Take the figures with care.',
      warmUp.isStable ? 'faint' : undefined,
    ),
  ];
}

function describeSaturation(
  saturation: readonly SaturationResult[],
  chosen: SaturationResult | undefined,
  settings: Pick<JobSettings, 'concurrency'>,
): Block[] {
  if (chosen === undefined) return [];
  const single = saturation.filter(({ concurrency }) => concurrency === 1);
  const one = single.find(({ threads }) => threads === 1)?.jobsPerSecond.median;
  const ideal = (threads: number): number => (one ?? NaN) * threads;
  return [
    heading('Saturation: all that a pool can do'),
    {
      kind: 'table',
      head: ['', 'jobs/s', '÷ ideal', 'peak memory'],
      rows: saturation.map((each) => [
        describeSlots(each),
        spreadCell(each.jobsPerSecond, formatFigure),
        each.concurrency === 1 && one !== undefined
          ? formatFigure(each.jobsPerSecond.median / ideal(each.threads))
          : '-',
        spreadCell(each.peakBytes, formatMegabytes),
      ]),
    },
    text(
      'Ideal: so many times what one thread does. × is the number of jobs at once on each thread ' +
        '(concurrency). Memory is that of the process, with the inputs.',
      'faint',
    ),
    ...(single.length < 2 || one === undefined ? [] : drawThreads(single, ideal)),
    text(
      `The fewest that did nearly as much as the best (within 5 %): ${describeSlots(chosen)}. ` +
        'What follows is measured with that.' +
        (chosen.concurrency > 1 && chosen.concurrency === settings.concurrency
          ? ' No more at once were tried (--concurrency); they might do more.'
          : ''),
    ),
  ];
}

function drawThreads(
  single: readonly SaturationResult[],
  ideal: (threads: number) => number,
): Block[] {
  const most = single.at(-1)?.threads ?? 1;
  const bars: BarsBlock = {
    kind: 'bars',
    title: `Jobs per second by threads; ┊ is the ideal of ${most}, ${formatUnit(ideal(most), 'perSecond')}`,
    axis: { label: 'jobs per second', unit: 'perSecond' },
    mark: { label: `ideal of ${most} threads`, value: ideal(most) },
    bars: single.map(({ jobsPerSecond, ...slots }) => ({
      name: describeSlots(slots),
      figure: jobsPerSecond,
    })),
  };
  const curves: CurvesBlock = {
    kind: 'curves',
    title: 'Throughput by threads',
    x: { label: 'threads', unit: 'count' },
    y: { label: 'jobs per second', unit: 'perSecond' },
    series: [
      {
        name: 'measured',
        points: single.map(({ threads, jobsPerSecond }) => [threads, jobsPerSecond.median]),
      },
      {
        name: 'ideal',
        points: single.map(({ threads }) => [threads, ideal(threads)]),
        isReference: true,
      },
    ],
  };
  return [bars, curves];
}

function describeFailures({ count, examples }: JobFailures): Block[] {
  if (count === 0) return [];
  const told = examples.reduce((sum, each) => sum + each.count, 0);
  return [
    heading(count === 1 ? 'One job failed' : `${formatCount(count)} jobs failed`),
    ...examples.map(({ message, input, count: times }) =>
      text(
        `${message} (${times === 1 ? 'once' : `${formatCount(times)} times`}, first with ${input})`,
        'point',
      ),
    ),
    ...(told === count
      ? []
      : [text(`${formatCount(count - told)} more with other messages.`, 'point')]),
    text('They count as jobs above, as they take their time too, but not in the service time.'),
  ];
}
