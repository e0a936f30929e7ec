/**
 * What the rounds so far allow to say: fail, pass, or neither yet.
 *
 * Method, for each judged metric:
 * - slower: exact one-sided Wilcoxon signed-rank test of the rounds' effects against 0. Over the metrics
 *   of a scenario the p-values are adjusted after Holm, so that the error holds for all of them together.
 * - excluded: the same test of the effects against maxEffect, from below. To pass, every metric has to
 *   exclude it; an intersection–union test needs no adjustment (R. L. Berger, Technometrics 24, 1982).
 *
 * Fail: slower at the look's share of the error, and the estimate beyond minEffect. Pass: excluded
 * everywhere. Where a control has moved nothing is decided.
 *
 * Invariants: pure arithmetic on the evidence, which real gates and their simulations share; a fail goes
 * before a pass.
 */
import { hodgesLehmann } from './hodges-lehmann.js';
import { holm } from './holm.js';
import type { MetricName } from './metrics.js';
import { signedRank } from './signed-rank.js';
import type { Limits } from './thresholds.js';

/** What is known of a metric. */
export interface MetricEvidence extends Limits {
  readonly metric: MetricName;
  /** Whether effects are logarithms of ratios, and not differences. */
  readonly isRatio: boolean;
  /** The effect of each round. */
  readonly effects: readonly number[];
  /** What base differed from itself by, in each round. */
  readonly controls: readonly number[];
}

export interface Evidence {
  readonly metrics: readonly MetricEvidence[];
  /** What the reference work differed by, in each round, as a logarithm. */
  readonly references: readonly number[];
}

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
  readonly name: 'base against base' | 'reference work';
  readonly metric: MetricName;
  readonly effect: { readonly estimate: number; readonly low: number; readonly high: number };
  /** Two-sided. */
  readonly p: number;
  readonly hasMoved: boolean;
}

/** A control counts as moved at this error (two-sided), and if it moved by more than minEffect. */
export const CONTROL_ALPHA = 0.01;

/** Looks at the evidence, each metric of which has at least one round. Nothing decides where none is. */
export function decide(evidence: Evidence, errors: LookErrors): Decision {
  const { metrics } = evidence;
  const slower = metrics.map(({ effects }) => signedRank(effects, 'greater').p);
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
  const moved =
    verdict === 'undecided' ? [] : controlsOf(evidence).filter(({ hasMoved }) => hasMoved);
  return { verdict: moved.length === 0 ? verdict : 'undecided', metrics: decisions, moved };
}

/** Base against itself in each metric, and the work that no change can touch. */
export function controlsOf({ metrics, references }: Evidence): readonly Control[] {
  const least = Math.min(...metrics.map(({ minEffect }) => minEffect));
  return [
    ...metrics.flatMap((each) => controlOf('base against base', each.metric, each.controls, each)),
    ...controlOf('reference work', 'cpu', references, { minEffect: least, isRatio: true }),
  ];
}

/** The estimate of some effects and its interval, as shares; undefined where there are none. */
export function shareOfEffects(
  effects: readonly number[],
  isRatio: boolean,
): Control['effect'] | undefined {
  const found = hodgesLehmann(effects);
  if (found === undefined) return undefined;
  const share = (effect: number): number => shareOf(effect, isRatio);
  return { estimate: share(found.estimate), low: share(found.low), high: share(found.high) };
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

function exclusion({ effects, maxEffect, isRatio }: MetricEvidence): number {
  return signedRank(effects, 'less', effectOf(maxEffect, isRatio)).p;
}

/** What a metric that decides nothing comes to by itself. */
export function advise(evidence: MetricEvidence, errors: LookErrors): MetricDecision {
  const { p } = signedRank(evidence.effects, 'greater');
  const verdict = verdictOf(evidence, p <= errors.failAlpha, errors.passAlpha);
  return { metric: evidence.metric, verdict, p };
}

function verdictOf(
  evidence: MetricEvidence,
  isSlower: boolean,
  passAlpha: number,
): MetricDecision['verdict'] {
  const { effects, minEffect, isRatio } = evidence;
  if (isSlower) {
    const estimate = hodgesLehmann(effects)?.estimate ?? 0;
    if (estimate >= effectOf(minEffect, isRatio)) return 'fail';
  }
  return exclusion(evidence) <= passAlpha ? 'pass' : 'undecided';
}

function controlOf(
  name: Control['name'],
  metric: MetricName,
  effects: readonly number[],
  { minEffect, isRatio }: Pick<MetricEvidence, 'minEffect' | 'isRatio'>,
): Control[] {
  const effect = shareOfEffects(effects, isRatio);
  if (effect === undefined) return [];
  const { p } = signedRank(effects, 'two-sided');
  const hasMoved = p <= CONTROL_ALPHA && Math.abs(effect.estimate) > minEffect;
  return [{ name, metric, effect, p, hasMoved }];
}
