/**
 * Explains each setting of the advice in sentences: which metric and which formula it comes from.
 *
 * Invariant: a rule states the values that the setting was computed from, so that it can be checked.
 */
import { formatBytes, formatCount, formatDuration, formatUnit } from '../../../report/format.js';
import { describeComparison } from './comparison.js';
import type { CurveRate } from './rate.js';
import { type AdvisedSettings, type Measured, MIN_RUN_MS, RUN_FACTOR } from './sizing.js';

/** A setting and its reason. */
export interface Rule {
  readonly setting: string;
  readonly value: string;
  readonly why: string;
}

/** Explains each setting. @param waitMs - The wanted p99 minus the p99 of the service time. */
export function rulesFor(
  { threads, concurrency, backlog, timeouts }: AdvisedSettings,
  { wantedP99Ms, service, inputs, chosen, comparisons }: Measured,
  waitMs: number,
): Rule[] {
  const rate = formatUnit(chosen.jobsPerSecond.median, 'perSecond');
  const wait = formatDuration(waitMs);
  const { time, waitsMostly } = service;
  return [
    {
      setting: 'threads',
      value: String(threads),
      why:
        comparisons.length === 0
          ? 'No other setting was measured.'
          : comparisons.map((each) => describeComparison(each)).join(' '),
    },
    {
      setting: 'concurrency',
      value: String(concurrency),
      why: waitsMostly
        ? 'Measured likewise: the job mostly waits, and a thread can wait for several at once.'
        : 'The job computes: a second one on the same thread would only make both slower.',
    },
    {
      setting: 'backlog.jobs',
      value: formatCount(backlog.jobs),
      why:
        `Little's law, L = λW: at ${rate} this many drain within ${wait}, which is the wanted p99 of ` +
        `${formatDuration(wantedP99Ms)} less the ${formatDuration(time.p99)} that the job takes (p99). ` +
        'Jobs beyond this would miss the target and are rejected immediately.',
    },
    {
      setting: 'backlog.bytes',
      value: formatBytes(backlog.bytes),
      why:
        `These jobs and those in the slots, at the measured mean of ${formatCount(inputs.meanChargeBytes)} ` +
        'bytes each and three standard deviations of their sum; at least the largest input.',
    },
    {
      setting: 'timeout.queueMs',
      value: formatCount(timeouts.queueMs),
      why: 'The same wait: a job that starts later would be late; its thread is better spent on others.',
    },
    {
      setting: 'timeout.runMs',
      value: formatCount(timeouts.runMs),
      why:
        `${RUN_FACTOR} × the p99.9 of the service time (its max, of few jobs), at least the wanted p99 and ` +
        `${MIN_RUN_MS} ms: it is for ` +
        'jobs that hang, as cutting one off costs its thread.',
    },
  ];
}

/** Explains the promised rate. */
export function rateRule(
  ratePerSecond: number,
  byFormula: number,
  byCurve: CurveRate | undefined,
): Rule {
  return {
    setting: 'rate',
    value: formatUnit(ratePerSecond, 'perSecond'),
    why:
      'The highest at which the p99 holds, the lower of two: by the formula of Allen and Cunneen ' +
      `(Kingman's for more than one server) ${formatUnit(byFormula, 'perSecond')}` +
      (byCurve === undefined
        ? '; the loads were not measured.'
        : `, by the measured latencies ${formatUnit(byCurve.ratePerSecond, 'perSecond')} (${byCurve.how}).`),
  };
}
