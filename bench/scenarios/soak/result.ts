/**
 * Defines the result of `bench soak`: plain data, which `--json` writes and the report is made from.
 *
 * Invariants: the windows follow each other without a gap; the first ones, the warm-up, are shown but excluded
 * from the slopes.
 */
import type { Endings } from '../../load/endings.js';
import type { LatencySummary } from '../../load/latencies.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import { median } from '../../math/statistics.js';
import { type PlanePoint, type Slope, theilSen } from '../../math/theil-sen.js';
import type { SoakSettings } from './settings.js';
import type { MemoryUse, SoakWindow } from './window.js';

/** The conclusion about the slope of a part of the memory. */
export type Verdict = 'flat' | 'growing' | 'too short';

/** Trend of one part of the memory after the warm-up. */
export interface MemoryTrend {
  readonly part: keyof MemoryUse;
  /** Median of the windows. */
  readonly bytes: number;
  /** The slope with its 95 % confidence interval. */
  readonly bytesPerHour: Slope;
  /** Growth over the measured time, according to the slope. */
  readonly growthBytes: number;
  /** Growth up to this counts as noise. */
  readonly noiseBytes: number;
  /**
   * True if each half of that time shows a significant growth of more than `noiseBytes` ÷ 2: a leak does, a heap
   * that grows once does not.
   */
  readonly isSteadyRise: boolean;
  readonly verdict: Verdict;
}

export interface SoakResult extends ScenarioResult {
  readonly scenario: 'soak';
  readonly settings: SoakSettings;
  /** Units of work that a thread does in a microsecond; absent if not measured. */
  readonly workPerUs?: number;
  /** Jobs per second at saturation; absent if the rate was given. */
  readonly saturation?: number;
  /** Rate of the arrivals; absent if no saturation could be measured. */
  readonly ratePerSecond?: number;
  /** Length of the warm-up, which is excluded from the slopes. */
  readonly warmUpSeconds: number;
  readonly windows: readonly SoakWindow[];
  /** Time after the warm-up; 0 if the run ended before. */
  readonly measuredSeconds: number;
  readonly memory: readonly MemoryTrend[];
  /** Counts of the load generator; absent if the run did not finish. */
  readonly generator?: {
    readonly intended: number;
    readonly sent: number;
    /** Endings of the sent arrivals; those still pending at the end of the run count as cut off. */
    readonly endings: Endings;
    readonly lateness: LatencySummary;
  };
}

/** Returns the time in which code is compiled and heaps grow to their size: a fifth of the run, max two minutes. */
export function warmUpOf(minutes: number): number {
  return Math.min((minutes * 60) / 5, 120);
}

/** A shorter measured time allows no conclusion: even the heaps of idle threads take this long to settle. */
export const MIN_SECONDS = 120;
const MIN_WINDOWS = 10;
/** Heaps grow and shrink by whole pages and semi-spaces. */
const NOISE_BYTES = 4 * 1024 ** 2;
const NOISE_SHARE = 0.05;

const PARTS: ReadonlyArray<keyof MemoryUse> = ['rss', 'heapUsed', 'external'];
const SECONDS_PER_HOUR = 3600;
const NO_SLOPE: Slope = { slope: 0, low: 0, high: 0 };

/** Computes the trend of each part of the memory. */
export function memoryTrends(
  windows: readonly SoakWindow[],
  warmUpSeconds: number,
): { readonly measuredSeconds: number; readonly memory: MemoryTrend[] } {
  const measured = measuredWindows(windows, warmUpSeconds);
  const [first, last] = [measured[0], measured.at(-1)];
  if (first === undefined || last === undefined) return { measuredSeconds: 0, memory: [] };
  const measuredSeconds = last.toSeconds - first.fromSeconds;
  return {
    measuredSeconds,
    memory: PARTS.flatMap((part) => trendOf(part, measured, measuredSeconds) ?? []),
  };
}

/** Returns the windows after the warm-up. */
export function measuredWindows(
  windows: readonly SoakWindow[],
  warmUpSeconds: number,
): readonly SoakWindow[] {
  // Compares midpoints: timers may start the first window after the warm-up a moment early.
  return windows.filter(
    ({ fromSeconds, toSeconds }) => (fromSeconds + toSeconds) / 2 >= warmUpSeconds,
  );
}

function trendOf(
  part: keyof MemoryUse,
  windows: readonly SoakWindow[],
  seconds: number,
): MemoryTrend | undefined {
  const points = windows.map((window): PlanePoint => [
    (window.fromSeconds + window.toSeconds) / 2 / SECONDS_PER_HOUR,
    window.memory[part],
  ]);
  const bytesPerHour = theilSen(points);
  const bytes = median(windows.map(({ memory }) => memory[part]));
  if (bytesPerHour === undefined || bytes === undefined) return undefined;
  const hours = seconds / SECONDS_PER_HOUR;
  const noiseBytes = Math.max(NOISE_BYTES, bytes * NOISE_SHARE);
  const half = Math.floor(points.length / 2);
  const isSteadyRise = [points.slice(0, half), points.slice(half)].every((each) => {
    const { slope, low } = theilSen(each) ?? NO_SLOPE;
    return low > 0 && slope * (hours / 2) > noiseBytes / 2;
  });
  return {
    part,
    bytes,
    bytesPerHour,
    growthBytes: bytesPerHour.slope * hours,
    noiseBytes,
    isSteadyRise,
    verdict:
      seconds < MIN_SECONDS || windows.length < MIN_WINDOWS
        ? 'too short'
        : judge(bytesPerHour, hours, noiseBytes, isSteadyRise),
  };
}

/**
 * Growing: the interval excludes 0, the growth exceeds the noise, and both halves rise. Flat: the upper bound of
 * the growth is within the noise. Otherwise the run was too short. The halves are checked because the interval
 * alone takes a single step for a slope: its points are not independent of each other.
 */
function judge(
  { slope, low, high }: Slope,
  hours: number,
  noiseBytes: number,
  isSteadyRise: boolean,
): Verdict {
  if (low > 0 && isSteadyRise && slope * hours > noiseBytes) return 'growing';
  return high * hours <= noiseBytes ? 'flat' : 'too short';
}
