/**
 * Formats a gate's verdicts and metrics, the same in every output.
 *
 * Invariants: the word of a verdict says it without its color; informational metrics have words of their
 * own, so that none looks like a verdict.
 */
import type { Cell, Meaning, Unit } from '../../report/document.js';
import { formatBytes, formatChange, formatChanges, formatUnit } from '../../report/format.js';
import { METRICS } from './metrics.js';
import type {
  BudgetReport,
  Effect,
  MetricReport,
  SideReport,
  Verdict,
  WaiverReport,
} from './report.js';
import { shortCommit } from '../sides/short-commit.js';

/** What a metric that does not decide comes to. */
const ADVICE: Readonly<Record<Verdict, string>> = {
  pass: 'no worse',
  fail: 'worse',
  inconclusive: 'unclear',
  incomparable: 'unclear',
  new: 'new',
  waived: 'worse',
};

const MEANINGS: Readonly<Partial<Record<Verdict, Meaning>>> = {
  pass: 'good',
  fail: 'bad',
  new: 'faint',
  waived: 'faint',
};

/** 'FAIL'. */
export function formatVerdict(verdict: Verdict): string {
  return verdict.toUpperCase();
}

/** Undefined for a verdict that is neither good nor bad, as it is open. */
export function meaningOf(verdict: Verdict): Meaning | undefined {
  return MEANINGS[verdict];
}

/** 'FAIL' where the metric decides, and 'worse' where it only advises. */
export function formatMetricVerdict({
  isJudged,
  verdict,
}: Pick<MetricReport, 'isJudged' | 'verdict'>): string {
  return isJudged ? formatVerdict(verdict) : ADVICE[verdict];
}

/** A cell with a verdict. */
export function verdictCell(verdict: Verdict): Cell {
  const meaning = meaningOf(verdict);
  return { text: formatVerdict(verdict), ...(meaning && { meaning }) };
}

/** A figure in its unit; bytes to a kilobyte, and below zero too. Plain where the unit is not known. */
export function formatValue(value: number, unit: Unit | undefined): string {
  if (unit === undefined) return String(value);
  if (value < 0) return `-${formatValue(-value, unit)}`;
  return unit === 'bytes' ? formatBytes(value) : formatUnit(value, unit);
}

/** An effect with its interval; '-' where there is none. */
export function effectCell(effect: Effect | undefined): Cell | string {
  if (effect === undefined) return '-';
  return { text: formatChange(effect.estimate), range: formatChanges(effect.low, effect.high) };
}

/** '+12.0 % (+10.1 to +13.2)'. */
export function formatEffect(effect: Effect): string {
  return `${formatChange(effect.estimate)} (${formatChanges(effect.low, effect.high)})`;
}

/** 'CPU per job worse by +12.0 % (+10.1 to +13.2)'. */
export function formatMetricEffect({
  metric,
  effect,
}: Pick<MetricReport, 'metric' | 'effect'>): string {
  const { label } = METRICS[metric];
  return effect === undefined ? `${label} unknown` : `${label} worse by ${formatEffect(effect)}`;
}

/** '0.031', and '< 0.001' below that. */
export function formatProbability(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** 'main (7290fa0)'. */
export function formatSide({ ref, commit }: SideReport): string {
  if (commit === undefined || commit.startsWith(ref)) return ref;
  return `${ref} (${shortCommit(commit)})`;
}

/** 'at least 5.00', 'at most 10.0 %' or both. */
export function formatLimit({ atLeast, atMost, unit }: BudgetReport): string {
  return [
    ...(atLeast === undefined ? [] : [`at least ${formatValue(atLeast, unit)}`]),
    ...(atMost === undefined ? [] : [`at most ${formatValue(atMost, unit)}`]),
  ].join(', ');
}

/** 'Waived until 2026-12-31: a reason.' */
export function formatWaiver({ reason, until }: WaiverReport): string {
  return `Waived until ${until}: ${reason}${reason.endsWith('.') ? '' : '.'}`;
}

/** The smallest effect that a run could have seen. */
export function formatDetectable(label: string, detectable: number): string {
  return `${label}: this run would have found a change of ${formatChange(detectable)} in 8 of 10 cases.`;
}
