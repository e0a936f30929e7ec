/**
 * Describes what the rounds show about two settings, with the confidence.
 *
 * Invariant: settings that could not be distinguished are never called equal.
 */
import { LEAST_ROUNDS } from '../../../harness/figures.js';
import { formatFigure, formatPercent } from '../../../report/format.js';
import { describeSlots } from '../measure/figures.js';
import type { SlotComparison } from './slots.js';

export function describeComparison(comparison: SlotComparison): string {
  const { ratio, shows, confidence } = comparison;
  const [smaller, larger] = [describeSlots(comparison.smaller), describeSlots(comparison.larger)];
  if (ratio === undefined || ratio.rounds.length < LEAST_ROUNDS) {
    return (
      `${smaller} may be as good as ${larger}: fewer than ${LEAST_ROUNDS} rounds have both, ` +
      'which shows nothing. The larger setting is the safe choice.'
    );
  }
  const range = `${formatFigure(ratio.min)} to ${formatFigure(ratio.max)} × the throughput of ${larger}`;
  const rounds = `in ${ratio.rounds.length} rounds`;
  const sure = `${formatPercent(confidence)} confidence`;
  switch (shows) {
    case 'as good':
      return `${smaller} had ${range} ${rounds}: as good within 5 % (${sure}).`;
    case 'worse':
      return `${smaller} had ${range} ${rounds}: less by 5 % or more (${sure}).`;
    case 'unclear':
      return (
        `${smaller} had ${range} ${rounds}, which does not show that it is as good. ` +
        'The larger setting is the safe choice; a quieter machine or longer measurements (--seconds) can tell.'
      );
  }
}
