/**
 * Formats the result of a gate as one sentence, the headline of every report, and the state of the run.
 *
 * Invariant: the headline counts what the verdict rests on; a pass that rests on nothing, as everything is new or
 * waived, doesn't look like one that was earned.
 */
import { formatList } from '../../report/format.js';
import type { GateReport, Verdict } from '../model/report.js';

type Counted = ReadonlyArray<{ readonly verdict: Verdict }>;

/** Shown if the exit code is 1. */
export const UNMEASURED = 'Something could not be measured; see its own line.';
const INTERRUPTED = 'Interrupted: these are the results so far.';
const STRICT = '--strict: an INCONCLUSIVE gate ends with exit code 3.';
const LENIENT =
  'Neither a regression nor its absence was shown. The exit code is still 0; --strict makes it 3.';

/** The overall result without the word of the verdict: '1 of 3 scenarios fails'. */
export function formatHeadline(report: GateReport): string {
  const { verdict, scenarios, budgets, exitCode, isInterrupted } = report;
  const isIt = isOf(verdict);
  const counts = [
    formatCounted('scenario', scenarios, isIt),
    formatCounted('budget', budgets, isIt),
  ].filter((each) => each !== undefined);
  const total = [...scenarios, ...budgets].filter((each) => isIt(each.verdict)).length;
  if (counts.length > 0) return `${counts.join(' and ')} ${formatPredicate(verdict, total === 1)}`;
  if (exitCode === 1) return 'something could not be measured';
  if (isInterrupted) return 'interrupted before everything was judged';
  return formatUnjudged(report) || 'nothing was judged';
}

/** The state of the run that the reader should know first, a sentence each. */
export function formatState({ verdict, exitCode, isStrict, isInterrupted }: GateReport): string[] {
  return [
    ...(isInterrupted ? [INTERRUPTED] : []),
    ...(exitCode === 1 ? [UNMEASURED] : []),
    ...(verdict === 'inconclusive' && exitCode !== 1 && !isInterrupted
      ? [isStrict ? STRICT : LENIENT]
      : []),
  ];
}

/** True if a scenario or budget could not be judged. */
export function isOpen(verdict: Verdict): boolean {
  return verdict === 'inconclusive' || verdict === 'incomparable';
}

function isOf(verdict: GateReport['verdict']): (own: Verdict) => boolean {
  return verdict === 'inconclusive' ? isOpen : (own) => own === verdict;
}

/** '1 of 2 scenarios is waived and 1 budget is new'. */
function formatUnjudged({ scenarios, budgets }: GateReport): string {
  const parts = (['waived', 'new'] as const).flatMap((verdict) =>
    (['scenario', 'budget'] as const).flatMap((noun) => {
      const all = noun === 'scenario' ? scenarios : budgets;
      const count = formatCounted(noun, all, (own) => own === verdict);
      const isOne = all.filter((each) => each.verdict === verdict).length === 1;
      return count === undefined ? [] : [`${count} ${isOne ? 'is' : 'are'} ${verdict}`];
    }),
  );
  return formatList(parts);
}

/** '1 of 3 scenarios', '3 scenarios' if it is all of them; undefined if it is none. */
function formatCounted(
  noun: string,
  all: Counted,
  isIt: (own: Verdict) => boolean,
): string | undefined {
  const count = all.filter(({ verdict }) => isIt(verdict)).length;
  if (count === 0) return undefined;
  const nouns = all.length === 1 ? noun : `${noun}s`;
  return count === all.length ? `${count} ${nouns}` : `${count} of ${all.length} ${nouns}`;
}

function formatPredicate(verdict: GateReport['verdict'], isOne: boolean): string {
  if (verdict === 'inconclusive') return isOne ? 'is inconclusive' : 'are inconclusive';
  return `${verdict === 'pass' ? 'pass' : 'fail'}${isOne ? (verdict === 'pass' ? 'es' : 's') : ''}`;
}
