/**
 * Describes a result of `bench overhead`: the claims, then a table and bars for each kind of job.
 *
 * Invariant: metrics come with the range of their rounds; limitations (noise, missing peers, an interruption)
 * are reported.
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
import { describeClaims } from '../../harness/claims.js';
import { describeLimits } from '../../harness/limits.js';
import { throughputFigures } from '../../harness/throughput.js';
import type { PeerName } from '../../peers/index.js';
import type { Spread } from '../../math/series.js';
import { formatFigure, formatList } from '../../report/format.js';
import type { OverheadResult, PeerFigures, PointResult } from './result.js';
import type { JobKind } from './settings.js';

/** Describes the result for humans. */
export function describeOverhead(result: OverheadResult): Document {
  const { settings, points } = result;
  const spreads = points.flatMap(({ peers }) => peers.map(({ jobsPerSecond }) => jobsPerSecond));
  return {
    title: 'Overhead: short jobs on this and other pools',
    blocks: [
      ...settings.jobs.flatMap((kind) => concludeJob(kind, pointsOf(kind, result))),
      ...describeLimits(spreads, result).map((line) => text(line)),
      ...settings.jobs.flatMap((kind) => describeJob(kind, pointsOf(kind, result), result)),
    ],
  };
}

function pointsOf(kind: JobKind, { points }: OverheadResult): PointResult[] {
  return points.filter(({ job, peers }) => job === kind.name && peers.length > 0);
}

function describeJob(
  { title, us }: JobKind,
  points: readonly PointResult[],
  result: OverheadResult,
): Block[] {
  const { settings } = result;
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
    ...row('÷ best pool (×)', ({ toBestPool }) => toBestPool?.ratio),
    ...row('÷ ring (×)', ({ toRing }) => toRing?.ratio),
    ...row('time in jobs (share)', (point) => figuresOf('millrace', point)?.timeInJobs),
    ...row("best pool's (share)", (point) => figuresOf(point.toBestPool?.peer, point)?.timeInJobs),
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
      `Throughput on ${settings.threads} threads, by the number of jobs in flight: medians of the rounds, with min–max below them.`,
    ),
    {
      kind: 'table',
      groups: [{ title: 'thousand jobs/s', columns: points.length }],
      head: ['in flight', ...points.map(({ inFlight }) => String(inFlight))],
      rows,
    },
    ...(best.length === 0 ? [] : [text(`The best pool: ${best.join('; ')}.`, 'faint')]),
    ...(us === 0 || best.length === 0
      ? []
      : [text("Time in jobs: millrace's jobs, as a share of the available CPU time.", 'faint')]),
    ...drawRatios(title, points, result.points),
  ];
}

/** States what the rounds agree on. */
function concludeJob({ title }: JobKind, points: readonly PointResult[]): Block[] {
  const compared = points.flatMap(({ inFlight, toBestPool }) =>
    toBestPool === undefined ? [] : [{ at: `${inFlight}`, ratio: toBestPool.ratio }],
  );
  return describeClaims(compared, {
    more: `${title}: millrace is faster than the best other pool`,
    less: `${title}: the best other pool is faster than millrace`,
    open: `which is faster for ${title.replace(/^[A-Z](?=[a-z])/, (sign) => sign.toLowerCase())}, millrace or the best other pool,`,
    where: (names) => `with ${names} in flight`,
  }).map((sentence) => text(sentence, 'point'));
}

/** @param all - The points of all kinds of jobs, whose charts share one scale. */
function drawRatios(
  title: string,
  points: readonly PointResult[],
  all: readonly PointResult[],
): BarsBlock[] {
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
      scaleHolds: all.flatMap(({ toBestPool }) =>
        toBestPool === undefined ? [] : [toBestPool.ratio.min, toBestPool.ratio.max],
      ),
    },
  ];
}

/** Lists the metrics for a comparison with another run. */
export function overheadFigures({ points }: OverheadResult): NamedFigure[] {
  return points.flatMap((point) =>
    throughputFigures(`${point.job}, ${point.inFlight} in flight`, point),
  );
}

function figuresOf(peer: PeerName | undefined, point: PointResult): PeerFigures | undefined {
  return point.peers.find((each) => each.peer === peer);
}
