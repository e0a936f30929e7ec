/**
 * One scenario on trial: its sides, what decides, and the rounds so far.
 *
 * Invariant: rounds are only added; all that is said of them is computed from them, so that a stored
 * trial gives the same verdict again.
 */
import { contrastOf, referenceContrastOf } from './evidence.js';
import type { Evidence, MetricEvidence } from './decision.js';
import { METRIC_NAMES, type MetricName, METRICS } from './metrics.js';
import type { Round, RoundTiming, Side } from './round.js';

/** How large an effect has to be: shares. */
export interface Thresholds {
  /** A fail is beyond it. */
  readonly minEffect: number;
  /** A pass excludes it. */
  readonly maxEffect: number;
}

export const DEFAULT_THRESHOLDS: Thresholds = { minEffect: 0.03, maxEffect: 0.05 };

/** A scenario, ready to be measured. */
export interface TrialPlan {
  readonly name: string;
  /** Base, base once more, and head; head alone where base has no such scenario. */
  readonly sides: readonly Side[];
  readonly timing: RoundTiming;
  /** Of the metrics that decide. */
  readonly judged: ReadonlyMap<MetricName, Thresholds>;
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

  /** What decides. A judged metric that the scenario does not have is left out. */
  evidence(): Evidence {
    const metrics = [...this.plan.judged].flatMap(([metric, thresholds]) => {
      const evidence = this.evidenceOf(metric, thresholds);
      return evidence.effects.length === 0 ? [] : [evidence];
    });
    return { metrics, references: this.#rounds.flatMap((round) => referenceContrastOf(round) ?? []) };
  }

  evidenceOf(metric: MetricName, thresholds: Thresholds): MetricEvidence {
    const contrasts = this.#rounds.flatMap((round) => contrastOf(round, metric) ?? []);
    return {
      metric,
      ...thresholds,
      isRatio: METRICS[metric].scale === 'ratio',
      effects: contrasts.map(({ effect }) => effect),
      controls: contrasts.flatMap(({ control }) => control ?? []),
    };
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
   * Whether both sides answer alike: 'different' only where base agrees with itself, as otherwise the
   * answers are not meant to be compared (a random number, a time).
   */
  answers(): 'same' | 'different' | 'unknown' {
    let known: 'same' | 'unknown' = 'unknown';
    for (const { base, control, head } of this.#rounds) {
      const [first, second, own] = [base?.checksum, control?.checksum, head?.checksum];
      if (first === undefined || own === undefined || first !== second) return 'unknown';
      if (first !== own) return 'different';
      known = 'same';
    }
    return known;
  }
}
