/**
 * Describes the advice: its verdict with the settings as code, the reasons, and the runs that verified it.
 *
 * Invariants: the verdict is one paragraph that can stand alone and states its confidence; a rate that did not
 * hold is never reported as one that did.
 */
import { type Block, type Cell, heading, text } from '../../../report/document.js';
import {
  formatCount,
  formatDuration,
  formatFigure,
  formatMegabytes,
  formatPercent,
  formatSeconds,
  formatUnit,
} from '../../../report/format.js';
import type { AdviceResult } from './advice.js';
import { MAX_SPREAD, type Steadiness } from './steadiness.js';
import {
  MIN_SENT,
  type Verification,
  VERIFIED_CONFIDENCE,
  WANTED_ARRIVALS,
} from './verification.js';

type Advised = AdviceResult & { readonly kind: 'advised' };

/** Describes the verdict and the settings. */
export function describeAdvice(advice: AdviceResult): Block[] {
  switch (advice.kind) {
    case 'unsteady':
      return [text(`No advice: ${describeUnsteady(advice.steadiness)}`), text(WHAT_TO_DO)];
    case 'impossible':
      return [text(`No advice: ${advice.reason}`)];
    case 'advised':
      return [text(describePromise(advice)), { kind: 'code', text: advice.snippet }];
  }
}

/** Lists each setting with its rule; empty if there is no advice. */
export function describeReasons(advice: AdviceResult): Block[] {
  if (advice.kind !== 'advised') return [];
  const { rules, steadiness } = advice;
  return [
    ...rules.map(({ setting, value, why }) => text(`${setting} = ${value}. ${why}`, 'point')),
    text(
      steadiness.isKnown
        ? `The machine was steady: the middle half of ${steadiness.measurements} measurements of the max ` +
            `throughput spans ${formatPercent(steadiness.spread)} of their median.`
        : 'Too few measurements to tell whether the machine was steady.',
      'point',
    ),
  ];
}

/** Describes the verifying runs; empty if there are none. */
export function describeVerifications(advice: AdviceResult): Block[] {
  if (advice.kind !== 'advised') return [];
  const { verifications, wantedP99Ms, expectedPeakBytes } = advice;
  const last = verifications.at(-1);
  if (last === undefined) return [];
  return [
    heading(`Verifying runs, for a p99 of ${formatDuration(wantedP99Ms)}`),
    {
      kind: 'table',
      head: ['rate', 'arrivals', 'failed', 'unserved', 'p50 (ms)', 'p99 (ms)', 'peak memory', ''],
      rows: verifications.map((each) => [
        formatUnit(each.ratePerSecond, 'perSecond'),
        formatCount(each.arrivals),
        formatCount(each.endings.failed),
        formatPercent(each.unservedShare),
        formatFigure(each.p50),
        formatFigure(each.p99),
        formatMegabytes(each.peakBytes),
        verdictOf(each),
      ]),
    },
    text(
      `Held: at least 99 % of the jobs that did not fail had their result within ` +
        `${formatDuration(wantedP99Ms)}, and at least 99 % of the arrivals that were due were made. Unserved: rejected, too late or cut off. The load generator's own ` +
        `lateness is included: p99 ${formatDuration(last.latenessP99)}.`,
      'faint',
    ),
    text(
      `Memory: max ${formatMegabytes(expectedPeakBytes)} expected (1.25 × the max that was measured below ` +
        'the max throughput, plus twice backlog.bytes). ' +
        (last.isMemoryHeld
          ? `The last run stayed within that: ${formatMegabytes(last.peakBytes)}.`
          : `The last run had more: ${formatMegabytes(last.peakBytes)}.`),
    ),
  ];
}

/** Explains why no advice can be given on an unsteady machine. */
export function describeUnsteady({ measurements, min, max, spread }: Steadiness): string {
  return (
    `this machine was not steady. The same setting had ${formatUnit(min, 'perSecond')} to ` +
    `${formatUnit(max, 'perSecond')} in ${measurements} measurements; the middle half of them spans ` +
    `${formatPercent(spread)} of the median, and may span ${formatPercent(MAX_SPREAD)}.`
  );
}

const WHAT_TO_DO =
  'What to do: stop other programs (or use a machine with CPUs of its own) and run it again; if that is ' +
  'not possible, average the noise out with longer measurements (--seconds 10).';

function describePromise(advice: Advised): string {
  const { settings, wantedP99Ms, verifications, promisedPerSecond, isVerified } = advice;
  const { threads, concurrency } = settings;
  const rate = formatUnit(promisedPerSecond, 'perSecond');
  const what =
    `up to ${rate} with p99 ≤ ${formatDuration(wantedP99Ms)}, with threads: ${threads}, ` +
    `concurrency: ${concurrency} and a backlog of ${formatCount(settings.backlog.jobs)} jobs`;
  const last = verifications.at(-1);
  if (last === undefined) return `Not verified: ${what}.`;
  if (!last.isEnough) {
    return (
      `Not verified: ${what}. The verifying run had ${formatCount(last.arrivals - last.endings.failed)} ` +
      `arrivals that did not fail in ${formatSeconds(last.seconds)}, and a p99 takes ${WANTED_ARRIVALS}.`
    );
  }
  if (!isVerified && last.sentShare < MIN_SENT) {
    return (
      `Not verified: ${what}. The load generator made only ${formatPercent(last.sentShare)} of the arrivals ` +
      'that were due, so the rate was not reached. Choose a longer --p99, or measure on a quieter machine.'
    );
  }
  if (!isVerified) {
    return (
      `No rate can be promised for a p99 of ${formatDuration(wantedP99Ms)}: it did not hold in ` +
      `${verifications.length === 1 ? 'one run' : `${verifications.length} runs`}, the last at ${rate}. ` +
      'Choose a longer --p99, or measure on a quieter machine.'
    );
  }
  const verdict =
    last.confidence >= VERIFIED_CONFIDENCE ? 'Verified' : 'Held in one run, not yet verified';
  return `${verdict}: ${what}. ${describeConfidence(last)}${describeLowered(advice)}`;
}

function describeConfidence({ arrivals, endings, inTime, confidence }: Verification): string {
  const judged = arrivals - endings.failed;
  const missed = judged - inTime;
  return (
    `In a run with exactly these settings ${formatCount(missed)} of ${formatCount(judged)} jobs were late or ` +
    `not served, so that 99 % are in time with ${formatConfidence(confidence)} confidence.` +
    (confidence >= VERIFIED_CONFIDENCE ? '' : ' A longer run (--seconds) can make it 95 %.')
  );
}

/** Formats a confidence, never as 100 %. */
function formatConfidence(confidence: number): string {
  return confidence >= 0.9995 ? 'more than 99.9 %' : formatPercent(confidence);
}

function describeLowered({ verifications, ratePerSecond }: Advised): string {
  if (verifications.length === 1) return '';
  return ` The first promise, ${formatUnit(ratePerSecond, 'perSecond')}, did not hold and was lowered.`;
}

function verdictOf({ isEnough, isP99Held }: Verification): Cell | string {
  if (!isEnough) return 'too few';
  return isP99Held ? { text: 'held', meaning: 'good' } : { text: 'not held', meaning: 'bad' };
}
