/**
 * Formats a gate's verdicts and metrics, the same in every output.
 *
 * Invariants: a verdict can be read without its color; informational metrics have words of their own, so that none
 * looks like a verdict.
 */
import type { Cell, Meaning, Unit } from '../../report/document.js';
import { formatBytes, formatChanges, formatFigure, formatUnit } from '../../report/format.js';
import { type MetricName, METRICS } from './metrics.js';
import type {
  BudgetReport,
  Effect,
  MetricReport,
  SideReport,
  Verdict,
  WaiverReport,
} from './report.js';
import { shortCommit } from '../sides/short-commit.js';

/** Results of informational metrics. */
const ADVICE: Readonly<Record<Verdict, string>> = {
  pass: 'no worse',
  fail: 'worse',
  inconclusive: 'unclear',
  incomparable: 'unclear',
  new: 'new',
  waived: 'worse',
};

/** Confidence level of an interval that doesn't carry one. */
const CONFIDENCE = 0.95;

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

/** The meaning of a verdict; undefined if it is neither good nor bad. */
export function meaningOf(verdict: Verdict): Meaning | undefined {
  return MEANINGS[verdict];
}

/** 'FAIL' for a metric that decides, 'worse' for an informational one, 'not analyzed' before the first analysis. */
export function formatMetricVerdict({
  isJudged,
  verdict,
  base,
  effect,
}: Pick<MetricReport, 'isJudged' | 'verdict' | 'base' | 'effect'>): string {
  if (verdict === 'inconclusive' && base !== undefined && effect === undefined) {
    return 'not analyzed';
  }
  return isJudged ? formatVerdict(verdict) : ADVICE[verdict];
}

/** A cell with a verdict. */
export function verdictCell(verdict: Verdict): Cell {
  const meaning = meaningOf(verdict);
  return { text: formatVerdict(verdict), ...(meaning && { meaning }) };
}

/** A value in its unit, or plain if the unit is unknown. */
export function formatValue(value: number, unit: Unit | undefined): string {
  if (unit === undefined) return String(value);
  if (value < 0) return `-${formatValue(-value, unit)}`;
  return unit === 'bytes' ? formatBytes(value) : formatUnit(value, unit);
}

/** A metric's value with four significant digits, so that a change of 1 % shows: '12.31 µs', '131.4 MB'. */
export function formatLevel(value: number, unit: Unit): string {
  switch (unit) {
    case 'milliseconds':
      if (Math.abs(value) < 0.001) return `${formatDigits(value * 1e6)} ns`;
      if (Math.abs(value) < 1) return `${formatDigits(value * 1000)} µs`;
      return Math.abs(value) < 1000
        ? `${formatDigits(value)} ms`
        : `${formatDigits(value / 1000)} s`;
    case 'seconds':
      return formatLevel(value * 1000, 'milliseconds');
    case 'bytes':
      return `${formatDigits(value / 1024 ** 2)} MB`;
    case 'percent':
      return `${(value * 100).toFixed(2).replace(/^-(?=0\.00$)/, '')} %`;
    case 'perSecond':
      return `${formatDigits(value)}/s`;
    case 'count':
    case 'ratio':
      return formatDigits(value);
  }
}

function formatDigits(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  if (size >= 100) return value.toFixed(1);
  if (size >= 10) return value.toFixed(2);
  return size >= 1 || size === 0 ? value.toFixed(3) : String(Number(value.toPrecision(4)));
}

/** '12.4 % slower', '0.8 pp less', 'no change'. */
export function formatChangeOf(metric: MetricName, estimate: number): string {
  const { words } = METRICS[metric];
  const amount = formatAmount(metric, Math.abs(estimate));
  if (!/[1-9]/.test(amount)) return 'no change';
  return `${amount} ${estimate > 0 ? words.worse : words.better}`;
}

/**
 * Size of an effect without its sign: '12.4 %' of a ratio; a difference of shares is in percentage points: '0.8 pp'.
 */
export function formatAmount(metric: MetricName, size: number): string {
  const { scale, unit } = METRICS[metric];
  if (scale === 'difference' && unit !== 'percent') return formatFigure(size);
  const percent = size * 100;
  const digits = percent.toFixed(percent < 99.95 ? 1 : 0);
  return `${digits} ${scale === 'ratio' ? '%' : 'pp'}`;
}

/** The ends of an interval; + is worse: '+10.1 to +13.2'. */
function formatInterval(metric: MetricName, { low, high }: Effect): string {
  const { scale, unit } = METRICS[metric];
  if (scale === 'ratio' || unit === 'percent') return formatChanges(low, high);
  return `${formatSigned(low)} to ${formatSigned(high)}`;
}

function formatSigned(value: number): string {
  return `${value < 0 ? '-' : '+'}${formatFigure(Math.abs(value))}`;
}

/** An effect with its interval; '-' if there is none. */
export function effectCell({
  metric,
  effect,
}: {
  readonly metric: MetricName;
  readonly effect?: Effect | undefined;
}): Cell | string {
  if (effect === undefined) return '-';
  return {
    text: formatChangeOf(metric, effect.estimate),
    range: formatInterval(metric, effect),
  };
}

/** '95 % CI'. */
export function formatConfidence(effect: Effect | undefined): string {
  return `${Math.round((effect?.level ?? CONFIDENCE) * 100)} % CI`;
}

/** '12.4 % more (95 % CI: +10.1 to +13.2)'. */
export function formatEffect(metric: MetricName, effect: Effect): string {
  const change = formatChangeOf(metric, effect.estimate);
  return `${change} (${formatConfidence(effect)}: ${formatInterval(metric, effect)})`;
}

/** 'CPU per job 12.4 % more (95 % CI: +10.1 to +13.2)'. */
export function formatMetricEffect({
  metric,
  effect,
}: Pick<MetricReport, 'metric' | 'effect'>): string {
  const { label } = METRICS[metric];
  return effect === undefined
    ? `${label} not analyzed yet`
    : `${label} ${formatEffect(metric, effect)}`;
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

/** 'min 5.00', 'max 10.0 %' or both. */
export function formatLimit({ atLeast, atMost, unit }: BudgetReport): string {
  return [
    ...(atLeast === undefined ? [] : [`min ${formatValue(atLeast, unit)}`]),
    ...(atMost === undefined ? [] : [`max ${formatValue(atMost, unit)}`]),
  ].join(', ');
}

/** A reason, followed by the waiver if there is one. */
export function withWaiver(reason: string, waiver: WaiverReport | undefined): string {
  return waiver === undefined ? reason : `${reason} ${formatWaiver(waiver)}`;
}

/** 'Waived until 2026-12-31: a reason.' */
export function formatWaiver({ reason, until }: WaiverReport): string {
  return `Waived until ${until}: ${reason}${reason.endsWith('.') ? '' : '.'}`;
}

/** 'CPU per job: minimum detectable effect 7.2 % (80 % power).' */
export function formatDetectable(metric: MetricName, detectable: number): string {
  return `${METRICS[metric].label}: minimum detectable effect ${formatAmount(metric, detectable)} (80 % power).`;
}
