/**
 * The result of `bench soak`: plain data, what `--json` writes and what the report is made from.
 *
 * Invariants: the windows follow each other without a gap; the first ones, the warm-up, are shown and
 * count for no slope.
 */
import type { Endings } from '../../load/endings.js';
import type { LatencySummary } from '../../load/latencies.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import { median } from '../../math/statistics.js';
import { type PlanePoint, type Slope, theilSen } from '../../math/theil-sen.js';
import type { SoakSettings } from './settings.js';
import type { MemoryUse, SoakWindow } from './window.js';

/** What can be said of a memory's slope. */
export type Verdict = 'flat' | 'growing' | 'too short';

/** How one part of the memory went on after the warm-up. */
export interface MemoryTrend {
  readonly part: keyof MemoryUse;
  /** The median of the windows. */
  readonly bytes: number;
  /** With its interval of 95 %. */
  readonly bytesPerHour: Slope;
  /** By that slope, over the measured time. */
  readonly growthBytes: number;
  /** A growth or a shrinking up to this is taken for noise. */
  readonly noiseBytes: number;
  /** Whether each half of that time has half of such a growth: a leak does so, and a heap that grows once does not. */
  readonly isSteadyRise: boolean;
  readonly verdict: Verdict;
}

export interface SoakResult extends ScenarioResult {
  readonly scenario: 'soak';
  readonly settings: SoakSettings;
  /** Units of work that a thread does in a microsecond; absent where it was not measured. */
  readonly workPerUs?: number;
  /** Jobs per second; absent where the rate was given. */
  readonly saturation?: number;
  /** What arrived; absent where no saturation could be measured. */
  readonly ratePerSecond?: number;
  /** The first part of the run that counts for no slope. */
  readonly warmUpSeconds: number;
  readonly windows: readonly SoakWindow[];
  /** After the warm-up; empty where there was no more than that. */
  readonly measuredSeconds: number;
  readonly memory: readonly MemoryTrend[];
  /** Of the load generator; absent where the run did not come to its end. */
  readonly generator?: {
    readonly intended: number;
    readonly sent: number;
    /** How those that were made ended; cut off is what had not ended when the run did. */
    readonly endings: Endings;
    readonly lateness: LatencySummary;
  };
}

/** Code is compiled, heaps have grown to their size: a fifth of the run, two minutes at most. */
export function warmUpOf(minutes: number): number {
  return Math.min((minutes * 60) / 5, 120);
}

/** Below this nothing is said: heaps of idle threads alone take as long to settle. */
export const MIN_SECONDS = 120;
const MIN_WINDOWS = 10;
/** Heaps grow and shrink by whole pages and semi-spaces. */
const NOISE_BYTES = 4 * 1024 ** 2;
const NOISE_SHARE = 0.05;

const PARTS: ReadonlyArray<keyof MemoryUse> = ['rss', 'heapUsed', 'external'];
const SECONDS_PER_HOUR = 3600;
const NO_SLOPE: Slope = { slope: 0, low: 0, high: 0 };

/** What the windows say about the memory. */
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

/** The windows after the warm-up. */
export function measuredWindows(
  windows: readonly SoakWindow[],
  warmUpSeconds: number,
): readonly SoakWindow[] {
  // A window that began a moment early, as timers do, is none of the warm-up.
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
 * Growing: surely not level, by more than noise, and in both halves. Flat: surely by no more than noise.
 * Else the run was too short for either. The halves are looked at because the interval alone takes a
 * single step, of which no point is independent of the ones before, for a slope.
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
