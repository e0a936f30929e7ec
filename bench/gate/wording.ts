/**
 * How a gate's verdicts and figures are said, the same in every output.
 *
 * Invariants: the word of a verdict says it without its colour; that something only advises is told by
 * another word, so that no advice looks like a verdict.
 */
import type { Cell, Meaning, Unit } from '../document.js';
import { formatBytes, formatChange, formatChanges, formatUnit } from '../terminal/format.js';
import { METRICS } from './metrics.js';
import type {
  BudgetReport,
  Effect,
  GateReport,
  MetricReport,
  SideReport,
  Verdict,
  WaiverReport,
} from './report.js';

const COMMIT_DIGITS = 8;

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
export function sayVerdict(verdict: Verdict): string {
  return verdict.toUpperCase();
}

/** Undefined for what is neither: it can't be told. */
export function meaningOf(verdict: Verdict): Meaning | undefined {
  return MEANINGS[verdict];
}

/** 'FAIL' where the metric decides, and 'worse' where it only advises. */
export function sayMetricVerdict({
  isJudged,
  verdict,
}: Pick<MetricReport, 'isJudged' | 'verdict'>): string {
  return isJudged ? sayVerdict(verdict) : ADVICE[verdict];
}

/** A cell with a verdict. */
export function verdictCell(verdict: Verdict): Cell {
  const meaning = meaningOf(verdict);
  return { text: sayVerdict(verdict), ...(meaning && { meaning }) };
}

/** A figure in its unit; bytes to a kilobyte, and below zero too. */
export function sayFigure(value: number, unit: Unit): string {
  if (value < 0) return `-${sayFigure(-value, unit)}`;
  return unit === 'bytes' ? formatBytes(value) : formatUnit(value, unit);
}

/** An effect with its interval; '-' where there is none. */
export function effectCell(effect: Effect | undefined): Cell | string {
  if (effect === undefined) return '-';
  return { text: formatChange(effect.estimate), range: formatChanges(effect.low, effect.high) };
}

/** '+12.0 % (+10.1 to +13.2)'. */
export function sayEffect(effect: Effect): string {
  return `${formatChange(effect.estimate)} (${formatChanges(effect.low, effect.high)})`;
}

/** 'CPU per job worse by +12.0 % (+10.1 to +13.2)'. */
export function sayMetricEffect({
  metric,
  effect,
}: Pick<MetricReport, 'metric' | 'effect'>): string {
  const { label } = METRICS[metric];
  return effect === undefined ? `${label} unknown` : `${label} worse by ${sayEffect(effect)}`;
}

/** '0.031', and '< 0.001' below that. */
export function sayProbability(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** 'main (7290fa03)'. */
export function saySide({ ref, commit }: SideReport): string {
  if (commit === undefined || commit.startsWith(ref)) return ref;
  return `${ref} (${commit.slice(0, COMMIT_DIGITS)})`;
}

/** 'at least 5.00', 'at most 10.0 %' or both. */
export function sayLimit({ atLeast, atMost, unit }: BudgetReport): string {
  return [
    ...(atLeast === undefined ? [] : [`at least ${sayFigure(atLeast, unit)}`]),
    ...(atMost === undefined ? [] : [`at most ${sayFigure(atMost, unit)}`]),
  ].join(', ');
}

/** 'Waived until 2026-12-31: a reason.' */
export function sayWaiver({ reason, until }: WaiverReport): string {
  return `Waived until ${until}: ${reason}${reason.endsWith('.') ? '' : '.'}`;
}

/** The smallest effect that a run could have seen. */
export function sayDetectable(label: string, detectable: number): string {
  return `${label}: this run would have found a change of ${formatChange(detectable)} in 8 of 10 cases.`;
}

/** The verdict of all in one sentence, without its word: '1 of 3 scenarios fails'. */
export function sayOutcome({ verdict, scenarios, budgets }: GateReport): string {
  const isIt = isOf(verdict);
  const counts = [sayCount('scenario', scenarios, isIt), sayCount('budget', budgets, isIt)].filter(
    (each) => each !== undefined,
  );
  const total = [...scenarios, ...budgets].filter((each) => isIt(each.verdict)).length;
  if (counts.length === 0) return 'nothing was judged';
  return `${counts.join(' and ')} ${sayPredicate(verdict, total === 1)}`;
}

function isOf(verdict: GateReport['verdict']): (own: Verdict) => boolean {
  if (verdict !== 'inconclusive') return (own) => own === verdict;
  return (own) => own === 'inconclusive' || own === 'incomparable';
}

/** '1 of 3 scenarios', '3 scenarios' where it is all of them; undefined where it is none. */
function sayCount(
  noun: string,
  all: ReadonlyArray<{ readonly verdict: Verdict }>,
  isIt: (own: Verdict) => boolean,
): string | undefined {
  const count = all.filter(({ verdict }) => isIt(verdict)).length;
  if (count === 0) return undefined;
  const nouns = all.length === 1 ? noun : `${noun}s`;
  return count === all.length ? `${count} ${nouns}` : `${count} of ${all.length} ${nouns}`;
}

function sayPredicate(verdict: GateReport['verdict'], isOne: boolean): string {
  if (verdict === 'inconclusive') return "can't be judged";
  return `${verdict === 'pass' ? 'pass' : 'fail'}${isOne ? (verdict === 'pass' ? 'es' : 's') : ''}`;
}
