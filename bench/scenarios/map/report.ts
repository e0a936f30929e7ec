/**
 * Describes the result of `bench map`: one table for each kind of job.
 *
 * Invariant: metrics come with the range of their rounds.
 */
import { describeClaims } from '../../harness/claims.js';
import { describeLimits } from '../../harness/limits.js';
import {
  type Block,
  type Document,
  heading,
  type NamedFigure,
  spreadRow,
  text,
} from '../../report/document.js';
import { formatCount, formatFigure } from '../../report/format.js';
import type { KindResult, MapResult } from './result.js';

const MB = 1024 ** 2;
const TITLES: Readonly<Record<string, string>> = {
  'no-op': 'No-ops',
  '100us': 'Jobs of 100 µs',
};

/** Describes the result for humans. */
export function describeMap(result: MapResult): Document {
  const spreads = result.kinds.flatMap(({ arms }) => arms.map((arm) => arm.rowsPerSecond));
  return {
    title: 'Map: a job for each item of a source',
    blocks: [
      ...result.kinds.flatMap(conclude).map((sentence) => text(sentence, 'point')),
      ...describeLimits(spreads, result).map((line) => text(line)),
      ...result.kinds.flatMap((kind) => describeKind(kind, result)),
    ],
  };
}

function conclude({ kind, toBest }: KindResult): string[] {
  if (toBest === undefined) return [];
  const title = TITLES[kind] ?? kind;
  return describeClaims([{ at: '', ratio: toBest.ratio }], {
    more: `${title}: millrace is faster than the best other way (${toBest.arm})`,
    less: `${title}: the best other way (${toBest.arm}) is faster than millrace`,
    open: `which is faster (${title}), millrace or ${toBest.arm}`,
  });
}

function describeKind({ kind, arms }: KindResult, { settings }: MapResult): Block[] {
  if (arms.length === 0) return [];
  return [
    heading(TITLES[kind] ?? kind),
    text(
      `On ${settings.threads} threads: rows per second with a reader that does nothing; with a slow one, the rows pulled ` +
        'but not delivered (held) and the growth of the memory (RSS). Medians of the rounds, with min–max below them.',
    ),
    {
      kind: 'table',
      head: ['variant', 'thousand rows/s', 'held (rows)', 'memory growth (MB)'],
      rows: arms.map(({ arm, rowsPerSecond, mostHeld, growthBytes }) => [
        ...spreadRow(arm, [rowsPerSecond], (value) => formatFigure(value / 1000)),
        ...spreadRow('', [mostHeld], (value) => formatCount(Math.round(value))).slice(1),
        ...spreadRow('', [growthBytes], (bytes) => formatCount(bytes / MB)).slice(1),
      ]),
    },
  ];
}

/** Lists the metrics for a comparison with another run. */
export function mapFigures({ kinds }: MapResult): NamedFigure[] {
  return kinds.flatMap(({ kind, arms, toBest }): NamedFigure[] => [
    ...arms.flatMap(({ arm, rowsPerSecond, mostHeld, growthBytes }): NamedFigure[] => [
      { ...rowsPerSecond, name: `${kind}: ${arm}`, unit: 'perSecond', better: 'more' },
      { ...mostHeld, name: `${kind}, held: ${arm}`, unit: 'count', better: 'less' },
      { ...growthBytes, name: `${kind}, memory: ${arm}`, unit: 'bytes', better: 'less' },
    ]),
    ...(toBest === undefined
      ? []
      : [
          {
            ...toBest.ratio,
            name: `${kind}: millrace ÷ ${toBest.arm}`,
            unit: 'ratio' as const,
            better: 'more' as const,
          },
        ]),
  ]);
}
