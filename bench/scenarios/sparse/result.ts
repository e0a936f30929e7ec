/**
 * Defines the result of `bench sparse`: plain data, which `--json` writes and the report is made from. Times are
 * in milliseconds.
 */
import { type Figure, figureOf } from '../../harness/figures.js';
import type { PeerName } from '../../peers/index.js';
import type { Measurements } from '../../harness/rounds.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import { ratiosWithin } from '../../math/series.js';
import type { SparseReply } from './program.js';
import { type Pattern, SPARSE_ARMS, type SparseArm, type SparseSettings } from './settings.js';

/** The peer behind each variant. */
export const ARM_PEERS: Readonly<Record<SparseArm, PeerName>> = {
  millrace: 'millrace',
  piscina: 'piscina',
  postMessage: 'ring',
};

/** The metrics of each pattern; for single jobs only their median, as they are few. */
const MEASURES = {
  single: { p50: ({ latencies }: SparseReply) => latencies.p50 },
  burst: {
    p50: ({ latencies }: SparseReply) => latencies.p50,
    p99: ({ latencies }: SparseReply) => latencies.p99,
    done: ({ done }: SparseReply) => done.p50,
  },
} satisfies Record<Pattern, Record<string, (reply: SparseReply) => number>>;

/** One metric of a variant, and its ratio to Piscina's within rounds. */
export interface SparseFigure {
  /** 'p50' or 'p99' of the job latencies, or 'done': the median time until a burst had ended. */
  readonly measure: string;
  readonly ms: Figure;
  readonly toPiscina?: Figure;
}

export interface PatternResult {
  readonly pattern: Pattern;
  readonly arms: ReadonlyArray<{
    readonly arm: SparseArm;
    readonly figures: readonly SparseFigure[];
  }>;
}

export interface SparseResult extends ScenarioResult {
  readonly scenario: 'sparse';
  readonly settings: SparseSettings;
  readonly patterns: readonly PatternResult[];
}

/** Summarizes one pattern. */
export function patternResult(
  pattern: Pattern,
  measurements: Measurements<Pattern, SparseArm, SparseReply>,
): PatternResult {
  return {
    pattern,
    arms: SPARSE_ARMS.map((arm) => ({
      arm,
      figures: Object.entries(MEASURES[pattern]).flatMap(([measure, pick]) => {
        const own = measurements.series(pattern, arm, pick);
        const ms = figureOf(own);
        const piscina = measurements.series(pattern, 'piscina', pick);
        const toPiscina = arm === 'piscina' ? undefined : figureOf(ratiosWithin(own, piscina));
        return ms === undefined ? [] : [{ measure, ms, ...(toPiscina && { toPiscina }) }];
      }),
    })),
  };
}
