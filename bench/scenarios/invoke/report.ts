/**
 * Describes the result of `bench invoke`.
 *
 * Invariant: everything is made from the result alone.
 */
import { type Document, type NamedFigure, oneFigure } from '../../report/document.js';
import { armFigures, describeArms } from '../service/report.js';
import { describeNoise, drawConclusions } from '../service/verdict.js';
import { formatCount, formatList, formatRate } from '../../report/format.js';
import type { InvokeArm, InvokeResult } from './result.js';
import { servedPerSecond } from './settings.js';

/** Describes the result for humans; without tables if nothing was measured. */
export function describeInvoke(result: InvokeResult): Document {
  return {
    title: 'Invoke: a service that calls a slower one beyond its capacity',
    blocks: describeArms(result, concludeInvoke(result)),
  };
}

/** States the conclusions in sentences. */
export function concludeInvoke(result: InvokeResult): string[] {
  const perSecond = servedPerSecond(result.settings);
  const phrase = `the ${formatRate(perSecond)} that the second service can do`;
  return drawConclusions(result, { perSecond, phrase }, [
    ...describeWaiting(result.arms),
    ...result.arms
      .filter(({ name }) => name === 'millrace')
      .flatMap((arm) =>
        describeNoise('what millrace completed', arm.goodputPerSecond, arm.goodputWindows),
      ),
  ]);
}

/** Describes how many calls waited at the second service. */
function describeWaiting(arms: readonly InvokeArm[]): string[] {
  if (arms.length === 0) return [];
  const most = arms.map(
    ({ name, secondService }) => `${formatCount(secondService.peakWaiting)} of ${name}`,
  );
  return [`Max calls waiting at the second service: ${formatList(most)}.`];
}

/** Lists the metrics for a comparison with another run. */
export function invokeFigures({ arms }: InvokeResult): NamedFigure[] {
  return [
    ...armFigures(arms),
    ...arms.map(({ name, secondService }) =>
      oneFigure(
        `${name}: waiting at the second service`,
        secondService.peakWaiting,
        'count',
        'less',
      ),
    ),
  ];
}
