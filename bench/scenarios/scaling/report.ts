/**
 * Describes the result of `bench scaling`: a table, a chart and the limit, for each kind of job.
 *
 * Invariant: metrics come with the range of their rounds.
 */
import {
  type Block,
  type Cell,
  type CurvesBlock,
  type Document,
  heading,
  type NamedFigure,
  oneFigure,
  spreadCell,
  text,
} from '../../report/document.js';
import { scaleFigure } from '../../harness/figures.js';
import { describeLimits } from '../../harness/limits.js';
import { perSecondAt } from '../../math/scalability.js';
import { formatCount, formatFigure } from '../../report/format.js';
import type { FittedLaw, KindResult, ScalingResult, ThreadsResult } from './result.js';
import { drawConclusions } from './verdict.js';

/** Describes the result for humans. */
export function describeScaling(result: ScalingResult): Document {
  const { kinds, processors } = result;
  const spreads = kinds.flatMap(({ points }) => points.map(({ jobsPerSecond }) => jobsPerSecond));
  return {
    title: 'Scaling: what each further thread adds',
    blocks: [
      ...kinds.flatMap((kind) => concludeKind(kind, processors)),
      ...describeLimits(spreads, result).map((line) => text(line)),
      ...kinds.flatMap((kind) => describeKind(kind, processors)),
    ],
  };
}

/** States the limit, before anything else; the laws follow with the table. */
function concludeKind(kind: KindResult, processors: number): Block[] {
  const [limit] = drawConclusions(kind, processors);
  return limit === undefined ? [] : [text(`${kind.title}: ${limit}`, 'point')];
}

function describeKind(kind: KindResult, processors: number): Block[] {
  const { title, points, usl } = kind;
  if (points.length === 0) return [];
  const law = usl === undefined ? [] : ['by the USL (jobs/s)'];
  return [
    heading(title),
    ...drawConclusions(kind, processors)
      .slice(1)
      .map((sentence) => text(sentence, 'point')),
    text(`On ${processors} CPUs: medians of the rounds, with min–max below them.`),
    {
      kind: 'table',
      head: [
        'threads',
        'measured (jobs/s)',
        'ideal (jobs/s)',
        'efficiency (%)',
        ...law,
        'CPU (µs/job)',
      ],
      rows: points.map((point) => rowOf(point, kind)),
    },
    text(
      'Ideal: threads × the throughput of one. CPU: of the whole process, in the jobs and around them.',
      'faint',
    ),
    curves(kind),
  ];
}

function rowOf(
  { threads, jobsPerSecond, efficiency, cpuUsPerJob }: ThreadsResult,
  kind: KindResult,
): (Cell | string)[] {
  const single = singleRate(kind);
  return [
    String(threads),
    spreadCell(jobsPerSecond, formatCount),
    single === undefined ? '-' : formatCount(threads * single),
    threads === 1 ? '100.0' : spreadCell(efficiency, (share) => (share * 100).toFixed(1)),
    ...(kind.usl === undefined ? [] : [formatCount(perSecondAt(kind.usl, threads))]),
    spreadCell(cpuUsPerJob, formatFigure),
  ];
}

function curves(kind: KindResult): CurvesBlock {
  const { title, points, usl } = kind;
  const single = singleRate(kind);
  const over = (law: (threads: number) => number) =>
    points.map(({ threads }) => [threads, law(threads)] as const);
  return {
    kind: 'curves',
    title: `${title}: throughput over the number of threads`,
    x: { label: 'threads', unit: 'count' },
    y: { label: 'jobs per second', unit: 'perSecond' },
    series: [
      {
        name: 'measured',
        points: points.map(({ threads, jobsPerSecond }) => [threads, jobsPerSecond.median]),
      },
      ...(single === undefined
        ? []
        : [{ name: 'ideal', points: over((threads) => threads * single), isReference: true }]),
      ...(usl === undefined
        ? []
        : [
            {
              name: 'Universal Scalability Law',
              points: over((threads) => perSecondAt(usl, threads)),
              isReference: true,
            },
          ]),
    ],
  };
}

function singleRate({ points }: KindResult): number | undefined {
  return points.find(({ threads }) => threads === 1)?.jobsPerSecond.median;
}

/** Lists the metrics for a comparison with another run. */
export function scalingFigures({ kinds }: ScalingResult): NamedFigure[] {
  return kinds.flatMap(({ job, points, amdahl, usl }) => [
    ...points.flatMap(({ threads, jobsPerSecond, efficiency, cpuUsPerJob }): NamedFigure[] => {
      const at = `${job}, ${threads} threads`;
      return [
        { ...jobsPerSecond, name: at, unit: 'perSecond', better: 'more' },
        ...(efficiency === undefined
          ? []
          : [named(`${at}: efficiency`, efficiency, 'percent', 'more')]),
        named(
          `${at}: CPU time per job`,
          scaleFigure(cpuUsPerJob, 1 / 1000),
          'milliseconds',
          'less',
        ),
      ];
    }),
    ...lawFigures(`${job}: Amdahl`, amdahl).slice(0, 1),
    ...lawFigures(`${job}: USL`, usl),
  ]);
}

function lawFigures(name: string, law: FittedLaw | undefined): NamedFigure[] {
  if (law === undefined) return [];
  return [
    oneFigure(`${name}, σ`, law.contention, 'ratio', 'less'),
    oneFigure(`${name}, κ`, law.coherency, 'ratio', 'less'),
  ];
}

function named(
  name: string,
  figure: Omit<NamedFigure, 'name' | 'unit' | 'better'>,
  unit: NamedFigure['unit'],
  better: 'more' | 'less',
): NamedFigure {
  return { ...figure, name, unit, better };
}
