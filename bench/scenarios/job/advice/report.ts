/**
 * What the advice says: the promise, each setting with its rule, the runs that verified it, and the
 * settings as code.
 *
 * Invariant: a promise that did not hold is never told as one that did.
 */
import { type Block, type Cell, heading, text } from '../../../report/document.js';
import {
  formatCount,
  formatDuration,
  formatFigure,
  formatMegabytes,
  formatPercent,
  formatUnit,
} from '../../../report/format.js';
import type { AdviceResult } from './advice.js';
import { MIN_ARRIVALS, type Verification } from './verification.js';

type Advised = AdviceResult & { readonly kind: 'advised' };

/** For a person. */
export function describeAdvice(advice: AdviceResult): Block[] {
  const title = heading(`Advice for a p99 of ${formatDuration(advice.wantedP99Ms)}`);
  if (advice.kind === 'impossible') return [title, text(advice.reason)];
  const { rules, snippet } = advice;
  return [
    title,
    text(describePromise(advice)),
    ...(advice.verifications.length === 0 ? [] : describeVerifications(advice)),
    { kind: 'code', text: snippet },
    text('Each setting, and the rule that gave it:'),
    ...rules.map(({ setting, value, why }) => text(`${setting} = ${value}. ${why}`, 'point')),
  ];
}

function describePromise({
  verifications,
  promisedPerSecond,
  isVerified,
  ratePerSecond,
}: Advised): string {
  const rate = formatUnit(promisedPerSecond, 'perSecond');
  if (verifications.length === 0) {
    return `Up to ${rate} are to be expected; no run has verified it.`;
  }
  const last = verifications.at(-1) as Verification;
  if (!last.isEnough) {
    return (
      `Up to ${rate} are to be expected. The verifying run had ${formatCount(last.arrivals)} arrivals, too few ` +
      `for a p99 (${MIN_ARRIVALS}): take more --seconds.`
    );
  }
  if (!isVerified) {
    return (
      `No rate can be promised: the p99 did not hold in ${verifications.length} runs, the last at ${rate}. ` +
      'Want more time, or measure on a quieter machine.'
    );
  }
  const before =
    verifications.length === 1
      ? ''
      : ` The first promise, ${formatUnit(ratePerSecond, 'perSecond')}, did not hold and was lowered.`;
  return `Up to ${rate}, verified by a run with exactly these settings.${before}`;
}

function describeVerifications({
  verifications,
  wantedP99Ms,
  expectedPeakBytes,
}: Advised): Block[] {
  const last = verifications.at(-1) as Verification;
  return [
    {
      kind: 'table',
      head: ['verifying run at', 'arrivals', 'p50 ms', 'p99 ms', 'unserved', 'peak memory', ''],
      rows: verifications.map((each) => [
        formatUnit(each.ratePerSecond, 'perSecond'),
        formatCount(each.arrivals),
        formatFigure(each.p50),
        formatFigure(each.p99),
        formatPercent(each.unservedShare),
        formatMegabytes(each.peakBytes),
        verdictOf(each),
      ]),
    },
    text(
      `Held: a p99 of at most ${formatDuration(wantedP99Ms)}, and at most 1 % refused, too late or cut off ` +
        `(unserved). The load generator's own lateness is included: p99 ${formatDuration(last.latenessP99)}.`,
      'faint',
    ),
    text(
      `Memory: at most ${formatMegabytes(expectedPeakBytes)} were expected (the most that was measured below ` +
        'the saturation and a quarter, and twice backlog.bytes). ' +
        (last.isMemoryHeld
          ? `The last run stayed within that: ${formatMegabytes(last.peakBytes)}.`
          : `The last run had more: ${formatMegabytes(last.peakBytes)}.`),
    ),
  ];
}

function verdictOf({ isEnough, isP99Held }: Verification): Cell | string {
  if (!isEnough) return 'too few';
  return isP99Held ? { text: 'held', meaning: 'good' } : { text: 'not held', meaning: 'bad' };
}
