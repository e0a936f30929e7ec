/**
 * Describes the verdict of a job's report: limitations, then the advice or the max throughput, then failures.
 *
 * Invariants: made from the result alone; the text says what to set or what the pool can do, or why there is no
 * answer and how to get one.
 */
import { INTERRUPTED } from '../../harness/limits.js';
import type { FailureExample } from '../../user-job/job-failures.js';
import { type Block, text } from '../../report/document.js';
import { formatCount, formatDuration, formatPercent, formatUnit } from '../../report/format.js';
import { describeAdvice, describeUnsteady } from './advice/report.js';
import { steadinessOf } from './advice/steadiness.js';
import { describeSlots } from './measure/figures.js';
import type { JobResult } from './result.js';

/** The load whose p99 is quoted if no advice was requested. */
const QUOTED_LOAD = 0.8;

export function describeVerdict(result: JobResult): Block[] {
  const { advice, failures, isInterrupted } = result;
  return [
    ...(isInterrupted ? [text(INTERRUPTED)] : []),
    ...(advice === undefined ? describeThroughput(result) : describeAdvice(advice)),
    ...failures.map((failure) => text(`Failed: ${failure}`)),
  ];
}

function describeThroughput(result: JobResult): Block[] {
  const { settings, service, chosen, loads, jobFailures, isInterrupted } = result;
  if (service === undefined) return [];
  if (service.time.count === 0) {
    return [text(`No job succeeded${describeFirst(jobFailures.examples[0])}.`)];
  }
  if (chosen === undefined) return [];
  const steadiness = steadinessOf(chosen, loads);
  const quoted = loads.find(({ load }) => load === QUOTED_LOAD);
  const { jobsPerSecond } = chosen;
  const range = [jobsPerSecond.min, jobsPerSecond.max].map((each) => formatUnit(each, 'perSecond'));
  return [
    ...(steadiness.isSteady
      ? []
      : [text(`Take all results with caution: ${describeUnsteady(steadiness)}`)]),
    text(
      `Max throughput: ${formatUnit(jobsPerSecond.median, 'perSecond')} (${range.join(' to ')}) with ` +
        `${describeSlots(chosen)}.` +
        (quoted === undefined
          ? ''
          : ` At ${formatPercent(quoted.load)} of that, ${formatUnit(quoted.ratePerSecond.median, 'perSecond')}, the ` +
            `p99 of the response time is ${formatDuration(quoted.p99.median)}.`),
    ),
    ...(settings.advise || isInterrupted
      ? []
      : [
          text(
            'Next: --advise --p99 MS gives settings for a wanted p99, and verifies them.',
            'faint',
          ),
        ]),
  ];
}

/** The first failure; the total is in a section of its own. */
function describeFirst(example: FailureExample | undefined): string {
  return example === undefined
    ? ''
    : `: ${formatCount(example.count)} × ${example.message} (first with ${example.input})`;
}
