/**
 * Describes the result of `bench sparse`: one table for each pattern.
 *
 * Invariant: metrics come with the range of their rounds.
 */
import {
  type Block,
  type Document,
  heading,
  type NamedFigure,
  spreadRow,
  text,
} from '../../report/document.js';
import { describeClaims } from '../../harness/claims.js';
import { describeLimits } from '../../harness/limits.js';
import { formatFigure } from '../../report/format.js';
import type { PatternResult, SparseResult } from './result.js';
import {
  BURST_EVERY_MS,
  BURST_JOBS,
  type Pattern,
  SINGLE_EVERY_MS,
  type SparseSettings,
} from './settings.js';

const HEADS: Readonly<Record<Pattern, readonly string[]>> = {
  single: ['median'],
  burst: ['median', 'p99', 'all done'],
};

/** Describes the result for humans. */
export function describeSparse(result: SparseResult): Document {
  const spreads = result.patterns.flatMap(({ arms }) =>
    arms.flatMap(({ figures }) => figures.map(({ ms }) => ms)),
  );
  return {
    title: 'Sparse: jobs that arrive rarely',
    blocks: [
      ...result.patterns.flatMap(conclude).map((sentence) => text(sentence, 'point')),
      ...describeLimits(spreads, result).map((line) => text(line)),
      ...result.patterns.flatMap((pattern) => describePattern(pattern, result.settings)),
    ],
  };
}

/** Draws conclusions from the first metric, the median latency. */
function conclude({ pattern, arms }: PatternResult): string[] {
  const what = pattern === 'single' ? 'single jobs' : 'bursts';
  return arms.flatMap(({ arm, figures: [median] }) =>
    median?.toPiscina === undefined
      ? []
      : describeClaims([{ at: '', ratio: median.toPiscina }], {
          less: `The median latency of ${what} is shorter with ${arm} than with piscina`,
          more: `The median latency of ${what} is longer with ${arm} than with piscina`,
          open: `whether the median latency of ${what} is shorter with ${arm} or with piscina`,
        }),
  );
}

function describePattern({ pattern, arms }: PatternResult, { threads }: SparseSettings): Block[] {
  const measured = arms.filter(({ figures }) => figures.length > 0);
  if (measured.length === 0) return [];
  const rows = [
    ...measured.map(({ arm, figures }) =>
      spreadRow(
        arm,
        figures.map(({ ms }) => ms),
        formatFigure,
      ),
    ),
    ...measured
      .filter(({ figures }) => figures.some(({ toPiscina }) => toPiscina))
      .map(({ arm, figures }) =>
        spreadRow(
          `${arm} ÷ piscina (×)`,
          figures.map(({ toPiscina }) => toPiscina),
          formatFigure,
        ),
      ),
  ];
  const [title, what] =
    pattern === 'single'
      ? [`One job every ${SINGLE_EVERY_MS} ms`, 'its latency']
      : [
          `${BURST_JOBS} jobs at once every ${BURST_EVERY_MS} ms`,
          'their latencies, and the time until all are done',
        ];
  return [
    heading(title),
    text(`On ${threads} threads: ${what}; medians of the rounds, with min–max below them.`),
    {
      kind: 'table',
      groups: [{ title: 'latency (ms)', columns: HEADS[pattern].length }],
      head: ['pool', ...HEADS[pattern]],
      rows,
    },
  ];
}

/** Lists the metrics for a comparison with another run. */
export function sparseFigures({ patterns }: SparseResult): NamedFigure[] {
  return patterns.flatMap(({ pattern, arms }) =>
    arms.flatMap(({ arm, figures }) =>
      figures.flatMap(({ measure, ms, toPiscina }): NamedFigure[] => {
        const at = `${pattern}, ${measure}: ${arm}`;
        return [
          { ...ms, name: at, unit: 'milliseconds', better: 'less' },
          ...(toPiscina === undefined
            ? []
            : [
                {
                  ...toPiscina,
                  name: `${at} ÷ piscina`,
                  unit: 'ratio' as const,
                  better: 'less' as const,
                },
              ]),
        ];
      }),
    ),
  );
}
