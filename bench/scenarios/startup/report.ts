/**
 * Describes the result of `bench startup`: a table of the start, the time to the first result as bars, and a
 * table of the first thousands of results.
 *
 * Invariant: metrics come with the range of their rounds.
 */
import {
  type BarsBlock,
  type Block,
  type Cell,
  type Document,
  type NamedFigure,
  spreadCell,
  text,
} from '../../report/document.js';
import { type Comparison, type Figure, scaleFigure } from '../../harness/figures.js';
import { describeClaims } from '../../harness/claims.js';
import { IN_FLIGHT } from './count.js';
import { describeLimits } from '../../harness/limits.js';
import type { PeerName } from '../../peers/index.js';
import { formatCount, formatDuration, formatFigure, formatList } from '../../report/format.js';
import {
  type Measure,
  MEASURES,
  type NthResult,
  type PeerStart,
  type StartupResult,
} from './result.js';

const MB = 1024 ** 2;
const HEADS: Readonly<Record<Measure, string>> = {
  importMs: 'import (ms)',
  firstResultMs: 'first result (ms)',
  allThreadsMs: 'all threads (ms)',
  rssBytes: 'RSS (MB)',
};
const NAMES: Readonly<Record<Measure, string>> = {
  importMs: 'import',
  firstResultMs: 'first result',
  allThreadsMs: 'all threads',
  rssBytes: 'RSS',
};

/** Describes the result for humans. */
export function describeStartup(result: StartupResult): Document {
  const spreads = result.peers.flatMap(({ firstResultMs, allThreadsMs }) => [
    firstResultMs,
    allThreadsMs,
  ]);
  return {
    title: 'Startup: from nothing to the first result',
    blocks: [
      ...conclude(result).map((sentence) => text(sentence, 'point')),
      ...describeLimits(spreads, result).map((line) => text(line)),
      ...(result.peers.length === 0 ? [] : describePeers(result)),
      ...describeNth(result),
    ],
  };
}

/** Concludes from the time to the first result, and to the first thousands. */
function conclude({ toBestPool: { firstResultMs }, nth }: StartupResult): string[] {
  const first =
    firstResultMs === undefined
      ? []
      : describeClaims([{ at: '', ratio: firstResultMs.ratio }], {
          less: `The first result arrives sooner with millrace than with the best other pool (${firstResultMs.peer})`,
          more: `The first result arrives later with millrace than with the best other pool (${firstResultMs.peer})`,
          open: `whether the first result arrives sooner with millrace or with ${firstResultMs.peer}`,
        });
  const compared = nth.flatMap(({ n, toBestPool }) =>
    n === 1 || toBestPool === undefined ? [] : [{ at: formatCount(n), ratio: toBestPool.ratio }],
  );
  return [
    ...first,
    ...describeClaims(compared, {
      less: 'A new process has its results sooner with millrace than with the best other pool',
      more: 'A new process has its results later with millrace than with the best other pool',
      open: 'whether a new process has its results sooner with millrace or the best other pool',
      where: (names) => `after ${names} of them`,
    }),
  ];
}

/** Describes how a new process gets up to speed: its code is not yet compiled and warm, as in the steady state. */
function describeNth({ nth }: StartupResult): Block[] {
  const measured = nth.filter(({ peers }) => peers.length > 0);
  const [first] = measured;
  if (first === undefined) return [];
  const row = (label: string, pick: (each: NthResult) => Figure | undefined) =>
    measured.some((each) => pick(each) !== undefined)
      ? [[label, ...measured.map((each) => spreadCell(pick(each), formatFigure))]]
      : [];
  return [
    text(
      `From the start of the process to the n-th result of no-ops, ${IN_FLIGHT} in flight, in milliseconds: ` +
        'a young process, not the steady state.',
    ),
    {
      kind: 'table',
      groups: [{ title: 'until N results (ms)', columns: measured.length }],
      head: ['pool', ...measured.map(({ n }) => formatCount(n))],
      rows: [
        ...first.peers.flatMap(({ peer }) =>
          row(title(peer), ({ peers }) => peers.find((each) => each.peer === peer)?.ms),
        ),
        ...row('÷ best pool (×)', ({ toBestPool }) => toBestPool?.ratio),
      ],
    },
  ];
}

function describePeers(result: StartupResult): Block[] {
  const { peers, settings, runningMs, toBestPool, toRing } = result;
  const best = MEASURES.flatMap((measure) => {
    const peer = toBestPool[measure]?.peer;
    return peer === undefined ? [] : [`${peer} (${NAMES[measure]})`];
  });
  return [
    text(
      `On ${settings.threads} threads, from the start of the process (import: by itself); medians of the ` +
        'rounds, with min–max below them.',
    ),
    {
      kind: 'table',
      head: ['pool', ...MEASURES.map((measure) => HEADS[measure])],
      rows: [
        ...peers.map((each) => peerRow(each)),
        ...ratioRow('÷ best pool (×)', toBestPool),
        ...ratioRow('÷ bare threads (×)', toRing),
      ],
    },
    ...(best.length === 0 ? [] : [text(`The best pools: ${formatList(best)}.`, 'faint')]),
    ...(runningMs === undefined
      ? []
      : [
          text(
            `Node itself takes ${formatDuration(runningMs.median)} of each (${formatDuration(runningMs.min)} to ` +
              `${formatDuration(runningMs.max)}) until a program's first line runs.`,
            'faint',
          ),
        ]),
    bars(result),
  ];
}

function peerRow({ peer, importMs, firstResultMs, allThreadsMs, rssBytes }: PeerStart) {
  return [
    title(peer),
    ...[importMs, firstResultMs, allThreadsMs].map((figure) => spreadCell(figure, formatFigure)),
    spreadCell(scaleFigure(rssBytes, 1 / MB), formatFigure),
  ];
}

function ratioRow(
  label: string,
  comparisons: Readonly<Partial<Record<Measure, Comparison>>>,
): (Cell | string)[][] {
  if (Object.keys(comparisons).length === 0) return [];
  return [
    [label, ...MEASURES.map((measure) => spreadCell(comparisons[measure]?.ratio, formatFigure))],
  ];
}

function bars({ peers }: StartupResult): BarsBlock {
  const bare = peers.find(({ peer }) => peer === 'ring')?.firstResultMs.median;
  return {
    kind: 'bars',
    title: 'Time to the first result',
    axis: { label: 'since the start of the process', unit: 'milliseconds' },
    ...(bare !== undefined && { mark: { label: 'bare threads', value: bare } }),
    bars: peers.map(({ peer, firstResultMs }) => ({
      name: title(peer),
      figure: firstResultMs,
      series: title(peer),
    })),
  };
}

/** Names a peer; the ring is no pool, but threads as `new Worker` creates them. */
function title(peer: PeerName): string {
  return peer === 'ring' ? 'new Worker' : peer;
}

/** Lists the metrics for a comparison with another run. */
export function startupFigures({ peers, toBestPool, toRing, nth }: StartupResult): NamedFigure[] {
  return [
    ...peers.flatMap((each) =>
      MEASURES.flatMap((measure): NamedFigure[] => {
        const figure = each[measure];
        if (figure === undefined) return [];
        const unit = measure === 'rssBytes' ? 'bytes' : 'milliseconds';
        const name = `${NAMES[measure]}: ${title(each.peer)}`;
        return [Object.assign({ name, unit, better: 'less' } as const, figure)];
      }),
    ),
    ...ratios('÷ best pool', toBestPool),
    ...ratios('÷ bare threads', toRing),
    ...nth.flatMap(({ n, peers: timed, toBestPool: best }): NamedFigure[] => [
      ...timed.map(({ peer, ms }): NamedFigure => {
        const name = `${n} results: ${title(peer)}`;
        return { ...ms, name, unit: 'milliseconds', better: 'less' };
      }),
      ...(best === undefined
        ? []
        : [
            {
              ...best.ratio,
              name: `${n} results: millrace ÷ best pool`,
              unit: 'ratio',
              better: 'less',
            } as const,
          ]),
    ]),
  ];
}

function ratios(
  label: string,
  comparisons: Readonly<Partial<Record<Measure, Comparison>>>,
): NamedFigure[] {
  return MEASURES.flatMap((measure): NamedFigure[] => {
    const ratio = comparisons[measure]?.ratio;
    if (ratio === undefined) return [];
    const name = `${NAMES[measure]}: millrace ${label}`;
    return [Object.assign({ name, unit: 'ratio', better: 'less' } as const, ratio)];
  });
}
