/**
 * What a result of `bench overload` says.
 *
 * Invariant: everything is made from the result alone.
 */
import type { Document, NamedFigure } from '../../document.js';
import { armFigures, describeArms } from '../../service/report.js';
import { drawConclusions } from '../../service/verdict.js';
import { formatCount } from '../../terminal/format.js';
import type { Capacity } from './capacity.js';
import type { OverloadResult } from './result.js';

/** A wider spread of the capacity's windows than this is told. */
const NOISY = 0.2;

/** For a person; empty where nothing was measured. */
export function describeOverload(result: OverloadResult): Document {
  return {
    title: 'Overload: a service at twice its capacity',
    blocks: describeArms(result, concludeOverload(result)),
  };
}

/** What it means, in sentences. */
export function concludeOverload(result: OverloadResult): string[] {
  const { capacity } = result;
  if (capacity === null) return drawConclusions(result, undefined, []);
  const phrase = `its ${formatCount(capacity.perSecond)} at saturation`;
  return drawConclusions(result, { ...capacity, phrase }, describeNoise(capacity));
}

function describeNoise({ perSecond, windows }: Capacity): string[] {
  const [lowest, highest] = [Math.min(...windows), Math.max(...windows)];
  if (highest - lowest <= NOISY * perSecond) return [];
  return [
    `The machine was not steady: at saturation the goodput was anything from ${formatCount(lowest)} to ` +
      `${formatCount(highest)} per second, so that no share of it is more certain than that.`,
  ];
}

/** For a comparison with another run. */
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
