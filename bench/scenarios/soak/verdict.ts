/**
 * States in sentences what the windows of `bench soak` mean.
 *
 * Invariants: the sentences follow from the values; if the run was too short for a conclusion about the memory,
 * they say so, and still state what was measured.
 */
import { formatFigure, formatPercent, formatSeconds, formatUnit } from '../../report/format.js';
import { type MemoryTrend, MIN_SECONDS, type SoakResult } from './result.js';

/** Below this share of the scheduled arrivals, the generator did not hold its rate. */
const HELD_RATE = 0.99;
const MB = 1024 ** 2;

/** Names of the parts in sentences. */
export const PART_NAMES: Readonly<Record<MemoryTrend['part'], string>> = {
  rss: 'RSS',
  heapUsed: "main thread's heap",
  external: 'external memory',
};

/** Returns a sentence on each part of the memory, then on jobs and arrivals that were lost. */
export function drawConclusions(result: SoakResult): string[] {
  const { memory, measuredSeconds } = result;
  return [
    ...(measuredSeconds < MIN_SECONDS
      ? [
          `Too short to say whether memory grows: ${formatSeconds(measuredSeconds)} after the warm-up, and it takes ` +
            `${formatSeconds(MIN_SECONDS)} or more.`,
        ]
      : memory.map((trend) => describeTrend(trend, measuredSeconds))),
    ...describeLosses(result),
    ...describeGenerator(result),
  ];
}

/** Formats bytes per hour, such as '+1.20 MB per hour (-0.310 to +2.40)'. */
export function describeSlope({ bytesPerHour }: MemoryTrend): string {
  const { slope, low, high } = bytesPerHour;
  return `${signedMb(slope)} MB per hour (${signedMb(low)} to ${signedMb(high)})`;
}

function describeTrend(trend: MemoryTrend, seconds: number): string {
  const { part, bytesPerHour, growthBytes, noiseBytes, isSteadyRise, verdict } = trend;
  const name = PART_NAMES[part];
  const what = `${describeSlope(trend)} at ${formatUnit(trend.bytes, 'bytes')}`;
  const time = `${formatFigure(seconds / 60)} minutes`;
  if (verdict === 'growing') {
    return `The ${name} grows: ${what}, ${signedMb(growthBytes)} MB in the ${time} after the warm-up.`;
  }
  if (verdict === 'flat') {
    const seen = Math.max(bytesPerHour.high, (noiseBytes * 3600) / seconds);
    return (
      `The ${name} is flat: ${what}; a growth of more than ${formatFigure(seen / MB)} MB per hour would ` +
      `have shown in the ${time} after the warm-up.` +
      (bytesPerHour.low > 0
        ? ` It did rise, by ${formatFigure(growthBytes / MB)} MB: no more than noise here, and a longer run ` +
          'shows whether it continues.'
        : '')
    );
  }
  const steps =
    bytesPerHour.low > 0 && !isSteadyRise
      ? ', but not in both halves of that time, as steady growth would be'
      : '';
  return `Too short to say whether the ${name} grows: ${what} in ${time}${steps}.`;
}

function describeLosses({ windows, generator }: SoakResult): string[] {
  const total = (part: 'completed' | 'refused' | 'failed'): number =>
    windows.reduce((sum, window) => sum + window[part], 0);
  const [refused, failed] = [total('refused'), total('failed')];
  const cutOff = generator?.endings.cutOff ?? 0;
  const share = (count: number): string =>
    formatPercent(count / (total('completed') + refused + failed));
  return [
    ...(refused === 0
      ? []
      : [
          `The pool could not take the whole load: ${formatUnit(refused, 'count')} jobs, ${share(refused)}, ` +
            'were refused as the backlog was full. The latencies are those of the others.',
        ]),
    ...(failed === 0
      ? []
      : [`Jobs that failed: ${formatUnit(failed, 'count')}, ${share(failed)} of all.`]),
    ...(cutOff === 0
      ? []
      : [`Jobs that had not ended when the run did: ${formatUnit(cutOff, 'count')}.`]),
  ];
}

function describeGenerator({ generator }: SoakResult): string[] {
  if (generator === undefined || generator.sent >= HELD_RATE * generator.intended) return [];
  return [
    `The load generator could not hold its rate: it made ${formatPercent(generator.sent / generator.intended)} ` +
      'of the arrivals.',
  ];
}

function signedMb(bytes: number): string {
  return `${bytes < 0 ? '-' : '+'}${formatFigure(Math.abs(bytes) / MB)}`;
}
