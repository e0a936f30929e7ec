/**
 * Judges the rounds so far: fail, pass, or undecided.
 *
 * Method, for each judged metric:
 * - slower: the aligned rank test of Hodges and Lehmann, exact and one-sided, that head is no worse. The p-values of a
 *   scenario's metrics are adjusted after Holm, so that the error holds for all of them together.
 * - excluded: the same test that head is worse by maxEffect, from below. To pass, every metric has to exclude it; an
 *   intersection–union test needs no adjustment (R. L. Berger, Technometrics 24, 1982).
 *
 * Fail: slower at the analysis's share of the error, with an estimate of at least minEffect. Pass: excluded for every
 * metric. If a control has moved, nothing is decided.
 *
 * Invariants: pure arithmetic on the evidence, shared by real gates and their simulations; a fail takes precedence over
 * a pass; a judged metric without evidence prevents a pass.
 */
import { alignedEstimate } from '../../math/aligned-interval.js';
import { alignedRank } from '../../math/aligned-rank.js';
import { controlIn, effectIn, type Evidence, type MetricEvidence } from './evidence.js';
import { hodgesLehmann } from '../../math/hodges-lehmann.js';
import { holm } from '../../math/holm.js';
import { CONTROL_ALPHA } from '../model/looks.js';
import type { MetricName } from '../model/metrics.js';
import { signedRank } from '../../math/signed-rank.js';

/** The errors that are allowed in an interim analysis. */
export interface LookErrors {
  /** Error of a FAIL if nothing has changed. */
  readonly failAlpha: number;
  /** Error of a PASS if the effect is maxEffect. */
  readonly passAlpha: number;
}

export interface MetricDecision {
  readonly metric: MetricName;
  readonly verdict: 'fail' | 'pass' | 'undecided';
  /** P-value of the test that head is no worse, unadjusted. */
  readonly p: number;
}

export interface Decision {
  readonly verdict: 'fail' | 'pass' | 'undecided';
  readonly metrics: readonly MetricDecision[];
  /** Controls that moved and prevented a decision that the tests would have made. */
  readonly moved: readonly Control[];
}

/** A comparison of what can't have changed. Effects are shares. */
export interface Control {
  readonly name: 'A/A check' | 'reference work';
  readonly metric: MetricName;
  readonly effect: { readonly estimate: number; readonly low: number; readonly high: number };
  /** P-value of the two-sided test. */
  readonly p: number;
  readonly hasMoved: boolean;
}

/** Analyzes the evidence. Without any metric nothing is decided. */
export function decide(evidence: Evidence, errors: LookErrors): Decision {
  const { metrics } = evidence;
  const slower = metrics.map(({ rounds }) => alignedRank(rounds, 'greater').p);
  const adjusted = holm(slower);
  const decisions = metrics.map((each, index): MetricDecision => {
    const p = slower[index] as number;
    const isSlower = (adjusted[index] as number) <= errors.failAlpha;
    const verdict = verdictOf(each, isSlower, errors.passAlpha);
    return { metric: each.metric, verdict, p };
  });
  const verdict = decisions.some((each) => each.verdict === 'fail')
    ? 'fail'
    : decisions.length > 0 && decisions.every((each) => each.verdict === 'pass')
      ? 'pass'
      : 'undecided';
  const moved = verdict === 'undecided' ? [] : movedIn(evidence);
  return { verdict: moved.length === 0 ? verdict : 'undecided', metrics: decisions, moved };
}

/** The controls: base against itself in each metric, and the reference work. */
export function controlsOf(evidence: Evidence): readonly Control[] {
  return controlTestsOf(evidence).flatMap(controlOf);
}

/** The controls that moved. The effect is estimated only if the test is significant: it costs as much as 20 tests. */
function movedIn(evidence: Evidence): readonly Control[] {
  return controlTestsOf(evidence)
    .filter(({ p }) => p <= CONTROL_ALPHA)
    .flatMap(controlOf)
    .filter(({ hasMoved }) => hasMoved);
}

/** A control whose effect has not been estimated yet. */
interface ControlTest extends Pick<Control, 'name' | 'metric' | 'p'> {
  readonly minEffect: number;
  readonly isRatio: boolean;
  readonly estimate: () => Control['effect'] | undefined;
}

function controlTestsOf({ metrics, references }: Evidence): readonly ControlTest[] {
  const between = metrics.map(({ metric, rounds, minEffect, isRatio }): ControlTest => {
    const controls = rounds.flatMap((round) => controlIn(round) ?? []);
    const { p } = signedRank(controls, 'two-sided');
    const estimate = () => hodgesLehmann(controls);
    return { name: 'A/A check', metric, p, minEffect, isRatio, estimate };
  });
  return [
    ...between,
    {
      name: 'reference work',
      metric: 'cpu',
      p: alignedRank(references, 'two-sided').p,
      minEffect: Math.min(...metrics.map(({ minEffect }) => minEffect)),
      isRatio: true,
      estimate: () => alignedEstimate(references),
    },
  ];
}

/** Converts an estimate and its interval to shares; undefined if there is none. */
export function shareOfEstimate(
  estimate: Control['effect'] | undefined,
  isRatio: boolean,
): Control['effect'] | undefined {
  if (estimate === undefined) return undefined;
  const share = (effect: number): number => shareOf(effect, isRatio);
  return {
    estimate: share(estimate.estimate),
    low: share(estimate.low),
    high: share(estimate.high),
  };
}

/** Converts an effect to a share. */
export function shareOf(effect: number, isRatio: boolean): number {
  return isRatio ? Math.expm1(effect) : effect;
}

/** Converts a share to an effect. */
export function effectOf(share: number, isRatio: boolean): number {
  return isRatio ? Math.log1p(share) : share;
}

/** P-value of the test that at least one effect is as large as its maxEffect; 1 without a metric. */
export function exclusionOfAll({ metrics }: Evidence): number {
  return metrics.length === 0 ? 1 : Math.max(...metrics.map(exclusion));
}

function exclusion({ rounds, maxEffect, isRatio }: MetricEvidence): number {
  return alignedRank(rounds, 'less', effectOf(maxEffect, isRatio)).p;
}

/** Judges an informational metric, by itself. */
export function advise(evidence: MetricEvidence, errors: LookErrors): MetricDecision {
  const { p } = alignedRank(evidence.rounds, 'greater');
  const verdict = verdictOf(evidence, p <= errors.failAlpha, errors.passAlpha);
  return { metric: evidence.metric, verdict, p };
}

function verdictOf(
  evidence: MetricEvidence,
  isSlower: boolean,
  passAlpha: number,
): MetricDecision['verdict'] {
  const { rounds, minEffect, isRatio } = evidence;
  if (isSlower) {
    const estimate = hodgesLehmann(rounds.map(effectIn))?.estimate ?? 0;
    if (estimate >= effectOf(minEffect, isRatio)) return 'fail';
  }
  return exclusion(evidence) <= passAlpha ? 'pass' : 'undecided';
}

/** Empty if there was nothing to compare. */
function controlOf({ name, metric, p, minEffect, isRatio, estimate }: ControlTest): Control[] {
  const effect = shareOfEstimate(estimate(), isRatio);
  if (effect === undefined) return [];
  const hasMoved = p <= CONTROL_ALPHA && Math.abs(effect.estimate) > minEffect;
  return [{ name, metric, effect, p, hasMoved }];
}
