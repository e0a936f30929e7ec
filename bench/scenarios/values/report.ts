/**
 * Describes a result of `bench values`: the claims, one table, and the ratios as bars.
 *
 * Invariant: metrics come with the range of their rounds; limitations (noise, missing peers, an interruption)
 * are reported.
 */
import { describeClaims } from '../../harness/claims.js';
import { scaleFigure } from '../../harness/figures.js';
import { describeLimits } from '../../harness/limits.js';
import { type PeerThroughput, throughputFigures } from '../../harness/throughput.js';
import type { PeerName } from '../../peers/index.js';
import {
  type BarsBlock,
  type Block,
  type Document,
  type NamedFigure,
  spreadCell,
  text,
} from '../../report/document.js';
import { formatFigure } from '../../report/format.js';
import { VALUE_KINDS } from './kinds.js';
import type { ValueResult, ValuesResult } from './result.js';

/** Describes the result for humans. */
export function describeValues(result: ValuesResult): Document {
  const measured = result.values.filter(({ peers }) => peers.length > 0);
  const spreads = measured.flatMap(({ peers }) => peers.map(({ jobsPerSecond }) => jobsPerSecond));
  return {
    title: 'Values: what jobs carry there and back',
    blocks: [
      ...conclude(measured).map((sentence) => text(sentence, 'point')),
      ...describeLimits(spreads, result).map((line) => text(line)),
      ...(measured.length === 0 ? [] : describeMeasured(measured, result)),
    ],
  };
}

function conclude(measured: readonly ValueResult[]): string[] {
  const compared = measured.flatMap(({ value, toBestPool }) =>
    toBestPool === undefined ? [] : [{ at: titleOf(value), ratio: toBestPool.ratio }],
  );
  return describeClaims(compared, {
    more: 'Millrace is faster than the best other pool',
    less: 'The best other pool is faster than millrace',
    open: 'which is faster, millrace or the best other pool,',
    where: (names) => `with ${names}`,
  });
}

function describeMeasured(measured: readonly ValueResult[], { settings }: ValuesResult): Block[] {
  const { threads, inFlight } = settings;
  return [
    text(
      `Thousand jobs per second on ${threads} threads with ${inFlight} in flight, each returning its input, in the ` +
        'steady state: medians of the rounds, with min–max below them.',
    ),
    {
      kind: 'table',
      groups: [{ title: 'thousand jobs/s', columns: 2 }],
      head: ['value', 'millrace', 'best other', 'ratio (×)', 'that pool'],
      rows: measured.map((each) => {
        const { toBestPool } = each;
        return [
          titleOf(each.value),
          rateCell(figuresOf('millrace', each)),
          rateCell(figuresOf(toBestPool?.peer, each)),
          spreadCell(toBestPool?.ratio, formatFigure),
          toBestPool?.peer ?? '-',
        ];
      }),
    },
    ...drawRatios(measured),
  ];
}

function rateCell(figures: PeerThroughput | undefined) {
  return spreadCell(figures && scaleFigure(figures.jobsPerSecond, 1 / 1000), formatFigure);
}

function drawRatios(measured: readonly ValueResult[]): BarsBlock[] {
  const bars = measured.flatMap(({ value, toBestPool }) =>
    toBestPool === undefined ? [] : [{ name: titleOf(value), figure: toBestPool.ratio }],
  );
  if (bars.length === 0) return [];
  return [
    {
      kind: 'bars',
      title: 'Times the throughput of the best other pool',
      axis: { label: 'times', unit: 'ratio' },
      mark: { label: 'as fast as the best other pool', value: 1 },
      bars,
    },
  ];
}

/** Lists the metrics for a comparison with another run. */
export function valuesFigures({ values }: ValuesResult): NamedFigure[] {
  return values.flatMap((each) => throughputFigures(each.value, each));
}

function titleOf(value: string): string {
  return VALUE_KINDS.find(({ name }) => name === value)?.title ?? value;
}

function figuresOf(peer: PeerName | undefined, { peers }: ValueResult): PeerThroughput | undefined {
  return peers.find((each) => each.peer === peer);
}
