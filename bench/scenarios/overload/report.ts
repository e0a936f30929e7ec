/**
 * Describes the result of `bench overload`.
 *
 * Invariant: everything is made from the result alone.
 */
import type { Document, NamedFigure } from '../../report/document.js';
import { armFigures, describeArms } from '../service/report.js';
import { describeNoise, drawConclusions } from '../service/verdict.js';
import { formatCount } from '../../report/format.js';
import type { Capacity } from './capacity.js';
import type { OverloadResult } from './result.js';

/** Describes the result for humans; without tables if nothing was measured. */
export function describeOverload(result: OverloadResult): Document {
  return {
    title: 'Overload: a service at twice its capacity',
    blocks: describeArms(result, concludeOverload(result)),
  };
}

/** States the conclusions in sentences. */
export function concludeOverload(result: OverloadResult): string[] {
  const { capacity } = result;
  if (capacity === null) return drawConclusions(result, undefined, []);
  const { perSecond, windows } = capacity;
  const phrase = `its ${formatCount(perSecond)} at saturation`;
  const noise = describeNoise('at saturation the goodput', perSecond, windows);
  return drawConclusions(result, { perSecond, phrase }, noise);
}

/** Lists the metrics for a comparison with another run. */
export function overloadFigures({ arms, capacity }: OverloadResult): NamedFigure[] {
  return [...(capacity === null ? [] : [capacityFigure(capacity)]), ...armFigures(arms)];
}

function capacityFigure({ perSecond, windows }: Capacity): NamedFigure {
  return {
    name: 'capacity',
    unit: 'perSecond',
    better: 'more',
    median: perSecond,
    min: Math.min(...windows),
    max: Math.max(...windows),
    rounds: windows,
  };
}
