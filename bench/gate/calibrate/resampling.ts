/**
 * Simulates gates from recorded rounds: thousands of them, while measuring yields dozens.
 *
 * Method: a recorded gate of identical code is drawn, then rounds of it with replacement (`noise.ts` has removed the
 * random error of its mean); a known effect is added, and the same decisions are made as in a real gate.
 *
 * Invariant: what a gate's rounds have in common, such as a bias of its places, stays with them.
 */
import { randomFrom } from '../../math/random.js';
import { decide, effectOf } from '../judge/decision.js';
import { gather, type RoundEvidence } from '../judge/evidence.js';
import { separateNoise } from './noise.js';
import type { Look } from '../model/looks.js';
import { type MetricName, METRICS } from '../model/metrics.js';
import type { Limits } from '../model/thresholds.js';

/** Options of a simulation. */
export interface ResamplingOptions {
  /** The rounds of each recorded gate of identical code. */
  readonly gates: ReadonlyArray<readonly RoundEvidence[]>;
  readonly judged: ReadonlyMap<MetricName, Limits>;
  readonly looks: readonly Look[];
  /** Effect that is added to head in every judged metric. */
  readonly slowdown: number;
  readonly plays: number;
  readonly seed: number;
}

/** Results of a simulation; the verdicts are shares of the plays. */
export interface Resampled {
  readonly fail: number;
  readonly pass: number;
  readonly inconclusive: number;
  readonly meanRounds: number;
  readonly plays: number;
}

/** Simulates the gates. Cost: about 1 ms per play. */
export function resample(options: ResamplingOptions): Resampled {
  const random = randomFrom(options.seed);
  const worse = separateNoise(options.gates).map((rounds) =>
    rounds.map((round) => shifted(round, options)),
  );
  const counts = { fail: 0, pass: 0, undecided: 0 };
  let rounds = 0;
  for (let play = 0; play < options.plays; play += 1) {
    const result = playGate(worse, options, random);
    counts[result.verdict] += 1;
    rounds += result.rounds;
  }
  const { plays } = options;
  return {
    fail: counts.fail / plays,
    pass: counts.pass / plays,
    inconclusive: counts.undecided / plays,
    meanRounds: rounds / plays,
    plays,
  };
}

function playGate(
  gates: ReadonlyArray<readonly RoundEvidence[]>,
  { judged, looks }: ResamplingOptions,
  random: () => number,
): { readonly verdict: 'fail' | 'pass' | 'undecided'; readonly rounds: number } {
  const draw = <Item>(items: readonly Item[]): Item =>
    items[Math.floor(random() * items.length)] as Item;
  const gate = draw(gates);
  const drawn: RoundEvidence[] = [];
  for (const look of looks) {
    while (drawn.length < look.rounds) {
      drawn.push(draw(gate));
    }
    const { verdict } = decide(gather(drawn, judged), look);
    if (verdict !== 'undecided') return { verdict, rounds: drawn.length };
  }
  return { verdict: 'undecided', rounds: drawn.length };
}

function shifted(
  { contrasts, reference }: RoundEvidence,
  { judged, slowdown }: ResamplingOptions,
): RoundEvidence {
  const moved = Object.entries(contrasts).map(([metric, contrast]) => {
    const name = metric as MetricName;
    const by = judged.has(name) ? effectOf(slowdown, METRICS[name].scale === 'ratio') : 0;
    return [name, { head: contrast.head + by, bases: contrast.bases }];
  });
  return { contrasts: Object.fromEntries(moved), reference };
}
