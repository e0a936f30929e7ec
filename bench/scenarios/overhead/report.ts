/**
 * The printed report of `bench overhead`: one table for each kind of job.
 *
 * Invariants: at most 80 columns; below every figure the range of its rounds; what limits the figures
 * (noise, missing peers, an interruption) is told.
 */
import type { PeerName } from '../../peers/index.js';
import { describeLimits } from '../../limits.js';
import type { Spread } from '../../series.js';
import { formatFigure, formatList } from '../../terminal/format.js';
import type { Paint } from '../../terminal/paint.js';
import { spreadRows } from '../../terminal/spread.js';
import { drawTable } from '../../terminal/table.js';
import { wrap } from '../../terminal/wrap.js';
import type { OverheadResult, PeerFigures, PointResult } from './result.js';
import type { JobKind } from './settings.js';

/** The lines of the report. */
export function reportOverhead(result: OverheadResult, paint: Paint): string[] {
  const { settings, points } = result;
  const spreads = points.flatMap(({ peers }) => peers.map(({ jobsPerSecond }) => jobsPerSecond));
  return [
    ...settings.jobs.flatMap((kind) =>
      drawJob(
        kind,
        points.filter(({ job }) => job === kind.name),
        result,
        paint,
      ),
    ),
    '',
    ...describeLimits(spreads, result).flatMap((line) => wrap(line)),
  ];
}

function drawJob(
  { title, us }: JobKind,
  points: readonly PointResult[],
  { settings }: OverheadResult,
  paint: Paint,
): string[] {
  const row = (
    label: string,
    pick: (point: PointResult) => Spread | undefined,
    scale: number = 1,
  ): string[][] => {
    const spreads = points.map((point) => pick(point));
    const isEmpty = spreads.every((spread) => spread === undefined);
    return isEmpty ? [] : spreadRows(label, spreads, (value) => formatFigure(value * scale), paint);
  };
  const rows = [
    ...settings.peers.flatMap((peer) =>
      row(peer, (point) => figures(peer, point)?.jobsPerSecond, 1 / 1000),
    ),
    ...row('÷ best pool', ({ toBestPool }) => toBestPool?.ratio),
    ...row('÷ ring', ({ toRing }) => toRing?.ratio),
    ...row('time in jobs', (point) => figures('millrace', point)?.timeInJobs),
    ...row("best pool's", (point) => figures(point.toBestPool?.peer, point)?.timeInJobs),
  ];
  const head = ['in flight', ...points.map(({ inFlight }) => String(inFlight))];
  const best = settings.peers.flatMap((peer) => {
    const at = points.filter(({ toBestPool }) => toBestPool?.peer === peer);
    return at.length === 0
      ? []
      : [`${peer} at ${formatList(at.map((point) => `${point.inFlight}`))}`];
  });
  return [
    '',
    ...wrap(
      `${title} on ${settings.threads} threads: thousand jobs per second, the median of the rounds and below it the least and the most of them`,
    ),
    '',
    ...drawTable({ head, rows }, paint),
    ...(best.length === 0 ? [] : wrap(`The best pool: ${best.join('; ')}.`)),
    ...(us === 0 || best.length === 0
      ? []
      : wrap("Time in jobs: millrace's jobs, as a share of the time that the processors have.")),
  ];
}

function figures(peer: PeerName | undefined, point: PointResult): PeerFigures | undefined {
  return point.peers.find((each) => each.peer === peer);
}
