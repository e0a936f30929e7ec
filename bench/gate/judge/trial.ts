/**
 * Keeps a scenario on trial: its sides, the metrics that decide, and the rounds so far.
 *
 * Invariant: rounds are only added; everything else is computed from them, so that a stored trial gives the same
 * verdict again.
 */
import { type Evidence, evidenceOf, gather, type RoundEvidence } from './evidence.js';
import { METRIC_NAMES, type MetricName } from '../model/metrics.js';
import { checksumOf, firstDifference } from '../measure/answers.js';
import type { Arm, MeasureRound, Round, RoundTiming } from '../measure/round.js';
import type { Look } from '../model/looks.js';
import type { Limits } from '../model/thresholds.js';

/** A scenario, ready to be measured. */
export interface TrialPlan {
  readonly name: string;
  /** Base, base once more, and head; head alone if base has no such scenario. */
  readonly arms: readonly Arm[];
  readonly timing: RoundTiming;
  /** The planned interim analyses. */
  readonly looks: readonly Look[];
  /** Time budget in seconds. No round starts after it, nor once the first analysis would take longer. */
  readonly limitSeconds: number;
  /** Carries out its rounds. Default: `measureRound`. */
  readonly measure?: MeasureRound;
  /** Limits of the metrics that decide. */
  readonly judged: ReadonlyMap<MetricName, Limits>;
  /** True if head's results may differ from base's. */
  readonly mayDiffer: boolean;
}

/** Number of rounds in which results are compared; the second one rules out coincidence. */
const COMPARED_ROUNDS = 2;

export class Trial {
  readonly plan: TrialPlan;
  readonly #rounds: Round[] = [];
  readonly #evidence: RoundEvidence[] = [];
  #ms = 0;

  constructor(plan: TrialPlan) {
    this.plan = plan;
  }

  add(round: Round, ms: number): void {
    this.#rounds.push(round);
    const evidence = evidenceOf(round);
    if (evidence !== undefined) this.#evidence.push(evidence);
    this.#ms += ms;
  }

  get rounds(): readonly Round[] {
    return this.#rounds;
  }

  /** Total duration of its rounds. */
  get seconds(): number {
    return this.#ms / 1000;
  }

  get isCompared(): boolean {
    return this.plan.arms.some(({ name }) => name === 'base');
  }

  /** The evidence on the judged metrics. */
  evidence(): Evidence {
    return gather(this.#evidence, this.plan.judged);
  }

  roundEvidence(): readonly RoundEvidence[] {
    return this.#evidence;
  }

  /** The metrics that the rounds have measured. */
  metrics(): readonly MetricName[] {
    const [round] = this.#rounds;
    const side = round?.head;
    if (side === undefined) return [];
    return METRIC_NAMES.filter(
      (metric) => side.whole[metric] !== undefined || side.blocks[0]?.[metric] !== undefined,
    );
  }

  /** True if the next round has to return the results of the first inputs. */
  get compares(): boolean {
    return !this.plan.mayDiffer && this.#rounds.length < COMPARED_ROUNDS;
  }

  /**
   * True if head's results differ from base's and should not. Base has to agree with itself, within a round and from
   * one to the next: a random number or a time is not meant to be compared.
   */
  hasWrongAnswers(): boolean {
    if (this.plan.mayDiffer) return false;
    const sums = this.#rounds.slice(0, COMPARED_ROUNDS).map(({ base, control, head }) => ({
      base: checksumOf(base?.answers),
      control: checksumOf(control?.answers),
      head: checksumOf(head?.answers),
    }));
    const [first] = sums;
    return (
      sums.length === COMPARED_ROUNDS &&
      sums.every(
        ({ base, control, head }) =>
          base !== undefined && base === first?.base && control === base && head !== base,
      )
    );
  }

  /** The first input whose results differ; undefined if head's can't be compared at all. */
  firstDifference(): ReturnType<typeof firstDifference> {
    const [round] = this.#rounds;
    return firstDifference(round?.base?.answers, round?.head?.answers);
  }
}
