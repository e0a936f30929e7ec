/**
 * Chooses threads, and jobs at once on each: a larger setting, unless a smaller one is shown to be as good.
 *
 * Rule: a non-inferiority test with a margin of 5 %. Settings are compared by the ratio of their throughputs
 * within each round, as a round measures them one right after the other. A smaller setting is as good as a
 * larger one if its ratio exceeds 1 ÷ 1.05 in every one of at least three rounds; overlapping ranges show
 * nothing. The choice is the largest setting that no smaller one is shown to be as good as.
 *
 * Source: the least of n independent ratios lies below their true median with probability 1 − 2⁻ⁿ (H. A. David
 * and H. N. Nagaraja, Order Statistics, 3rd edition, section 7.1). That is the confidence of one comparison; if
 * several settings are dropped, each of these decisions can be wrong by itself.
 */
import { type Figure, figureOf, LEAST_ROUNDS } from '../../../harness/figures.js';
import type { SaturationResult } from '../measure/figures.js';
import type { Slots } from '../measure/user-job.js';

/** What the rounds show about a smaller setting, compared with a larger one. */
export interface SlotComparison {
  readonly smaller: Slots;
  readonly larger: Slots;
  /** Throughput of the smaller ÷ that of the larger; absent if it can't be paired by round. */
  readonly ratio?: Figure;
  /** 'unclear' is neither: the rounds disagree, or there are too few. */
  readonly shows: 'as good' | 'worse' | 'unclear';
  /** Confidence of what the rounds show; 0 if they show nothing. */
  readonly confidence: number;
}

export interface SlotChoice {
  readonly chosen: SaturationResult;
  /** The chosen setting against each smaller one, then each larger one against a smaller one that is as good. */
  readonly comparisons: readonly SlotComparison[];
}

/** Factor by which more slots must raise the throughput to be worth it. */
const WORTH_MORE = 1.05;

/** Chooses a setting; undefined if none was measured. */
export function chooseSlots(saturation: readonly SaturationResult[]): SlotChoice | undefined {
  const bySize = saturation.toSorted(
    (a, b) => a.threads - b.threads || a.concurrency - b.concurrency,
  );
  const comparedWithSmaller = bySize.map((each, at) =>
    bySize.slice(0, at).map((smaller) => compareSlots(smaller, each)),
  );
  const replacements = comparedWithSmaller.map((comparisons) =>
    comparisons.find(({ shows }) => shows === 'as good'),
  );
  const at = replacements.lastIndexOf(undefined);
  const chosen = bySize[at];
  if (chosen === undefined) return undefined;
  const ofLarger = replacements.slice(at + 1).flatMap((comparison) => comparison ?? []);
  return { chosen, comparisons: [...(comparedWithSmaller[at] ?? []), ...ofLarger] };
}

/** Compares two settings that were measured in the same rounds. */
function compareSlots(smaller: SaturationResult, larger: SaturationResult): SlotComparison {
  const [own, other] = [smaller.jobsPerSecond.rounds, larger.jobsPerSecond.rounds];
  const slots = { smaller: slotsOf(smaller), larger: slotsOf(larger) };
  // If a round lacks one of the two, it is unknown which values belong together.
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
