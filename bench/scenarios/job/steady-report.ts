/**
 * Describes a job under steady load: its service time and the max throughput of a pool.
 *
 * Invariants: metrics that have rounds come with their range; an unstable service time is reported as such.
 */
import { type Block, type CurvesBlock, heading, spreadCell, text } from '../../report/document.js';
import {
  formatCount,
  formatDuration,
  formatFigure,
  formatMegabytes,
  formatPercent,
} from '../../report/format.js';
import { describeSlots, type SaturationResult, type ServiceResult } from './measure/figures.js';
import type { JobSettings } from './settings.js';

/** A job that uses the CPU for at least this share of its time counts as computing. */
const COMPUTING_SHARE = 0.5;

/** Describes the service time. */
export function describeService({
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
      : 'it holds its thread without computing: it blocks it (synchronous I/O), or other programs had the CPU';
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
      `Coefficient of variation ${formatFigure(time.variation)}. CPU time per job ` +
        `${formatDuration(cpuMsPerJob)} with its overhead, ${formatPercent(cpuShare)} of its time; its thread ` +
        `was idle for ${formatPercent(idleShare)} of that: ${kind}.`,
    ),
    text(
      warmUp.isStable
        ? `The times were stable (within 10 %) after ${formatCount(warmUp.jobs)} jobs, ${formatDuration(warmUp.ms)}.`
        : `The times did not become stable (within 10 %) in ${formatDuration(warmUp.ms)}, ${formatCount(warmUp.jobs)} ` +
            'jobs: the inputs vary widely, or the machine is busy. Take the results with caution.',
      warmUp.isStable ? 'faint' : undefined,
    ),
  ];
}

/** Describes the max throughput with each setting that was tried. */
export function describeThroughput(
  saturation: readonly SaturationResult[],
  chosen: SaturationResult | undefined,
  settings: Pick<JobSettings, 'concurrency'>,
): Block[] {
  if (chosen === undefined) return [];
  const single = saturation.filter(({ concurrency }) => concurrency === 1);
  const one = single.find(({ threads }) => threads === 1)?.jobsPerSecond.median;
  const ideal = (threads: number): number => (one ?? NaN) * threads;
  return [
    heading('Max throughput'),
    {
      kind: 'table',
      head: ['', 'jobs/s', 'scaling efficiency (share)', 'peak memory'],
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
      'Scaling efficiency: throughput ÷ (threads × single-thread throughput). × is the number of jobs at once ' +
        'on each thread (concurrency). Memory is that of the process, with the inputs.',
      'faint',
    ),
    ...(single.length < 2 || one === undefined ? [] : drawThreads(single, ideal)),
    text(
      `What follows is measured with ${describeSlots(chosen)}.` +
        (chosen.concurrency > 1 && chosen.concurrency === settings.concurrency
          ? ' More at once were not tried (--concurrency), and might do more.'
          : ''),
    ),
  ];
}

function drawThreads(
  single: readonly SaturationResult[],
  ideal: (threads: number) => number,
): Block[] {
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
  return [curves];
}
