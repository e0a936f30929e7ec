/**
 * How much the service can do: its goodput at saturation, in completed documents per second.
 *
 * A closed loop waits for the ends of its jobs and keeps a few more in flight than there are threads:
 * no thread is ever idle and nothing is ever refused, so this is the most that the service can do.
 * Invariant: it is measured in three windows that follow a warm-up without a gap; their median counts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../../statistics.js';
import type { ServiceTally } from './messages.js';
import { warmUpSeconds } from './settings.js';
import { Stage, type StageEnd, type StageOptions } from './stage.js';

/** The median, and the windows, which show how steady the machine was. */
export interface Capacity {
  readonly perSecond: number;
  readonly windows: readonly number[];
}

/** The capacity that some windows show; at least one. */
export function capacityFrom(windows: readonly number[]): Capacity {
  return { perSecond: median(windows) ?? 0, windows: [...windows] };
}

const WINDOWS = 3;

/** How long the measuring takes, for arms of so many seconds. */
export function capacitySeconds(armSeconds: number): number {
  return warmUpSeconds(armSeconds) + WINDOWS * windowSeconds(armSeconds);
}

/**
 * Measures the capacity in a service of its own.
 *
 * @returns Completed documents per second in each window; undefined where it was interrupted.
 * @throws Error where the service does not survive it, or completes nothing.
 */
export async function measureCapacity(
  options: StageOptions,
  armSeconds: number,
): Promise<number[] | undefined> {
  const stage = await Stage.open(options);
  let ending: StageEnd | undefined;
  const ended = stage.ended.then((end) => {
    ending = end;
  });
  // Undefined where the service has ended meanwhile; `ended` tells how.
  const countAfter = async (seconds: number): Promise<ServiceTally | undefined> => {
    await Promise.race([sleep(seconds * 1000, undefined, { ref: false }), ended]);
    return ending === undefined ? await stage.count().catch(() => undefined) : undefined;
  };
  try {
    const { threads, backlogJobs } = options.armOptions;
    stage.drive({ loop: 'closed', inFlight: Math.min(16 * threads, threads + backlogJobs) });
    const windows: number[] = [];
    let before = await countAfter(warmUpSeconds(armSeconds));
    while (before !== undefined && windows.length < WINDOWS) {
      const after = await countAfter(windowSeconds(armSeconds));
      if (after === undefined) await ended;
      else windows.push((after.completed - before.completed) / ((after.atUs - before.atUs) / 1e6));
      before = after;
    }
    if (ending?.how === 'interrupted') return undefined;
    checkWindows(windows, ending);
    return windows;
  } finally {
    await stage.close();
  }
}

function checkWindows(windows: readonly number[], ending: StageEnd | undefined): void {
  if (ending?.how === 'ceiling') {
    throw new Error('The service needs more memory than its ceiling even at rest; see --memory.');
  }
  if (ending === undefined && capacityFrom(windows).perSecond > 0) return;
  const reason = ending?.detail ?? 'nothing was completed';
  throw new Error(`The capacity could not be measured: ${reason}.`);
}

function windowSeconds(armSeconds: number): number {
  return Math.min(2, Math.max(0.5, armSeconds / 10));
}
