/**
 * Judges the rounds so far: fail, pass, or neither yet.
 *
 * Method, for each judged metric:
 * - slower: Hodges and Lehmann's aligned rank test, exact and one-sided, that head is no worse. Over the
 *   metrics of a scenario the p-values are adjusted after Holm, so that the error holds for all of them
 *   together.
 * - excluded: the same test that head is worse by maxEffect, from below. To pass, every metric has to
 *   exclude it; an intersection–union test needs no adjustment (R. L. Berger, Technometrics 24, 1982).
 *
 * Fail: slower at the look's share of the error, and the estimate beyond minEffect. Pass: excluded
 * everywhere. Where a control has moved nothing is decided.
 *
 * Invariants: pure arithmetic on the evidence, which real gates and their simulations share; a fail goes
 * before a pass; a judged metric without evidence keeps from passing.
 */
import { alignedEstimate } from '../../math/aligned-interval.js';
import { alignedRank } from '../../math/aligned-rank.js';
import { controlIn, effectIn, type Evidence, type MetricEvidence } from './evidence.js';
import { hodgesLehmann } from '../../math/hodges-lehmann.js';
import { holm } from '../../math/holm.js';
import { CONTROL_ALPHA } from '../model/looks.js';
import type { MetricName } from '../model/metrics.js';
import { signedRank } from '../../math/signed-rank.js';

/** The errors that are allowed at a look. */
export interface LookErrors {
  /** Of a fail where nothing has changed. */
  readonly failAlpha: number;
  /** Of a pass where the effect is maxEffect. */
  readonly passAlpha: number;
}

export interface MetricDecision {
  readonly metric: MetricName;
  readonly verdict: 'fail' | 'pass' | 'undecided';
  /** That it is no worse, before any adjustment. */
  readonly p: number;
}

export interface Decision {
  readonly verdict: 'fail' | 'pass' | 'undecided';
  readonly metrics: readonly MetricDecision[];
  /** Why nothing was decided though the tests would have: controls that moved. */
  readonly moved: readonly Control[];
}

/** What can't have changed. Effects are shares. */
export interface Control {
  readonly name: 'A/A check' | 'reference work';
  readonly metric: MetricName;
  readonly effect: { readonly estimate: number; readonly low: number; readonly high: number };
  /** Two-sided. */
  readonly p: number;
  readonly hasMoved: boolean;
}

/** Looks at the evidence, each metric of which has at least one round. Nothing decides where none is. */
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

/** Base against itself in each metric, and the work that no change can touch. */
export function controlsOf(evidence: Evidence): readonly Control[] {
  return controlTestsOf(evidence).flatMap(controlOf);
}

/** Those that moved. An estimate is only made where the test is significant: it costs twenty of it. */
function movedIn(evidence: Evidence): readonly Control[] {
  return controlTestsOf(evidence)
    .filter(({ p }) => p <= CONTROL_ALPHA)
    .flatMap(controlOf)
    .filter(({ hasMoved }) => hasMoved);
}

/** A control before its size is known. */
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

/** An estimate and its interval, as shares; undefined where there is none. */
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

/** An effect as a share. */
export function shareOf(effect: number, isRatio: boolean): number {
  return isRatio ? Math.expm1(effect) : effect;
}

/** A share as an effect. */
export function effectOf(share: number, isRatio: boolean): number {
  return isRatio ? Math.log1p(share) : share;
}

/** How surely all effects are below their maxEffect: the p-value that one is not; 1 without a metric. */
export function exclusionOfAll({ metrics }: Evidence): number {
  return metrics.length === 0 ? 1 : Math.max(...metrics.map(exclusion));
}

function exclusion({ rounds, maxEffect, isRatio }: MetricEvidence): number {
  return alignedRank(rounds, 'less', effectOf(maxEffect, isRatio)).p;
}

/** What a metric that decides nothing comes to by itself. */
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

/** None where there was nothing to compare. */
function controlOf({ name, metric, p, minEffect, isRatio, estimate }: ControlTest): Control[] {
  const effect = shareOfEstimate(estimate(), isRatio);
  if (effect === undefined) return [];
  const hasMoved = p <= CONTROL_ALPHA && Math.abs(effect.estimate) > minEffect;
  return [{ name, metric, effect, p, hasMoved }];
}
