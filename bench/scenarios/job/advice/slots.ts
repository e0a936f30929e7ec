/**
 * Chooses threads, and jobs at once on each: a larger setting, unless a smaller one is shown to be as good.
 *
 * Rule: a non-inferiority test with a margin of 5 %. Settings are compared by the ratio of their throughputs
 * within each round, as a round measures them one right after the other. A smaller setting is as good as a
 * larger one if its ratio exceeds 1 ÷ 1.05 in every one of at least three rounds; ranges that overlap show
 * nothing. The smallest setting that is as good as each larger one is chosen, which is the largest where
 * nothing is shown.
 *
 * Sources: the least of n independent ratios lies below their true median with probability 1 − 2⁻ⁿ (H. A.
 * David and H. N. Nagaraja, Order Statistics, 3rd edition, section 7.1); a claim that consists of several
 * such tests, all of which have to succeed, needs no correction for their number (the intersection–union
 * test: R. L. Berger, Technometrics 24, 1982).
 */
import { type Figure, figureOf, LEAST_ROUNDS } from '../../../harness/figures.js';
import type { SaturationResult } from '../measure/figures.js';
import type { Slots } from '../measure/user-job.js';

/** What the rounds show of a smaller setting, compared with a larger one. */
export interface SlotComparison {
  readonly smaller: Slots;
  readonly larger: Slots;
  /** Throughput of the smaller ÷ that of the larger; absent where no round has both. */
  readonly ratio?: Figure;
  /** 'unclear' is neither: the rounds disagree, or are too few. */
  readonly shows: 'as good' | 'worse' | 'unclear';
  /** Of what the rounds show; 0 where they show nothing. */
  readonly confidence: number;
}

export interface SlotChoice {
  readonly chosen: SaturationResult;
  /** With each larger setting, or with the larger ones for the sake of which the next smaller was not taken. */
  readonly comparisons: readonly SlotComparison[];
}

/** More slots must bring at least this much more to be worth it. */
const WORTH_MORE = 1.05;

/** Undefined where nothing was measured. */
export function chooseSlots(saturation: readonly SaturationResult[]): SlotChoice | undefined {
  const bySize = saturation.toSorted(
    (a, b) => a.threads - b.threads || a.concurrency - b.concurrency,
  );
  let rejected: readonly SlotComparison[] = [];
  for (const [at, candidate] of bySize.entries()) {
    const comparisons = bySize.slice(at + 1).map((larger) => compareSlots(candidate, larger));
    const doubts = comparisons.filter(({ shows }) => shows !== 'as good');
    if (doubts.length === 0)
      return { chosen: candidate, comparisons: [...rejected, ...comparisons] };
    rejected = doubts;
  }
  return undefined;
}

/** Compares two settings that were measured in the same rounds. */
function compareSlots(smaller: SaturationResult, larger: SaturationResult): SlotComparison {
  const [own, other] = [smaller.jobsPerSecond.rounds, larger.jobsPerSecond.rounds];
  const slots = { smaller: slotsOf(smaller), larger: slotsOf(larger) };
  // Where a round lacks one of the two it is not known which figures belong together.
  const isPaired = own.length === other.length;
  const ratio = isPaired
    ? figureOf(new Map(own.map((each, at) => [at, each / (other[at] as number)])))
    : undefined;
  if (ratio === undefined) return { ...slots, shows: 'unclear', confidence: 0 };
  const shows = showsOf(ratio);
  const confidence = shows === 'unclear' ? 0 : 1 - 0.5 ** ratio.rounds.length;
  return { ...slots, ratio, shows, confidence };
}

function showsOf({ rounds, min, max }: Figure): SlotComparison['shows'] {
  if (rounds.length < LEAST_ROUNDS) return 'unclear';
  if (min > 1 / WORTH_MORE) return 'as good';
  return max < 1 / WORTH_MORE ? 'worse' : 'unclear';
}

function slotsOf({ threads, concurrency }: Slots): Slots {
  return { threads, concurrency };
}
