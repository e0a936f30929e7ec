/**
 * Measures the capacity of the service: its goodput at saturation, in completed documents per second.
 *
 * A closed loop waits for its jobs to end and keeps up to 16 in flight per thread, as far as the backlog has
 * room: no thread lacks work, so this is the max throughput of the service. Invariant: it is measured in three
 * consecutive windows after a warm-up; their median counts.
 */
import { median } from '../../math/statistics.js';
import { Goodput, warmUpSeconds, windowSeconds } from '../service/goodput.js';
import { Stage, type StageEnd, type StageOptions } from '../service/stage.js';
import type { ArmOptions } from './arms.js';

/** The median of the windows, and the windows, which show how steady the machine was. */
export interface Capacity {
  readonly perSecond: number;
  readonly windows: readonly number[];
}

/** Computes the capacity from at least one window. */
export function capacityFrom(windows: readonly number[]): Capacity {
  return { perSecond: median(windows) ?? 0, windows: [...windows] };
}

const WINDOWS = 3;
/** Jobs in flight per thread: one runs, the others cover the way to the thread and back. */
const IN_FLIGHT = 16;

/** Jobs that the loop keeps in flight. A pool with as many as it accepts rejects requests, so one place stays free. */
export function jobsInFlight({ threads, backlogJobs }: ArmOptions): number {
  return Math.max(threads, Math.min(IN_FLIGHT * threads, threads + backlogJobs - 1));
}

/** Duration of the measurement, for variants that run this long. */
export function capacitySeconds(armSeconds: number): number {
  return warmUpSeconds(armSeconds) + WINDOWS * windowSeconds(armSeconds);
}

/**
 * Measures the capacity in a service process of its own.
 *
 * @returns Completed documents per second in each window; undefined if it was interrupted.
 * @throws Error if the service dies or completes nothing.
 */
export async function measureCapacity(
  options: StageOptions & { readonly armOptions: ArmOptions },
  armSeconds: number,
): Promise<readonly number[] | undefined> {
  const stage = await Stage.open(options);
  const goodput = new Goodput(armSeconds, WINDOWS);
  try {
    const inFlight = jobsInFlight(options.armOptions);
    const isMeasured = new Promise<undefined>((resolve) => {
      stage.onReport = (tally) => {
        goodput.note(tally, stage.startedUs);
        if (goodput.windows.length === WINDOWS) resolve(undefined);
      };
    });
    stage.drive({ loop: 'closed', inFlight });
    const ending = await Promise.race([stage.ended, isMeasured]);
    if (ending?.how === 'interrupted') return undefined;
    checkWindows(goodput, ending);
    return goodput.windows;
  } finally {
    await stage.close();
  }
}

function checkWindows({ perSecond }: Goodput, ending: StageEnd | undefined): void {
  if (ending?.how === 'ceiling') {
    throw new Error('The service exceeds its memory limit even when idle; see --memory.');
  }
  if (ending === undefined && perSecond !== undefined && perSecond > 0) return;
  const reason = ending?.detail ?? 'nothing was completed';
  throw new Error(`The capacity could not be measured: ${reason}.`);
}
