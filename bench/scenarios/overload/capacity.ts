/**
 * How much the service can do: its goodput at saturation, in completed documents per second.
 *
 * A closed loop waits for the ends of its jobs and keeps more in flight than there are threads: no
 * thread lacks work and nothing is ever refused, so this is the most that the service can do.
 * Invariant: it is measured in three windows that follow a warm-up without a gap; their median counts.
 */
import { median } from '../../math/statistics.js';
import { Goodput, warmUpSeconds, windowSeconds } from '../service/goodput.js';
import { Stage, type StageEnd, type StageOptions } from '../service/stage.js';
import type { ArmOptions } from './arms.js';

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
/** Each thread's share of the jobs in flight: one runs, the others cover the way to it and back. */
const IN_FLIGHT = 16;

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
  options: StageOptions & { readonly armOptions: ArmOptions },
  armSeconds: number,
): Promise<readonly number[] | undefined> {
  const stage = await Stage.open(options);
  const goodput = new Goodput(armSeconds);
  try {
    const { threads, backlogJobs } = options.armOptions;
    const inFlight = Math.min(IN_FLIGHT * threads, threads + backlogJobs);
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
    // Now: reports go on, and windows with them, until the stage is closed.
    return [...goodput.windows];
  } finally {
    await stage.close();
  }
}

function checkWindows({ perSecond }: Goodput, ending: StageEnd | undefined): void {
  if (ending?.how === 'ceiling') {
    throw new Error('The service needs more memory than its ceiling even at rest; see --memory.');
  }
  if (ending === undefined && perSecond !== undefined && perSecond > 0) return;
  const reason = ending?.detail ?? 'nothing was completed';
  throw new Error(`The capacity could not be measured: ${reason}.`);
}
