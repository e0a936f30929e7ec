/**
 * One scenario on trial: its sides, what decides, and the rounds so far.
 *
 * Invariant: rounds are only added; all that is said of them is computed from them, so that a stored
 * trial gives the same verdict again.
 */
import type { Evidence } from './decision.js';
import { evidenceOf, gather, type RoundEvidence } from './evidence.js';
import { METRIC_NAMES, type MetricName } from './metrics.js';
import type { Round, RoundTiming, Side } from './round.js';
import type { Limits } from './thresholds.js';

/** A scenario, ready to be measured. */
export interface TrialPlan {
  readonly name: string;
  /** Base, base once more, and head; head alone where base has no such scenario. */
  readonly sides: readonly Side[];
  readonly timing: RoundTiming;
  /** Of the metrics that decide. */
  readonly judged: ReadonlyMap<MetricName, Limits>;
  /** Whether head may answer otherwise than base. */
  readonly mayDiffer: boolean;
}

export class Trial {
  readonly plan: TrialPlan;
  readonly #rounds: Round[] = [];
  #ms = 0;

  constructor(plan: TrialPlan) {
    this.plan = plan;
  }

  add(round: Round, ms: number): void {
    this.#rounds.push(round);
    this.#ms += ms;
  }

  get rounds(): readonly Round[] {
    return this.#rounds;
  }

  /** How long its rounds have taken. */
  get seconds(): number {
    return this.#ms / 1000;
  }

  get isCompared(): boolean {
    return this.plan.sides.some(({ name }) => name === 'base');
  }

  /** What decides. */
  evidence(): Evidence {
    return gather(this.roundEvidence(), this.plan.judged);
  }

  roundEvidence(): readonly RoundEvidence[] {
    return this.#rounds.flatMap((round) => evidenceOf(round) ?? []);
  }

  /** The metrics that the rounds have figures for. */
  metrics(): readonly MetricName[] {
    const [round] = this.#rounds;
    const side = round?.head;
    if (side === undefined) return [];
    return METRIC_NAMES.filter(
      (metric) => side.whole[metric] !== undefined || side.blocks[0]?.[metric] !== undefined,
    );
  }

  /**
   * Whether head answers otherwise than base where it should not. Where base does not agree with itself
   * the answers are not meant to be compared (a random number, a time).
   */
  hasWrongAnswers(): boolean {
    if (this.plan.mayDiffer) return false;
    const answers = this.#rounds.map(({ base, control, head }) => ({
      base: base?.checksum,
      control: control?.checksum,
      head: head?.checksum,
    }));
    const [first] = answers;
    const isSettled = answers.every(
      ({ base, control }) => base !== undefined && base === first?.base && control === base,
    );
    return isSettled && answers.some(({ head, base }) => head !== base);
  }
}
