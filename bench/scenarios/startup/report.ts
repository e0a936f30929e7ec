/**
 * What a result of `bench startup` says: one table, and the time to the first result as bars.
 *
 * Invariant: beside every figure stands the range of its rounds.
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
import { type Comparison, scaleFigure } from '../../harness/figures.js';
import { describeClaims } from '../../harness/claims.js';
import { describeLimits } from '../../harness/limits.js';
import type { PeerName } from '../../peers/index.js';
import { formatDuration, formatFigure, formatList } from '../../report/format.js';
import { type Measure, MEASURES, type PeerStart, type StartupResult } from './result.js';

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

/** For a person. */
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
    ],
  };
}

/** The time to the first result is what this is about. */
function conclude({ toBestPool: { firstResultMs } }: StartupResult): string[] {
  if (firstResultMs === undefined) return [];
  const { peer, ratio } = firstResultMs;
  return describeClaims([{ at: '', ratio }], {
    less: `The first result is there sooner with millrace than with the best other pool (${peer})`,
    more: `The first result is there later with millrace than with the best other pool (${peer})`,
    open: `whether the first result is there sooner with millrace or with ${peer}`,
  });
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

/** The ring is no pool: threads as `new Worker` gives them. */
function title(peer: PeerName): string {
  return peer === 'ring' ? 'new Worker' : peer;
}

/** For a comparison with another run. */
export function startupFigures({ peers, toBestPool, toRing }: StartupResult): NamedFigure[] {
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
