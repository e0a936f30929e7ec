/**
 * What a result of `bench overhead` says: one table and one row of bars for each kind of job.
 *
 * Invariant: beside every figure stands the range of its rounds; what limits the figures (noise,
 * missing peers, an interruption) is told.
 */
import {
  type BarsBlock,
  type Block,
  type Document,
  heading,
  type NamedFigure,
  spreadRow,
  text,
} from '../../report/document.js';
import { claimOf, type Figure, scaleFigure } from '../../harness/figures.js';
import { describeLimits } from '../../harness/limits.js';
import type { PeerName } from '../../peers/index.js';
import type { Spread } from '../../math/series.js';
import { formatFigure, formatList } from '../../report/format.js';
import type { OverheadResult, PeerFigures, PointResult } from './result.js';
import type { JobKind } from './settings.js';

/** For a person. */
export function describeOverhead(result: OverheadResult): Document {
  const { settings, points } = result;
  const spreads = points.flatMap(({ peers }) => peers.map(({ jobsPerSecond }) => jobsPerSecond));
  return {
    title: 'Overhead: short jobs on this and other pools',
    blocks: [
      ...settings.jobs.flatMap((kind) =>
        describeJob(
          kind,
          points.filter(({ job, peers }) => job === kind.name && peers.length > 0),
          result,
        ),
      ),
      ...describeLimits(spreads, result).map((line) => text(line)),
    ],
  };
}

function describeJob(
  { title, us }: JobKind,
  points: readonly PointResult[],
  { settings }: OverheadResult,
): Block[] {
  if (points.length === 0) return [];
  const row = (
    label: string,
    pick: (point: PointResult) => Spread | undefined,
    scale: number = 1,
  ) => {
    const spreads = points.map((point) => pick(point));
    const isEmpty = spreads.every((spread) => spread === undefined);
    return isEmpty ? [] : [spreadRow(label, spreads, (value) => formatFigure(value * scale))];
  };
  const rows = [
    ...settings.peers.flatMap((peer) =>
      row(peer, (point) => figuresOf(peer, point)?.jobsPerSecond, 1 / 1000),
    ),
    ...row('÷ best pool', ({ toBestPool }) => toBestPool?.ratio),
    ...row('÷ ring', ({ toRing }) => toRing?.ratio),
    ...row('time in jobs', (point) => figuresOf('millrace', point)?.timeInJobs),
    ...row("best pool's", (point) => figuresOf(point.toBestPool?.peer, point)?.timeInJobs),
  ];
  const best = settings.peers.flatMap((peer) => {
    const at = points.filter(({ toBestPool }) => toBestPool?.peer === peer);
    return at.length === 0
      ? []
      : [`${peer} at ${formatList(at.map((point) => `${point.inFlight}`))}`];
  });
  return [
    heading(title),
    text(
      `On ${settings.threads} threads: thousand jobs per second, the median of the rounds and below it the least and the most of them.`,
    ),
    {
      kind: 'table',
      head: ['in flight', ...points.map(({ inFlight }) => String(inFlight))],
      rows,
    },
    ...(best.length === 0 ? [] : [text(`The best pool: ${best.join('; ')}.`, 'faint')]),
    ...(us === 0 || best.length === 0
      ? []
      : [
          text(
            "Time in jobs: millrace's jobs, as a share of the time that the processors have.",
            'faint',
          ),
        ]),
    ...describeClaims(points),
    ...drawRatios(title, points),
  ];
}

/** What the rounds agree on. */
function describeClaims(points: readonly PointResult[]): Block[] {
  const at = (claim: 'more' | 'less' | undefined): string =>
    formatList(
      points.flatMap(({ inFlight, toBestPool }) =>
        toBestPool !== undefined && claimOf(toBestPool.ratio) === claim ? [`${inFlight}`] : [],
      ),
    );
  const claims = [
    ['millrace is faster than the best other pool', at('more')],
    ['The best other pool is faster', at('less')],
    ['The rounds do not agree on which is faster', at(undefined)],
  ] as const;
  return claims.flatMap(([claim, where]) =>
    where === '' ? [] : [text(`${claim} with ${where} in flight.`, 'point')],
  );
}

function drawRatios(title: string, points: readonly PointResult[]): BarsBlock[] {
  const bars = points.flatMap(({ inFlight, toBestPool }) =>
    toBestPool === undefined ? [] : [{ name: `${inFlight} in flight`, figure: toBestPool.ratio }],
  );
  if (bars.length === 0) return [];
  return [
    {
      kind: 'bars',
      title: `${title}: times the throughput of the best other pool`,
      axis: { label: 'times', unit: 'ratio' },
      mark: { label: 'as fast as the best other pool', value: 1 },
      bars,
    },
  ];
}

/** For a comparison with another run. */
export function overheadFigures({ points }: OverheadResult): NamedFigure[] {
  return points.flatMap(({ job, inFlight, peers, toBestPool, toRing }) => {
    const at = `${job}, ${inFlight} in flight`;
    return [
      ...peers.flatMap(({ peer, jobsPerSecond, cpuUsPerJob }): NamedFigure[] => [
        { ...jobsPerSecond, name: `${at}: ${peer}`, unit: 'perSecond', better: 'more' },
        {
          ...scaleFigure(cpuUsPerJob, 1 / 1000),
          name: `${at}: ${peer}, processor time per job`,
          unit: 'milliseconds',
          better: 'less',
        },
      ]),
      ...(toBestPool === undefined ? [] : [ratio(`${at}: millrace ÷ best pool`, toBestPool.ratio)]),
      ...(toRing === undefined ? [] : [ratio(`${at}: millrace ÷ ring`, toRing.ratio)]),
    ];
  });
}

function ratio(name: string, figure: Figure): NamedFigure {
  return { ...figure, name, unit: 'ratio', better: 'more' };
}

function figuresOf(peer: PeerName | undefined, point: PointResult): PeerFigures | undefined {
  return point.peers.find((each) => each.peer === peer);
}
