/**
 * Describes the result of measuring a user's job: the verdict and the advice (`verdict.ts`), the reasons, then
 * the tables: the job by itself and the throughput (`steady-report.ts`), the arrivals (`loads-report.ts`), the
 * runs that verified the advice, and the failures.
 *
 * Invariants: the answer comes first, whatever it is; metrics that have rounds come with their range;
 * limitations of the metrics (unstable warm-up, failed jobs, noise) are reported before the tables.
 */
import { type Block, type Document, heading, text } from '../../report/document.js';
import { describeLimits } from '../../harness/limits.js';
import { formatBytes, formatCount } from '../../report/format.js';
import type { JobFailures } from '../../user-job/job-failures.js';
import { describeReasons, describeVerifications } from './advice/report.js';
import { describeComparison } from './advice/comparison.js';
import { describeLoads } from './loads-report.js';
import type { JobResult } from './result.js';
import { describeService, describeThroughput } from './steady-report.js';
import { describeVerdict } from './verdict.js';

/** Describes a result for humans. */
export function describeOwnJob(result: JobResult): Document {
  const { settings, service, saturation, chosen, advice, jobFailures } = result;
  return {
    title: `Your job: ${settings.job.label}`,
    blocks: [
      ...describeVerdict(result),
      ...describeWhy(result),
      ...describeInputs(result),
      ...(service === undefined ? [] : describeService(service)),
      ...describeThroughput(saturation, chosen, settings),
      ...describeLoads(result),
      ...(advice === undefined ? [] : describeVerifications(advice)),
      ...describeFailures(jobFailures, service !== undefined),
    ],
  };
}

function describeWhy(result: JobResult): Block[] {
  const { advice, comparisons, saturation } = result;
  const reasons =
    advice?.kind === 'advised'
      ? describeReasons(advice)
      : comparisons.map((each) => text(describeComparison(each), 'point'));
  // The verdict already covers steadiness, interruption and failures.
  const limits = describeLimits([], { ...result, failures: [], isInterrupted: false });
  const blocks = [...reasons, ...limits.map((line) => text(line, 'point'))];
  return blocks.length === 0 || saturation.length === 0 ? [] : [heading('Why'), ...blocks];
}

function describeInputs({ inputs, settings }: JobResult): Block[] {
  if (inputs === undefined) return [];
  if (settings.input.kind === 'none') return [text('Without inputs (--input adds some).')];
  const more = inputs.hasMore ? ' There were more; these are the first ones.' : '';
  const many = inputs.count === 1 ? 'One input' : `${formatCount(inputs.count)} inputs`;
  return [
    text(`${many}, ${formatBytes(inputs.bytes)} in all, repeated in a shuffled order.${more}`),
  ];
}

function describeFailures({ count, examples }: JobFailures, isMeasured: boolean): Block[] {
  if (count === 0) return [];
  const reported = examples.reduce((sum, each) => sum + each.count, 0);
  return [
    heading(count === 1 ? 'One job failed' : `${formatCount(count)} jobs failed`),
    ...examples.map(({ message, input, count: times }) =>
      text(
        `${message} (${times === 1 ? 'once' : `${formatCount(times)} times`}, first with ${input})`,
        'point',
      ),
    ),
    ...(reported === count
      ? []
      : [text(`${formatCount(count - reported)} more with other messages.`, 'point')]),
    ...(isMeasured ? [text('They count as jobs above, but not in the service time.')] : []),
  ];
}
